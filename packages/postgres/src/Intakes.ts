import type { Log } from "@spoor/domain"
import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Place } from "./Activities.ts"

/** What became of the items of one batch; sent is their sum. */
export interface Tally {
  readonly stored: number
  readonly duplicate: number
  readonly rejected: number
}

const DAY = 86_400_000

/** The books of what reached the doors. *Fails* with `SqlError`. */
export class Intakes extends Context.Service<
  Intakes,
  {
    /** Enters batches; returns those that were not entered before, so that a redelivery changes nothing. */
    readonly enter: (
      unitId: number,
      batchIds: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlySet<string>, SqlError.SqlError>
    /** Adds to the site's counters of a log for the day on which the items were received, by UTC. */
    readonly count: (
      place: Place,
      log: Log.Log,
      tally: Tally,
      receivedAt: number
    ) => Effect.Effect<void, SqlError.SqlError>
    /** The site's totals of a log over all days. */
    readonly totals: (place: Place, log: Log.Log) => Effect.Effect<Tally, SqlError.SqlError>
  }
>()("@spoor/postgres/Intakes") {
  /** The day of an instant by UTC: whatever has the same one is counted together. */
  static readonly dayOf = (instant: number): number => Math.floor(instant / DAY)

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

      const count = Effect.fn("Intakes.count")(function* (
        { unitId, siteId }: Place,
        log: Log.Log,
        tally: Tally,
        receivedAt: number
      ) {
        yield* sql`
          insert into intake_count as known (unit_id, site_id, log, day, stored, duplicate, rejected)
          values (${unitId}, ${siteId}, ${log}, (to_timestamp(${receivedAt}::float8 / 1000) at time zone 'UTC')::date,
            ${tally.stored}, ${tally.duplicate}, ${tally.rejected})
          on conflict (unit_id, site_id, log, day) do update set
            stored = known.stored + excluded.stored, duplicate = known.duplicate + excluded.duplicate,
            rejected = known.rejected + excluded.rejected`
      })

      const totals = Effect.fn("Intakes.totals")(function* ({ unitId, siteId }: Place, log: Log.Log) {
        const rows = yield* sql<Tally>`
          select coalesce(sum(stored), 0)::float8 as stored, coalesce(sum(duplicate), 0)::float8 as duplicate,
            coalesce(sum(rejected), 0)::float8 as rejected
          from intake_count where unit_id = ${unitId} and site_id = ${siteId} and log = ${log}`
        return rows[0] ?? { stored: 0, duplicate: 0, rejected: 0 }
      })

      return Intakes.of({ enter, count, totals })
    })
  )
}
