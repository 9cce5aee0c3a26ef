import type { Ids, Log } from "@spoor/domain"
import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Tally } from "./Intakes.ts"
import { reading } from "./Keyset.ts"

/** What became of the items that one site sent to one log on one day. *Shape*: `day` as "2026-03-29", by UTC. */
export interface Counter extends Tally {
  readonly siteId: Ids.SiteId
  readonly log: Log.Log
  readonly day: string
}

/** The books of what reached the doors, as they are read. *Fails* with `SqlError`. */
export class Counters extends Context.Service<
  Counters,
  {
    /** The newest day first. *Shape*: `from` and `to` are days, both included. */
    readonly between: (
      unitId: number,
      days: { readonly from: string; readonly to: string }
    ) => Effect.Effect<ReadonlyArray<Counter>, SqlError.SqlError>
  }
>()("@spoor/postgres/Counters") {
  static readonly layer = Layer.effect(
    Counters,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const between = Effect.fn("Counters.between")(
        function* (unitId: number, { from, to }: { readonly from: string; readonly to: string }) {
          return yield* sql<Counter>`
            select site_id as "siteId", log, day::text as day, stored::float8 as stored, duplicate::float8 as duplicate,
              rejected::float8 as rejected
            from intake_count
            where unit_id = ${unitId} and day between ${from}::text::date and ${to}::text::date
            order by intake_count.day desc, site_id, log`
        },
        (effect) => reading(sql, effect)
      )

      return Counters.of({ between })
    })
  )
}
