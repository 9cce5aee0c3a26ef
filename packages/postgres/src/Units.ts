import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

/** A business unit as people see it. *Shape*: `timeZone` is an IANA zone, the one in which its people read. */
export interface Unit {
  readonly id: number
  readonly name: string
  readonly timeZone: string
}

/** The business units. *Fails* with `SqlError`. */
export class Units extends Context.Service<
  Units,
  {
    readonly all: Effect.Effect<ReadonlyArray<Unit>, SqlError.SqlError>
    /** Gives a unit another name and time zone. */
    readonly change: (unit: Unit) => Effect.Effect<void, SqlError.SqlError>
    /** A unit that does not exist is a defect: its users are gone with it. */
    readonly get: (unitId: number) => Effect.Effect<Unit, SqlError.SqlError>
  }
>()("@spoor/postgres/Units") {
  static readonly layer = Layer.effect(
    Units,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const all = sql<Unit>`
        select unit_id as id, name, time_zone as "timeZone" from business_unit order by unit_id`

      const get = Effect.fn("Units.get")(function* (unitId: number) {
        const rows = yield* sql<Unit>`
          select unit_id as id, name, time_zone as "timeZone" from business_unit where unit_id = ${unitId}`
        return rows[0] ?? (yield* Effect.die(new Error(`There is no business unit ${unitId}.`)))
      })

      const change = Effect.fn("Units.change")(function* ({ id, name, timeZone }: Unit) {
        yield* sql`update business_unit set name = ${name}, time_zone = ${timeZone} where unit_id = ${id}`
      })

      return Units.of({ all, change, get })
    })
  )
}
