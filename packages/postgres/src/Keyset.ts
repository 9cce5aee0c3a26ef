import { type LogRow, Time } from "@spoor/domain"
import { Duration, Effect } from "effect"
import type { SqlClient, SqlError, Statement } from "effect/sql"

/** A place in a log, newest first. *Units*: `at` in UTC milliseconds. */
export interface Cursor {
  readonly at: number
  readonly id: number | LogRow.LogId
}

/** Which page of a log: the newest rows, or those on one side of a row that the reader has seen. */
export type Turn = { readonly direction: "newest" } | { readonly direction: "older" | "newer"; readonly cursor: Cursor }

/** Rows newest first, and whether there are more on either side. */
export interface Page<Row> {
  readonly rows: ReadonlyArray<Row>
  readonly hasOlder: boolean
  readonly hasNewer: boolean
}

/** Rows on one page of a log. */
export const pageRowsMax = 50

/** Counting stops here: beyond it the reader is told "more than". */
export const countMax = 10_000

/** *Shape*: with `isAlone` no second process helps, which takes longer to start than a page by an index takes. */
export interface Reading {
  readonly timeout?: Duration.Duration
  readonly isAlone?: boolean
}

/** A reader who waits longer has a filter that no index serves, and is told so. */
const READ_TIMEOUT = Duration.seconds(10)

/**
 * Runs a screen's queries in one read-only transaction with the settings that they need; none may take longer than `timeout`.
 *
 * A prepared statement turns to a generic plan after five executions and then walks the time index for a rare value:
 * seconds instead of a millisecond (measured on ten million rows), so every execution is planned for its own values.
 */
export const reading = <A, E>(
  sql: SqlClient.SqlClient,
  effect: Effect.Effect<A, E>,
  { isAlone = false, timeout = READ_TIMEOUT }: Reading = {}
): Effect.Effect<A, E | SqlError.SqlError> =>
  sql.withTransaction(
    Effect.andThen(
      sql`
        select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('transaction_read_only', 'on', true),
          set_config('statement_timeout', ${String(Duration.toMillis(timeout))}, true)
          ${isAlone ? sql`, set_config('max_parallel_workers_per_gather', '0', true)` : sql``}`,
      effect
    )
  )

/**
 * The `where` part that takes up after a cursor.
 *
 * The instant goes in as text: postgres.js would parse a timestamp parameter through `Date`, and a page boundary must
 * not depend on how it rounds.
 */
export const beyond = (sql: SqlClient.SqlClient, turn: Turn): ReadonlyArray<Statement.Fragment> => {
  if (turn.direction === "newest") return []
  const { at, id } = turn.cursor
  const instant = Time.formatInstant(at)
  return turn.direction === "older"
    ? [sql`(occurred_at, id) < (${instant}::text::timestamptz, ${id}::bigint)`]
    : [sql`(occurred_at, id) > (${instant}::text::timestamptz, ${id}::bigint)`]
}

/** The `order by` and `limit` part: one row more than a page holds tells whether there is a next one. */
export const ordered = (sql: SqlClient.SqlClient, turn: Turn, rowsMax = pageRowsMax): Statement.Fragment =>
  turn.direction === "newer"
    ? sql`order by occurred_at asc, id asc limit ${rowsMax + 1}`
    : sql`order by occurred_at desc, id desc limit ${rowsMax + 1}`

/** Cuts the extra row off and puts the newest first. `found` as `ordered` gives them. */
export const pageOf = <Row>(turn: Turn, found: ReadonlyArray<Row>, rowsMax = pageRowsMax): Page<Row> => {
  const rows = found.slice(0, rowsMax)
  const isMore = found.length > rowsMax
  return turn.direction === "newer"
    ? { rows: rows.reverse(), hasOlder: true, hasNewer: isMore }
    : { rows, hasOlder: isMore, hasNewer: turn.direction === "older" }
}

/** A timestamp column as UTC milliseconds, under the name that a row gives it. */
export const instant = (sql: SqlClient.SqlClient, column: string, name: string): Statement.Fragment =>
  sql.literal(`(extract(epoch from ${column}) * 1000)::float8 as "${name}"`)
