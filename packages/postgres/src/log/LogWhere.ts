import { type FilterValue, type Interval, type Log, LogFilter } from "@spoor/domain"
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { resolveSession } from "../SessionStory.ts"
import { logTables, type Operand, personalText } from "./LogTable.ts"

/**
 * What narrows a log.
 *
 * *Shape*: `interval` is the filter's range as resolved. With `isMasked`, texts that may hold something personal are looked for
 * nowhere, so that no number of rows tells what is in them; who asks by a personal field must be refused before.
 */
export interface LogQuery<L extends Log.Log> {
  readonly unitId: number
  readonly log: L
  readonly filter: LogFilter.FilterOf<L>
  readonly interval: Interval.Interval
  readonly isMasked?: boolean
}

/** *Shape*: `numberOf` gives a session's number by its ID; `isMasked` as in `LogQuery`. */
interface Knowledge {
  readonly isMasked: boolean
  readonly numberOf: ReadonlyMap<string, number | null>
}

/** What a filter says of the sessions of its rows is looked up first, unless it lets more of them pass. */
const sessionsMax = 10_000

/**
 * Conditions on a log's table alone, so that a page is cut from one index before anything is joined. They hold for the
 * rows that `FilterMatch.matches` lets pass; a session may be named by a former ID too (sessions.md 2.3).
 *
 * *Shape*: what the filter says of the fields `without` is left out. *Units*: `now`, by which sessions are active, in UTC
 * milliseconds.
 */
export const conditions = Effect.fnUntraced(function* <L extends Log.Log>(
  sql: SqlClient.SqlClient,
  { unitId, log, filter, interval, isMasked = false }: LogQuery<L>,
  now: number,
  without: ReadonlyArray<string> = []
) {
  const { name: table, operands, texts, impersonalTexts = texts } = logTables[log]
  const clauses = LogFilter.clausesOf(filter)
  const numberOf = yield* numbersOf(sql, unitId, clauses["session"])
  const fields = yield* Effect.forEach(Object.entries<Operand>(operands), ([name, operand]) => {
    const clause = without.includes(name) ? undefined : clauses[name]
    if (clause === undefined) return Effect.succeed([])
    if (operand.isOfSession) return saidOfSession(sql, { unitId, table, operand, now, isMasked }, clause)
    const holds = (values: ReadonlyArray<FilterValue.Value>) => said(sql, operand, values, { isMasked, numberOf })
    return Effect.succeed([
      ...(clause.any.length > 0 ? [sql`(${holds(clause.any)})`] : []),
      // A row without the field is not one of those that are wanted, and passes those that are not.
      ...(clause.none.length > 0 ? [sql`(${holds(clause.none)}) is not true`] : [])
    ])
  })
  return [
    sql`unit_id = ${unitId}`,
    ...within(sql, interval),
    ...fields.flat(),
    ...spoken(sql, filter, isMasked ? impersonalTexts : texts, isMasked)
  ]
})

type Clause = NonNullable<ReturnType<typeof LogFilter.clausesOf>[string]>

const numbersOf = (sql: SqlClient.SqlClient, unitId: number, clause: Clause | undefined) =>
  Effect.forEach([...(clause?.any ?? []), ...(clause?.none ?? [])].map(String), (id) =>
    Effect.map(resolveSession(sql, unitId, id), (no) => [id, no] as const)
  ).pipe(Effect.map((found) => new Map(found)))

interface OfSession {
  readonly isMasked: boolean
  readonly unitId: number
  readonly table: string
  readonly operand: Operand
  readonly now: number
}

const saidOfSession = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { isMasked, now, operand, table, unitId }: OfSession,
  { any, none }: Clause
) {
  if (operand.kind !== "active") {
    const holds = (values: ReadonlyArray<FilterValue.Value>) =>
      said(sql, operand, values, { isMasked, numberOf: new Map() })
    return [
      ...(any.length > 0 ? [yield* inSessions(sql, unitId, table, holds(any), true)] : []),
      ...(none.length > 0 ? [yield* inSessions(sql, unitId, table, holds(none), false)] : [])
    ]
  }
  const isActive = sql`ended_by is null and closed_at >= ${instant(sql, now)}`
  const wanted = [true, false].filter((is) => (any.length === 0 || any.includes(is)) && !none.includes(is))
  if (wanted.length === 2) return []
  return wanted.length === 0 ? [sql`false`] : [yield* inSessions(sql, unitId, table, isActive, wanted[0] === true)]
})

/**
 * That a row's session is one of those of which something holds, or is none of them.
 *
 * Few sessions are named by their numbers: the planner counts them, and finds their rows by the session or passes others by
 * without looking at each row's session. Where many are wanted, walking the time meets them soon.
 */
const inSessions = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  unitId: number,
  table: string,
  holds: Statement.Fragment,
  isWanted: boolean
) {
  const found = yield* sql<{ readonly no: number }>`
    select no from session where unit_id = ${unitId} and (${holds}) limit ${sessionsMax + 1}`.unprepared
  if (found.length > sessionsMax) {
    const row = sql.literal(table)
    const one = sql`exists (
      select from session where session.unit_id = ${row}.unit_id and session.no = ${row}.session_no and (${holds}))`
    return isWanted ? one : sql`not ${one}`
  }
  return isWanted
    ? amongSessions(
        sql,
        found.map(({ no }) => no)
      )
    : sql`session_no <> all(${found.map(({ no }) => no)}::bigint[])`
})

