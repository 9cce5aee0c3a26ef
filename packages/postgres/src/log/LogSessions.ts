import type { Interval, Log, LogFilter } from "@spoor/domain"
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import type { Turn } from "../Keyset.ts"
import { logTables } from "./LogTable.ts"
import { ms } from "./RowJson.ts"

/** What a filter says of the sessions of its rows is looked up first, unless it lets more of them pass. */
const sessionsMax = 5_000

/** More are not named where a page is made of their rows first: whoever walks the time meets these sooner. */
const firstMax = 200

/** Of more than two thousand sessions an address is walked sooner than they are looked up one by one, but for the nearest five hundred. */
const [addressMin, nearestMax] = [2_000, 500]

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

/** That a session may have rows in a stretch: they lie between its first and its last. */
const meets = (sql: SqlClient.SqlClient, { since, until }: Stretch) =>
  sql.and([
    until === null ? sql`true` : sql`started_at <= ${instant(sql, until)}`,
    since === null ? sql`true` : sql`ended_at >= ${instant(sql, since)}`
  ])

/** Whose sessions are looked up, and for what page. *Shape*: `whose` are conditions on sessions that their rows fulfil anyway. */
export interface Lookup {
  readonly unitId: number
  readonly log: Log.Log
  readonly whose: ReadonlyArray<Statement.Fragment>
  readonly stretch: Stretch
  readonly turn: Turn
}

/**
 * Sessions of which something holds, and that have rows in the stretch, the nearest to where the page begins first.
 *
 * *Shape*: `across` of them go on across that place, or begin or end there; `since` is when the first began. *Units*: `nearness` and
 * `since` in UTC milliseconds.
 */
interface Named {
  readonly numbers: ReadonlyArray<number>
  readonly nearness: ReadonlyArray<number>
  readonly across: number
  readonly since: number | null
}

/** *Shape*: `namedMax` of them and one more; null where there are too many to count, wherever they lie. */
const named = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { stretch, turn, unitId, whose }: Lookup,
  holds: Statement.Fragment,
  namedMax: number
) {
  const isNewer = turn.direction === "newer"
  const begin = isNewer ? stretch.since : stretch.until
  const column = isNewer ? "started_at" : "ended_at"
  const nearness = sql.literal(column)
  const isAcross =
    begin === null ? sql`false` : sql`${nearness} ${sql.literal(isNewer ? "<=" : ">=")} ${instant(sql, begin)}`
  // Sorted and written only where they are few.
  const [found] = yield* sql<{ readonly named: Named | null }>`
    with few as materialized (
      select no, started_at, ended_at from session where ${sql.and([sql`unit_id = ${unitId}`, sql`(${holds})`, ...whose])} limit ${sessionsMax + 1}),
    meeting as (select * from few where ${meets(sql, stretch)})
    select case when (select count(*) from few) <= ${sessionsMax} then (
      select json_build_object(
        'numbers', coalesce(json_agg(no), '[]'),
        'nearness', coalesce(json_agg(${sql.literal(ms(column))}), '[]'),
        'across', count(*) filter (where ${isAcross}),
        'since', (select ${sql.literal(ms("min(started_at)"))} from meeting))
      from (select * from meeting order by ${nearness} ${sql.literal(isNewer ? "asc" : "desc")} limit ${namedMax + 1}) as nearest)
    end as named`.unprepared
  return found?.named ?? null
})

/** That a row's session is one of those of which something holds, looked at row by row. */
const isOfOne = (sql: SqlClient.SqlClient, { log }: Lookup, holds: Statement.Fragment) => {
  const row = sql.literal(logTables[log].name)
  return sql`exists (
    select from session where session.unit_id = ${row}.unit_id and session.no = ${row}.session_no and (${holds}))`
}

/** The same, for a page that is walked in its order: of what is asked like this the planner believes that every other row passes. */
const isOfNext = (sql: SqlClient.SqlClient, { log }: Lookup, holds: Statement.Fragment) => {
  const row = sql.literal(logTables[log].name)
  return sql`(
    select coalesce((${holds}), false) from session where session.unit_id = ${row}.unit_id and session.no = ${row}.session_no)`
}

