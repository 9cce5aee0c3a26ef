import { Sites, Units } from "@spoor/postgres"
import { Console, Effect, Layer, Stream } from "effect"
import * as House from "../letter/House.ts"
import { line } from "../Output.ts"
import { print } from "../Printing.ts"
import * as Columns from "./Columns.ts"

const services = Layer.mergeAll(Units.layer, Sites.layer).pipe(Layer.provide(House.database))

export const list = Effect.fn("list")(
  function* ({ json }: { readonly json: boolean }) {
    const units = yield* (yield* Units).all
    yield* Columns.list(
      json,
      ["ID", "NAME", "TIME ZONE"],
      units.map((unit) => ({ fields: { kind: "unit", ...unit }, cells: [`${unit.id}`, unit.name, unit.timeZone] })),
      "There is no business unit. Add one: spoor units add NAME"
    )
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

export const add = Effect.fn("add")(
  function* ({ name, timeZone, json }: { readonly name: string; readonly timeZone: string; readonly json: boolean }) {
    const id = yield* (yield* Sites).addUnit({ name, timeZone })
    yield* Console.error(`${name} is there. Next: spoor sites add, spoor users add.`)
    yield* print(Stream.make(json ? line({ kind: "unit", id, name, timeZone }) : `${id}\n`))
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)
