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

/**
 * *Shape*: `now` decides which sessions are active, in UTC milliseconds; `numberOf` gives a session's number by its ID; `isMasked`
 * as in `LogQuery`.
 */
interface Knowledge {
  readonly isMasked: boolean
  readonly now: number
  readonly numberOf: ReadonlyMap<string, number | null>
}

/**
 * Conditions on a log's table alone, so that a page is cut from one index before anything is joined. They hold for the
 * rows that `FilterMatch.matches` lets pass; a session may be named by a former ID too (sessions.md 2.3).
 *
 * *Shape*: what the filter says of the field `without` is left out.
 */
export const conditions = Effect.fnUntraced(function* <L extends Log.Log>(
  sql: SqlClient.SqlClient,
  { unitId, log, filter, interval, isMasked = false }: LogQuery<L>,
  now: number,
  without: string | null = null
) {
  const { name: table, operands, texts, impersonalTexts = texts } = logTables[log]
  const clauses: ReturnType<typeof LogFilter.clausesOf> = {
    ...LogFilter.clausesOf(filter),
    ...(without !== null && { [without]: undefined })
  }
  const numberOf = yield* numbersOf(sql, unitId, clauses["session"])
  const fields = Object.entries<Operand>(operands).flatMap(([name, operand]) => {
    const { any, none } = clauses[name] ?? { any: [], none: [] }
    const holds = (values: ReadonlyArray<FilterValue.Value>) => said(sql, operand, values, { isMasked, now, numberOf })
    const [yes, no] = operand.isOfSession ? ofSession(sql, table) : ofRow(sql)
    return [...(any.length > 0 ? [yes(holds(any))] : []), ...(none.length > 0 ? [no(holds(none))] : [])]
  })
  return [
    sql`unit_id = ${unitId}`,
    ...within(sql, interval),
    ...fields,
    ...spoken(sql, filter, isMasked ? impersonalTexts : texts, isMasked)
  ]
})

const numbersOf = (sql: SqlClient.SqlClient, unitId: number, clause: ReturnType<typeof LogFilter.clausesOf>[string]) =>
  Effect.forEach([...(clause?.any ?? []), ...(clause?.none ?? [])].map(String), (id) =>
    Effect.map(resolveSession(sql, unitId, id), (no) => [id, no] as const)
  ).pipe(Effect.map((found) => new Map(found)))

/** The instants go in as numbers: postgres.js would parse a timestamp parameter through `Date`. */
const within = (sql: SqlClient.SqlClient, { from, to }: Interval.Interval): ReadonlyArray<Statement.Fragment> => [
  ...(from === null ? [] : [sql`occurred_at >= ${instant(sql, from)}`]),
  ...(to === null ? [] : [sql`occurred_at < ${instant(sql, to)}`])
]

const instant = (sql: SqlClient.SqlClient, at: number) => sql`to_timestamp(${at}::float8 / 1000)`

type Negatable = readonly [
  yes: (holds: Statement.Fragment) => Statement.Fragment,
  no: (holds: Statement.Fragment) => Statement.Fragment
]

/** A row without the field is not one of those that are wanted, and passes those that are not. */
const ofRow = (sql: SqlClient.SqlClient): Negatable => [
  (holds) => sql`(${holds})`,
  (holds) => sql`(${holds}) is not true`
]

const ofSession = (sql: SqlClient.SqlClient, table: string): Negatable => {
  const row = sql.literal(table)
  const one = (holds: Statement.Fragment) =>
    sql`(select from session where session.unit_id = ${row}.unit_id and session.no = ${row}.session_no and (${holds}))`
  return [(holds) => sql`exists ${one(holds)}`, (holds) => sql`not exists ${one(holds)}`]
}

/** That a field has one of these values; unknown where the row has no such field. */
const said = (
  sql: SqlClient.SqlClient,
  operand: Operand,
  values: ReadonlyArray<FilterValue.Value>,
  { isMasked, now, numberOf }: Knowledge
): Statement.Fragment => {
  switch (operand.kind) {
    case "text": {
      const holds = operand.columns.flatMap((column) => saidAsText(sql, column, values))
      return isMasked
        ? sql.and([sql.or(holds), ...operand.columns.map((column) => isImpersonal(sql, column))])
        : sql.or(holds)
    }
    case "type":
      return sql`${sql.literal(operand.column)} = any(${values.map(String)}::text[]::${sql.literal(operand.type)}[])`
    case "status":
      return sql.or(values.map((value) => saidAsStatus(sql, operand.column, value)))
    case "session":
      return sql`session_no = any(${values.flatMap((id) => numberOf.get(String(id)) ?? [])}::bigint[])`
    case "active": {
      const isActive = sql`ended_by is null and closed_at >= ${instant(sql, now)}`
      return sql.or(values.map((value) => (value === true ? isActive : sql`not (${isActive})`)))
    }
  }
}

const isImpersonal = (sql: SqlClient.SqlClient, column: string) => sql`${sql.literal(column)} !~ ${personalText}`

/** *Shape*: `^@` is "starts with"; neither it nor `strpos` knows wildcards, so nothing is to be escaped. */
const saidAsText = (
  sql: SqlClient.SqlClient,
  column: string,
  values: ReadonlyArray<FilterValue.Value>
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
  return exact.length === 0 ? patterns : [sql`${found} = any(${exact}::text[])`, ...patterns]
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