/** Of no session there is no row, which the planner is told outright. */
const amongSessions = (sql: SqlClient.SqlClient, numbers: ReadonlyArray<number>) =>
  numbers.length === 0 ? sql`false` : sql`session_no = any(${numbers}::bigint[])`

/** The instants go in as numbers: postgres.js would parse a timestamp parameter through `Date`. */
const within = (sql: SqlClient.SqlClient, { from, to }: Interval.Interval): ReadonlyArray<Statement.Fragment> => [
  ...(from === null ? [] : [sql`occurred_at >= ${instant(sql, from)}`]),
  ...(to === null ? [] : [sql`occurred_at < ${instant(sql, to)}`])
]

const instant = (sql: SqlClient.SqlClient, at: number) => sql`to_timestamp(${at}::float8 / 1000)`

/** That a field has one of these values; unknown where the row has no such field. */
const said = (
  sql: SqlClient.SqlClient,
  operand: Operand,
  values: ReadonlyArray<FilterValue.Value>,
  { isMasked, numberOf }: Knowledge
): Statement.Fragment => {
  switch (operand.kind) {
    case "text": {
      const holds = operand.columns.flatMap((column) => saidAsText(sql, column, values, operand.isHashed === true))
      return isMasked
        ? sql.and([sql.or(holds), ...operand.columns.map((column) => isImpersonal(sql, column))])
        : sql.or(holds)
    }
    case "type":
      return sql`${sql.literal(operand.column)} = any(${values.map(String)}::text[]::${sql.literal(operand.type)}[])`
    case "status":
      return sql.or(values.map((value) => saidAsStatus(sql, operand.column, value)))
    case "session":
      return amongSessions(
        sql,
        values.flatMap((id) => numberOf.get(String(id)) ?? [])
      )
    case "active":
      return sql`false`
  }
}

const isImpersonal = (sql: SqlClient.SqlClient, column: string) => sql`${sql.literal(column)} !~ ${personalText}`

/** *Shape*: `^@` is "starts with"; neither it nor `strpos` knows wildcards, so nothing is to be escaped. */
const saidAsText = (
  sql: SqlClient.SqlClient,
  column: string,
  values: ReadonlyArray<FilterValue.Value>,
  isHashed: boolean
): ReadonlyArray<Statement.Fragment> => {
  const found = sql.literal(column)
  const exact: Array<string> = []
  const patterns: Array<Statement.Fragment> = []
  for (const value of values) {
    if (typeof value !== "object") exact.push(String(value))
    else if (value.op === "is") exact.push(value.value)
    else if (value.op === "startsWith") patterns.push(sql`${found} ^@ ${value.value}`)
    else patterns.push(sql`strpos(${found}, ${value.value}) > 0`)
  }
  const [one, ...others] = exact
  if (one === undefined) return patterns
  // Only what equals one value is in the order of the time.
  const isOne = (place: string, of: Statement.Fragment) => sql`${sql.literal(place)} = ${of}`
  const isAny = (place: string, of: Statement.Fragment) => sql`${sql.literal(place)} = any(${of})`
  const equal = others.length === 0 ? isOne(column, sql`${one}`) : isAny(column, sql`${exact}::text[]`)
  if (!isHashed) return [equal, ...patterns]
  const number = `hashtextextended(${column}, 0)`
  const hashed =
    others.length === 0
      ? isOne(number, sql`hashtextextended(${one}::text, 0)`)
      : isAny(number, sql`array(select hashtextextended(said, 0) from unnest(${exact}::text[]) as said)`)
  // The planner must not take the same twice for two things that are each rare.
  return [sql`(${hashed} and coalesce(${equal}, false))`, ...patterns]
}

const saidAsStatus = (sql: SqlClient.SqlClient, column: string, value: FilterValue.Value): Statement.Fragment => {
  const found = sql.literal(column)
  if (typeof value === "number") return sql`${found} = ${value}::smallint`
  const least = Number(String(value)[0]) * 100
  return sql`${found} between ${least}::smallint and ${least + 99}::smallint`
}

/**
 * Free text, in any case.
 *
 * `lower` by ICU agrees with JavaScript's `toLowerCase`: the C locale does not know the Greek final sigma and the Turkish İ.
 */
const spoken = (
  sql: SqlClient.SqlClient,
  { text }: LogFilter.LogFilter,
  texts: string,
  isMasked: boolean
): ReadonlyArray<Statement.Fragment> => {
  const isTold = isMasked ? sql`and ${isImpersonal(sql, "said")}` : sql``
  const isSaid = (word: string) => sql`exists (
    select from ${sql.literal(texts)}
    where strpos(lower(said collate "und-x-icu"), ${word.toLowerCase()}) > 0 ${isTold})`
  return [...(text?.all ?? []).map(isSaid), ...(text?.none ?? []).map((word) => sql`not ${isSaid(word)}`)]
}
