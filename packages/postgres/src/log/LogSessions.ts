import type { Interval, Log, LogFilter } from "@spoor/domain"
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import type { Turn } from "../Keyset.ts"
import { logTables } from "./LogTable.ts"

/** What a filter says of the sessions of its rows is looked up first, unless it lets more of them pass. */
const sessionsMax = 5_000

/**
 * A page that is asked for. *Shape*: with `nearMax` only so many sessions are named of those that a filter speaks of, the nearest to
 * where the page begins.
 */
export interface Reach {
  readonly turn: Turn
  readonly nearMax: number | null
}

/** What a filter says of rows that holds for the whole session: its sessions are fewer then. */
export const whoseSessions = (
  sql: SqlClient.SqlClient,
  { session, visitor }: ReturnType<typeof LogFilter.clausesOf>,
  numbers: ReadonlyArray<number>
): ReadonlyArray<Statement.Fragment> => [
  ...(session?.any.length ? [sql`no = any(${numbers}::bigint[])`] : []),
  ...(visitor?.any.length ? [sql`visitor_id = any(${visitor.any.map(String)}::text[])`] : [])
]

/** Where a page lies. *Units*: UTC milliseconds, both included; null where it is open. */
interface Stretch {
  readonly since: number | null
  readonly until: number | null
}

/** Where rows of a page may lie: in the interval, on the side of the place to which the page is turned. */
export const stretchOf = ({ from, to }: Interval.Interval, turn: Turn): Stretch => {
  const last = to === null ? null : to - 1
  if (turn.direction === "newest") return { since: from, until: last }
  const { at } = turn.cursor
  return turn.direction === "older"
    ? { since: from, until: Math.min(at, last ?? at) }
    : { since: Math.max(at, from ?? at), until: last }
}

/** Whose sessions are looked up, and for what page. *Shape*: `whose` are conditions on sessions that their rows fulfil anyway. */
export interface Lookup {
  readonly unitId: number
  readonly log: Log.Log
  readonly whose: ReadonlyArray<Statement.Fragment>
  readonly stretch: Stretch
  readonly reach: Reach
}

/**
 * Sessions of which something holds, and that have rows in the stretch: those of a session lie between its first and its last.
 *
 * *Shape*: `numbers` of at most `nearMax` and of those across the stretch's beginning, the nearest first; null where there are too
 * many to name, wherever they lie. `since` is when the first began. `edge` is how near the next one comes; null for no next one.
 */
const sessionsOf = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { reach, stretch: { since, until }, unitId, whose }: Lookup,
  holds: Statement.Fragment,
  nearMax: number
) {
  const isNewer = reach.turn.direction === "newer"
  const nearness = sql.literal(isNewer ? "started_at" : "ended_at")
  const nearest = sql.literal(isNewer ? "started_at" : "ended_at desc")
  const [isBegun, isOver] = [
    until === null ? sql`true` : sql`started_at <= ${instant(sql, until)}`,
    since === null ? sql`true` : sql`ended_at >= ${instant(sql, since)}`
  ]
  const begin = isNewer ? since : until
  const goesAcross = sql`${nearness} ${sql.literal(isNewer ? "<=" : ">=")}`
  const isAcross = begin === null ? sql`false` : sql`${goesAcross} ${instant(sql, begin)}`
  const named = sql`${nearMax}::integer + (count(*) filter (where meets and is_across))::integer`
  const [found] = yield* sql<{
    readonly numbers: ReadonlyArray<number> | null
    readonly edge: number | null
    readonly since: string | null
  }>`
    select case when count(*) <= ${sessionsMax} then to_json(coalesce(
        (array_agg(no order by ${nearest}) filter (where meets))[:${named}], '{}')) end as numbers,
      (extract(epoch from (array_agg(${nearness} order by ${nearest}) filter (where meets))[${named} + 1]) * 1000)::float8 as edge,
      (min(started_at) filter (where meets))::text as since
    from (select no, started_at, ended_at, ${isBegun} and ${isOver} as meets, ${isAcross} as is_across from session
      where ${sql.and([sql`unit_id = ${unitId}`, sql`(${holds})`, ...whose])} limit ${sessionsMax + 1}) as few`
    .unprepared
  return found ?? { numbers: null, edge: null, since: null }
})

/** That a row's session is one of those of which something holds, looked at row by row. */
const isOfOne = (sql: SqlClient.SqlClient, { log }: Lookup, holds: Statement.Fragment) => {
  const row = sql.literal(logTables[log].name)
  return sql`exists (
    select from session where session.unit_id = ${row}.unit_id and session.no = ${row}.session_no and (${holds}))`
}

/** *Shape*: with `isListed` the rows of few sessions are wanted, by their numbers; `edge` as in `Parts`. */
interface Wanted {
  readonly where: ReadonlyArray<Statement.Fragment>
  readonly isListed: boolean
  readonly edge: number | null
}

/**
 * That a row's session is one of those of which something holds.
 *
 * Few are named by their numbers: the planner counts them, and finds their rows by the session. Where many are wanted, walking the time
 * meets them soon. When the first began is said too, for the active ones lie at one end of the log.
 */
export const inSessions = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  lookup: Lookup,
  holds: Statement.Fragment
) {
  const { edge, numbers, since } = yield* sessionsOf(sql, lookup, holds, lookup.reach.nearMax ?? sessionsMax)
  if (numbers === null) {
    return { where: [isOfOne(sql, lookup, holds)], isListed: false, edge: null } satisfies Wanted
  }
  const begun = since === null ? [] : [sql`occurred_at >= ${since}::text::timestamptz`]
  return { where: [amongSessions(sql, numbers), ...begun], isListed: true, edge } satisfies Wanted
})

/**
 * That a row's session is none of those of which something holds.
 *
 * A list that is passed by is no constant: the planner would weigh each of its numbers against the log's, in each stretch of an index. It
 * takes it for half of the log instead.
 */
export const besidesSessions = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  lookup: Lookup,
  holds: Statement.Fragment
) {
  const { numbers } = yield* sessionsOf(sql, lookup, holds, sessionsMax)
  if (numbers === null) return sql`not ${isOfOne(sql, lookup, holds)}`
  return numbers.length === 0 ? sql`true` : sql`session_no not in (select unnest(${numbers}::bigint[]))`
})

/** Of no session there is no row, which the planner is told outright. */
export const amongSessions = (sql: SqlClient.SqlClient, numbers: ReadonlyArray<number>) =>
  numbers.length === 0 ? sql`false` : sql`session_no = any(${numbers}::bigint[])`

/** An instant goes in as a number: postgres.js would parse a timestamp parameter through `Date`. */
export const instant = (sql: SqlClient.SqlClient, at: number) => sql`to_timestamp(${at}::float8 / 1000)`