/**
 * That a row's session is one of those that are wanted. *Shape*: `by` what rows are found: session by session, by their address, whose index
 * tells of each row if its session is on a long list, or as the log is walked. No row is missing from where the page begins up to `edge`, and
 * with null none at all. *Units*: UTC milliseconds.
 */
interface Among {
  readonly where: Statement.Fragment
  readonly by: "session" | "address" | "walk"
  readonly edge: number | null
}

/** *Shape*: no row of sessions that are wanted is older than `since`. *Units*: UTC milliseconds. */
export interface Wanted {
  readonly since: number | null
  /** Of so many sessions, the nearest, and of those that go on across the page's beginning. */
  readonly near: (nearMax: number) => Among
}

/**
 * What holds of sessions. *Shape*: `isPage` where not all of their rows are wanted at once; `areFirst` where most rows that the page begins with
 * are theirs, `haveAddress` where these have one address.
 */
export interface Holding {
  readonly holds: Statement.Fragment
  readonly isPage: boolean
  readonly areFirst: boolean
  readonly haveAddress: boolean
}

/**
 * Few are named by their numbers: the planner counts them, and finds their rows by the session. Where many are wanted, walking the time
 * meets them soon.
 */
export const inSessions = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  lookup: Lookup,
  { areFirst, haveAddress, holds, isPage }: Holding
) {
  const namedMax = areFirst ? firstMax : sessionsMax
  const few = yield* named(sql, lookup, holds, namedMax)
  if (few === null || few.numbers.length > namedMax) {
    const where = isPage ? isOfNext(sql, lookup, holds) : isOfOne(sql, lookup, holds)
    return { since: few?.since ?? null, near: () => ({ where, by: "walk", edge: null }) } satisfies Wanted
  }
  const { across, nearness, numbers, since } = few
  const near = (nearMax: number): Among => {
    const count = nearMax + across
    if (haveAddress && numbers.length > addressMin && count > nearestMax) {
      // In their order, as PostgreSQL would sort them for each stretch of the index.
      const all = numbers.toSorted((one, other) => one - other)
      return { where: amongSessions(sql, all), by: "address", edge: null }
    }
    return { where: amongSessions(sql, numbers.slice(0, count)), by: "session", edge: nearness[count] ?? null }
  }
  return { since, near } satisfies Wanted
})

/**
 * That a row's session is none of those of which something holds. *Shape*: with `areFew` they are not counted first; others are, wherever
 * they lie, for looking which of them meet the stretch may take longer than the page.
 *
 * A list that is passed by is no constant: the planner would weigh each of its numbers against the log's, in each stretch of an index. It
 * hashes a sub-select, and takes it for half of the log instead.
 */
export const besidesSessions = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  lookup: Lookup,
  { areFew, holds }: { readonly areFew: boolean; readonly holds: Statement.Fragment }
) {
  const { stretch, unitId, whose } = lookup
  const where = [sql`unit_id = ${unitId}`, sql`(${holds})`, ...whose]
  const isAmong = sql`session_no in (select no from session where ${sql.and([...where, meets(sql, stretch)])})`
  if (areFew) return sql`not ${isAmong}`
  const [found] = yield* sql<{ readonly areMany: boolean }>`
    select count(*) > ${sessionsMax} as "areMany"
    from (select from session where ${sql.and(where)} limit ${sessionsMax + 1}) as few`.unprepared
  return sql`not ${found?.areMany === false ? isAmong : isOfOne(sql, lookup, holds)}`
})

/** Of no session there is no row, which the planner is told outright. */
export const amongSessions = (sql: SqlClient.SqlClient, numbers: ReadonlyArray<number>) =>
  numbers.length === 0 ? sql`false` : sql`session_no = any(${numbers}::bigint[])`

/** An instant goes in as a number: postgres.js would parse a timestamp parameter through `Date`. */
export const instant = (sql: SqlClient.SqlClient, at: number) => sql`to_timestamp(${at}::float8 / 1000)`
