import { Sites, Units } from "@spoor/postgres"
import { Console, Effect, Layer, Stream } from "effect"
import { CommandError } from "../CommandError.ts"
import * as House from "../letter/House.ts"
import * as Instant from "../input/Instant.ts"
import { line } from "../Output.ts"
import { print } from "../Printing.ts"
import * as Columns from "./Columns.ts"

const services = Layer.mergeAll(Units.layer, Sites.layer).pipe(Layer.provide(House.database))

export const list = Effect.fn("list")(
  function* ({ json }: { readonly json: boolean }) {
    const units = yield* (yield* Units).all
    yield* Columns.list(
      json,
      ["ID", "NAME", "TIME ZONE", "CLOSED"],
      units.map(({ closedAt, ...unit }) => {
        const closed = closedAt === null ? null : Instant.format(closedAt)
        const cells = [`${unit.id}`, unit.name, unit.timeZone, closed ?? "no"]
        return { fields: { kind: "unit", ...unit, closedAt: closed }, cells }
      }),
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

export const close = Effect.fn("close")(
  function* (id: number) {
    const isDone = yield* (yield* Units).close(id)
    if (!isDone) return yield* new CommandError({ sentence: `There is no open business unit ${id}. ${seen}` })
    yield* Console.error(
      `Nobody gets into unit ${id} any more, and nothing comes in. What it has stays for as long as it is kept.`
    )
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

export const open = Effect.fn("open")(
  function* (id: number) {
    const isDone = yield* (yield* Units).open(id)
    if (!isDone) return yield* new CommandError({ sentence: `There is no closed business unit ${id}. ${seen}` })
    yield* Console.error(`Unit ${id} is open: its people, keys, gateways and webhooks are as they were.`)
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

const seen = "Try: spoor units list"
