import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Place } from "./Activities.ts"

/** What became of the items of one batch; sent is their sum. */
export interface Tally {
  readonly stored: number
  readonly duplicate: number
  readonly rejected: number
}

/** The books of what reached the doors. *Fails* with `SqlError`. */
export class Intakes extends Context.Service<
  Intakes,
  {
    /** Enters batches; returns those that were not entered before, so that a redelivery changes nothing. */
    readonly enter: (
      unitId: number,
      batchIds: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlySet<string>, SqlError.SqlError>
    /** Adds to the site's counters of the day of `now`, by UTC. */
    readonly count: (place: Place, tally: Tally, now: number) => Effect.Effect<void, SqlError.SqlError>
    /** The site's totals over all days. */
    readonly totals: (place: Place) => Effect.Effect<Tally, SqlError.SqlError>
  }
>()("@spoor/postgres/Intakes") {
  static readonly layer = Layer.effect(
    Intakes,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const enter = Effect.fn("Intakes.enter")(function* (unitId: number, batchIds: ReadonlyArray<string>) {
        const rows = yield* sql<{ readonly id: string }>`
          insert into intake (unit_id, batch_id)
          select ${unitId}, id from unnest(${batchIds}::text[]) as id order by id
          on conflict do nothing returning batch_id as id`
        return new Set(rows.map((row) => row.id))
      })

      const count = Effect.fn("Intakes.count")(function* ({ unitId, siteId }: Place, tally: Tally, now: number) {
        yield* sql`
          insert into intake_count as known (unit_id, site_id, day, stored, duplicate, rejected)
          values (${unitId}, ${siteId}, (to_timestamp(${now}::float8 / 1000) at time zone 'UTC')::date,
            ${tally.stored}, ${tally.duplicate}, ${tally.rejected})
          on conflict (unit_id, site_id, day) do update set
            stored = known.stored + excluded.stored, duplicate = known.duplicate + excluded.duplicate,
            rejected = known.rejected + excluded.rejected`
      })

      const totals = Effect.fn("Intakes.totals")(function* ({ unitId, siteId }: Place) {
        const rows = yield* sql<Tally>`
          select coalesce(sum(stored), 0)::float8 as stored, coalesce(sum(duplicate), 0)::float8 as duplicate,
            coalesce(sum(rejected), 0)::float8 as rejected
          from intake_count where unit_id = ${unitId} and site_id = ${siteId}`
        return rows[0] ?? { stored: 0, duplicate: 0, rejected: 0 }
      })

      return Intakes.of({ enter, count, totals })
    })
  )
}
