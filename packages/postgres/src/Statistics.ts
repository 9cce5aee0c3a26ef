import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

/**
 * A list of text for `any(…)` that the planner does not look into: it would hold each of its values against the column's most common ones,
 * which took longer than to find them by their index.
 */
export const unseen = (sql: SqlClient.SqlClient, values: ReadonlyArray<string>) =>
  sql`(select ${values}::text[])::text[]`

/**
 * What PostgreSQL's planner knows of the tables that the worker fills. *Fails* with `SqlError`.
 *
 * Its own round comes once a minute; until then a new table is thought to be small, and a batch that looks for its 6,400
 * events in the index of the wrong columns takes ten seconds (measured at 12,800 rows).
 */
export class Statistics extends Context.Service<
  Statistics,
  {
    /** Plans of this transaction follow an index, and are made for the lists they are given. */
    readonly planned: Effect.Effect<void, SqlError.SqlError>
    /** Tells that so many events were stored. Whenever they have become ten times as many, the tables are looked at. */
    readonly grew: (events: number) => Effect.Effect<void, SqlError.SqlError>
  }
>()("@spoor/postgres/Statistics") {
  static readonly layer = Layer.effect(
    Statistics,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const planned = Effect.asVoid(sql`
        select set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true)`)

      let stored = 0
      let nextLook = 1_000

      const grew = Effect.fn("Statistics.grew")(function* (events: number) {
        stored += events
        if (stored < nextLook) return
        nextLook = stored * 10
        const [table] = yield* sql<{ readonly isStale: boolean }>`
          select reltuples < ${stored}::float8 as "isStale" from pg_class where oid = 'activity'::regclass`
        if (table?.isStale === true) yield* sql`analyze ${sql.literal(searched)}`
      })

      return Statistics.of({ planned, grew })
    })
  )
}

/** What the worker looks for; what is beside it, addresses and JSON, would take most of the time, and autovacuum looks at that. */
const searched = `
  activity (unit_id, site_id, event_id, visitor_id, session_no, type, occurred_at, order_id),
  session (unit_id, site_id, no, id, visitor_id, email, due_at),
  session_event (unit_id, site_id, key, visitor_id, session_no, superseded_at),
  visitor (unit_id, site_id, id)`
