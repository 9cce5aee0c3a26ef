import { Retention, type Retained, Units } from "@spoor/postgres"
import { Console, Effect, Layer } from "effect"
import * as House from "../letter/House.ts"
import * as Unit from "../webhook/Unit.ts"
import * as Columns from "./Columns.ts"

const services = Layer.mergeAll(Retention.layer, Units.layer).pipe(Layer.provide(House.database))

export const list = Effect.fn("list")(
  function* ({ json, unit }: { readonly unit: number | undefined; readonly json: boolean }) {
    const unitId = yield* Unit.meant(unit)
    const kept = yield* (yield* Retention).ofUnit(unitId)
    yield* Columns.list(
      json,
      ["LOG", "DAYS"],
      kept.map(({ days, log }) => ({ fields: { kind: "retention", unitId, log, days }, cells: [log, `${days}`] })),
      ""
    )
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

export const set = Effect.fn("set")(
  function* ({ days, log, unit }: Retained & { readonly unit: number | undefined }) {
    yield* (yield* Retention).keep(yield* Unit.meant(unit), { log, days })
    yield* Console.error(`The ${log} log is kept for ${days} days. What is older goes within the hour.`)
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)
