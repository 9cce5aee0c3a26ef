import type { Interval, Log, LogFilter } from "@spoor/domain"
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import type { Turn } from "../Keyset.ts"
import { expectedRows } from "./Expected.ts"
import { logTables } from "./LogTable.ts"
import { ms } from "./RowJson.ts"

/** What a filter says of the sessions of its rows is looked up first, unless it lets more of them pass. */
const sessionsMax = 5_000

/** They are not counted where the planner, which may be mistaken by some thousands, expects far more. */
const surelyMany = 4 * sessionsMax

/** More are not named where a page is made of their rows first: whoever walks the log meets these sooner. */
const firstMax = 200

/** Of more sessions a key with at most so many rows is walked sooner than they are looked up one by one. */
const [keyedMin, keyMax] = [2_000, 200_000]

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

/** *Shape*: null where there are too many to name, wherever they lie. */
const named = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, lookup: Lookup, holds: Statement.Fragment) {
  const { stretch, turn } = lookup
  const isNewer = turn.direction === "newer"
  const begin = isNewer ? stretch.since : stretch.until
  const column = isNewer ? "started_at" : "ended_at"
  const nearness = sql.literal(column)
  const isAcross =
    begin === null ? sql`false` : sql`${nearness} ${sql.literal(isNewer ? "<=" : ">=")} ${instant(sql, begin)}`
  // Sorted and written only where they are few.
  const [found] = yield* sql<{ readonly named: Named | null }>`
    with few as materialized (
      select no, started_at, ended_at from session where ${those(sql, lookup, holds)} limit ${sessionsMax + 1})
    select case when (select count(*) from few) <= ${sessionsMax} then (
      select json_build_object(
        'numbers', coalesce(json_agg(no), '[]'),
        'nearness', coalesce(json_agg(${sql.literal(ms(column))}), '[]'),
        'across', count(*) filter (where ${isAcross}),
        'since', ${sql.literal(ms("min(started_at)"))})
      from (
        select * from few where ${meets(sql, stretch)} order by ${nearness} ${sql.literal(isNewer ? "asc" : "desc")}
      ) as nearest) end as named`.unprepared
  return found?.named ?? null
})

const those = (sql: SqlClient.SqlClient, { unitId, whose }: Lookup, holds: Statement.Fragment) =>
  sql.and([sql`unit_id = ${unitId}`, sql`(${holds})`, ...whose])

/** When the first of many sessions that have rows in the stretch began. *Shape*: undefined where they are few. *Units*: UTC milliseconds. */
const sinceOfMany = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, lookup: Lookup, holds: Statement.Fragment) {
  const [found] = yield* sql<{ readonly count: number; readonly since: number | null }>`
    select count(*) as count, ${sql.literal(ms("min(started_at)"))} as since
    from (select started_at from session
      where ${sql.and([those(sql, lookup, holds), meets(sql, lookup.stretch)])} limit ${sessionsMax + 1}) as wanted`
    .unprepared
  const { count, since } = found!
  return count <= firstMax ? undefined : count > sessionsMax ? null : since
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
 * That a row's session is one of those that are wanted. *Shape*: `by` what rows are found: session by session, by a key whose index tells of
 * each row if its session is on a long list, or as the log is walked, which passes by many or has most from the first on. None of their rows
 * is older than `since`. *Units*: UTC milliseconds.
 */
export interface Wanted {
  readonly by: "session" | "key" | "walk" | "first"
  readonly since: number | null
  /**
   * *Shape*: where they are found session by session, of so many, the nearest, and of those that go on across the page's beginning. From there
   * no row is missing up to `edge`, and with null none at all.
   */
  readonly near: (nearMax: number) => { readonly where: Statement.Fragment; readonly edge: number | null }
}

/**
 * What holds of sessions. *Shape*: `isPage` where not all of their rows are wanted at once; `areFirst` where most rows that the page begins with
 * are theirs; `mayBeMany` where the planner can tell whether they are far too many to name; `key` holds of the rows, and leads to them in an
 * index that has the session behind their order.
 */
export interface Holding {
  readonly holds: Statement.Fragment
  readonly isPage: boolean
  readonly areFirst: boolean
  readonly mayBeMany: boolean
  readonly key: Statement.Fragment | null
}

/**
 * Few are named by their numbers: the planner counts them, and finds their rows by the session. Where many are wanted, walking the time
 * meets them soon.
 */
export const inSessions = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  lookup: Lookup,
  { areFirst, holds, isPage, key, mayBeMany }: Holding
) {
  const all = (by: Wanted["by"], since: number | null, where: Statement.Fragment): Wanted => ({
    by,
    since,
    near: () => ({ where, edge: null })
  })
  const since = areFirst ? yield* sinceOfMany(sql, lookup, holds) : undefined
  if (since !== undefined) return all("first", since, isOfNext(sql, lookup, holds))
  const areMany = mayBeMany && (yield* expectedRows(sql, "session", those(sql, lookup, holds))) > surelyMany
  const few = areMany ? null : yield* named(sql, lookup, holds)
  if (few === null) return all("walk", null, isPage ? isOfNext(sql, lookup, holds) : isOfOne(sql, lookup, holds))
  const { across, nearness, numbers } = few
  const isKeyed =
    key !== null &&
    numbers.length > keyedMin &&
    (yield* expectedRows(sql, logTables[lookup.log].name, sql.and([sql`unit_id = ${lookup.unitId}`, key]))) <= keyMax
  if (isKeyed) {
    // Sorted, which PostgreSQL would do itself for each stretch of the index.
    const sorted = numbers.toSorted((one, other) => one - other)
    return all("key", few.since, amongSessions(sql, sorted))
  }
  const near = (nearMax: number) => {
    const count = nearMax + across
    return { where: amongSessions(sql, numbers.slice(0, count)), edge: nearness[count] ?? null }
  }
  return { by: "session", since: few.since, near } satisfies Wanted
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
  const where = those(sql, lookup, holds)
  const isAmong = sql`session_no in (select no from session where ${sql.and([where, meets(sql, lookup.stretch)])})`
  if (areFew) return sql`not ${isAmong}`
  const [found] = yield* sql<{ readonly areMany: boolean }>`
    select count(*) > ${sessionsMax} as "areMany"
    from (select from session where ${where} limit ${sessionsMax + 1}) as few`.unprepared
  return sql`not ${found?.areMany === false ? isAmong : isOfOne(sql, lookup, holds)}`
})

/** Of no session there is no row, which the planner is told outright. */
export const amongSessions = (sql: SqlClient.SqlClient, numbers: ReadonlyArray<number>) =>
  numbers.length === 0 ? sql`false` : sql`session_no = any(${numbers}::bigint[])`

/** An instant goes in as a number: postgres.js would parse a timestamp parameter through `Date`. */
export const instant = (sql: SqlClient.SqlClient, at: number) => sql`to_timestamp(${at}::float8 / 1000)`
