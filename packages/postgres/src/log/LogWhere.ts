import { type FilterValue, type Interval, type Log, LogFilter } from "@spoor/domain"
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { beyond, type Turn } from "../Keyset.ts"
import { resolveSession } from "../SessionStory.ts"
import {
  amongSessions,
  besidesSessions,
  type Holding,
  instant,
  inSessions,
  type Lookup,
  stretchOf,
  type Wanted,
  whoseSessions
} from "./LogSessions.ts"
import { cutAt, logTables, type Operand, personalText, type Texts, textsEnd } from "./LogTable.ts"

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

/** *Shape*: `numberOf` gives a session's number by its ID; `isMasked` as in `LogQuery`. *Units*: `now` in UTC milliseconds. */
interface Knowledge {
  readonly now: number
  readonly isMasked: boolean
  readonly numberOf: ReadonlyMap<string, number | null>
}

/** Whether an index leads to what a filter lets pass: parts of texts, and free text, are walked to by the time. */
export const isIndexed = <L extends Log.Log>({ filter }: LogQuery<L>): boolean =>
  filter.text === undefined &&
  Object.values(LogFilter.clausesOf(filter)).every(
    (clause) => !clause?.any.some((value) => typeof value === "object" && value.op === "contains")
  )

/** A filter as conditions. *Shape*: `fields` by name; `wanted` is what it says of the sessions of its rows, null where it says nothing. */
interface Parts {
  readonly always: ReadonlyArray<Statement.Fragment>
  readonly fields: Readonly<Record<string, ReadonlyArray<Statement.Fragment>>>
  readonly wanted: Wanted | null
}

/**
 * Conditions on a log's table alone, so that a page is cut from one index before anything is joined. They hold for the
 * rows that `FilterMatch.matches` lets pass; a session may be named by a former ID too (sessions.md 2.3).
 *
 * *Shape*: what the filter says of the fields `without` is left out. *Units*: `now`, by which sessions are active, in UTC
 * milliseconds.
 */
export const conditions = <L extends Log.Log>(
  sql: SqlClient.SqlClient,
  query: LogQuery<L>,
  now: number,
  without: ReadonlyArray<string> = []
) =>
  Effect.map(partsOf(sql, query, now, null, without), ({ always, fields, wanted }) => [
    ...always,
    ...(wanted === null ? [] : [wanted.near(Infinity).where]),
    ...Object.values(fields).flat()
  ])

/** The same, field by field. *Shape*: for a page where `page` says which; of all rows with null. */
export const partsOf = Effect.fnUntraced(function* <L extends Log.Log>(
  sql: SqlClient.SqlClient,
  query: LogQuery<L>,
  now: number,
  page: Turn | null,
  without: ReadonlyArray<string> = []
) {
  const { unitId, log, filter, interval, isMasked = false } = query
  const turn: Turn = page ?? { direction: "newest" }
  const { operands, texts, impersonalTexts = texts } = logTables[log]
  const clauses = LogFilter.clausesOf(filter)
  const numberOf = yield* numbersOf(sql, unitId, clauses["session"])
  const fields: Record<string, ReadonlyArray<Statement.Fragment>> = {}
  const wantedSessions: Array<Statement.Fragment> = []
  const unwantedSessions: Array<{ readonly areFew: boolean; readonly holds: Statement.Fragment }> = []
  for (const [name, operand] of Object.entries<Operand>(operands)) {
    const clause = without.includes(name) ? undefined : clauses[name]
    if (clause === undefined) continue
    const { any, none } = operand.kind === "active" ? asActive(clause) : clause
    const holds = (values: ReadonlyArray<FilterValue.Value>) =>
      values.length === 0 ? [] : [sql`(${said(sql, operand, values, { isMasked, numberOf, now })})`]
    const [wanted, unwanted] = [holds(any), holds(none)]
    if (operand.isOfSession) {
      wantedSessions.push(...wanted)
      // A session is active for half an hour.
      unwantedSessions.push(...unwanted.map((holds) => ({ areFew: operand.kind === "active", holds })))
    } else {
      fields[name] = [...wanted, ...unwanted.map((one) => isNot(sql, one))]
    }
  }
  const numbers = (clauses["session"]?.any ?? []).flatMap((id) => numberOf.get(String(id)) ?? [])
  const lookup: Lookup = {
    unitId,
    log,
    whose: whoseSessions(sql, clauses, numbers),
    stretch: stretchOf(interval, turn),
    turn
  }
  const isPage = page !== null
  const holding: Holding = {
    holds: sql.and(wantedSessions),
    isPage,
    // Whoever is active did what is newest; what is said besides may be far from there, but for what an index leads to.
    areFirst: isPage && isActiveAlone(clauses) && isIndexed(query),
    // Of whole e-mails there are few, of their beginnings the planner has seen how frequent they are.
    mayBeMany: clauses["email"]?.any.some((value) => !isExact(value)) === true,
    key: isPage ? keyOf(sql, clauses, fields) : null
  }
  const wanted = wantedSessions.length === 0 ? null : yield* inSessions(sql, lookup, holding)
  const unwanted = yield* Effect.forEach(unwantedSessions, (those) => besidesSessions(sql, lookup, those))
  const always = [
    sql`unit_id = ${unitId}`,
    ...within(sql, { from: latest(interval.from, wanted?.since ?? null), to: interval.to }, turn),
    ...unwanted,
    ...spoken(sql, filter, isMasked ? impersonalTexts : texts, isMasked)
  ]
  return { always, fields, wanted } satisfies Parts
})

/** Few sessions are active: of the others it is said that they are not. */
const asActive = ({ any, none }: Clause): Clause => {
  const passes = (is: boolean) => (any.length === 0 || any.includes(is)) && !none.includes(is)
  return { any: passes(false) ? [] : [true], none: passes(true) ? [] : [true] }
}

/** Whether sessions that are wanted are active, and nothing else is said of them. */
const isActiveAlone = ({ email, session, visitor }: ReturnType<typeof LogFilter.clausesOf>): boolean =>
  [email, session, visitor].every((clause) => !clause?.any.length)

/** What leads to rows in an index that has the session behind their order: one address, or types. */
const keyOf = (
  sql: SqlClient.SqlClient,
  { type, url }: ReturnType<typeof LogFilter.clausesOf>,
  fields: Readonly<Record<string, ReadonlyArray<Statement.Fragment>>>
): Statement.Fragment | null => {
  if (url !== undefined) return url.any.length === 1 && url.any.every(isExact) ? sql.and(fields["url"] ?? []) : null
  return type?.any.length ? sql.and(fields["type"] ?? []) : null
}

/** A text that is named as a whole. */
export const isExact = (value: FilterValue.Value): boolean => typeof value === "object" && value.op === "is"

/** A row without a field is not one of those that are wanted, and passes those that are not. */
const isNot = (sql: SqlClient.SqlClient, holds: Statement.Fragment) => sql`${holds} is not true`

type Clause = NonNullable<ReturnType<typeof LogFilter.clausesOf>[string]>

const numbersOf = (sql: SqlClient.SqlClient, unitId: number, clause: Clause | undefined) =>
  Effect.forEach([...(clause?.any ?? []), ...(clause?.none ?? [])].map(String), (id) =>
    Effect.map(resolveSession(sql, unitId, id), (no) => [id, no] as const)
  ).pipe(Effect.map((found) => new Map(found)))

/**
 * That a row lies in an interval, on the side of a place to which a page is turned. Only the nearer of two bounds is said: told both,
 * PostgreSQL may begin at the farther one and walk to the nearer.
 */
const within = (
  sql: SqlClient.SqlClient,
  { from, to }: Interval.Interval,
  turn: Turn
): ReadonlyArray<Statement.Fragment> => {
  const isOlder = turn.direction === "older" && (to === null || turn.cursor.at < to)
  const isNewer = turn.direction === "newer" && (from === null || turn.cursor.at >= from)
  return [
    ...(from === null || isNewer ? [] : [sql`occurred_at >= ${instant(sql, from)}`]),
    ...(to === null || isOlder ? [] : [sql`occurred_at < ${instant(sql, to)}`]),
    ...(isOlder || isNewer ? beyond(sql, turn) : [])
  ]
}

const latest = (one: number | null, other: number | null) =>
  one === null || other === null ? (one ?? other) : Math.max(one, other)

/** That a field has one of these values; unknown where the row has no such field. */
const said = (
  sql: SqlClient.SqlClient,
  operand: Operand,
  values: ReadonlyArray<FilterValue.Value>,
  { isMasked, now, numberOf }: Knowledge
): Statement.Fragment => {
  switch (operand.kind) {
    case "text": {
      const holds = operand.columns.flatMap((column) => saidAsText(sql, column, values, operand.isCut === true))
      return isMasked
        ? sql.and([sql.or(holds), ...operand.columns.map((column) => isImpersonal(sql, column))])
        : sql.or(holds)
    }
    case "type": {
      // As literals of the enumeration: of a parameter the planner would not know how rare it is.
      const known = operand.values.filter((value) => values.includes(value)).map((value) => `'${value}'`)
      return sql.literal(`${operand.column} = any(array[${known.join(", ")}]::${operand.type}[])`)
    }
    case "status":
      return sql.or(values.map((value) => saidAsStatus(sql, operand.column, value)))
    case "session":
      return amongSessions(
        sql,
        values.flatMap((id) => numberOf.get(String(id)) ?? [])
      )
    case "active":
      // Of the session's row; `asActive` leaves nothing else to say.
      return sql`ended_by is null and closed_at >= ${instant(sql, now)}`
  }
}

const isImpersonal = (sql: SqlClient.SqlClient, column: string) => sql`${sql.literal(column)} !~ ${personalText}`

/** *Shape*: `^@` is "starts with"; neither it nor `strpos` knows wildcards, so nothing is to be escaped. */
const saidAsText = (
  sql: SqlClient.SqlClient,
  column: string,
  values: ReadonlyArray<FilterValue.Value>,
  isCut: boolean
): ReadonlyArray<Statement.Fragment> => {
  const found = sql.literal(column)
  const indexed = isCut ? sql.literal(`left(${column}, ${cutAt}) collate "C"`) : found
  const exact: Array<string> = []
  const patterns: Array<Statement.Fragment> = []
  for (const value of values) {
    if (typeof value !== "object") exact.push(String(value))
    else if (value.op === "is") exact.push(value.value)
    else if (value.op === "contains") patterns.push(sql`strpos(${found}, ${value.value}) > 0`)
    else {
      const begins = sql`${indexed} ^@ ${isCut ? begin(value.value) : value.value}`
      // Also where the index tells all: it takes half the time where rows are walked.
      patterns.push(isCut ? sure(sql, begins, sql`${found} ^@ ${value.value}`) : begins)
    }
  }
  const [one, ...others] = exact
  if (one === undefined) return patterns
  // Only what equals one value is in the order of the time.
  const among = (place: Statement.Fragment, [first, ...more]: ReadonlyArray<string>) =>
    more.length === 0 ? sql`${place} = ${first}` : sql`${place} = any(${[first, ...more]}::text[])`
  const equal = among(indexed, isCut ? exact.map(begin) : exact)
  return [isCut && exact.some(isLong) ? sure(sql, equal, among(found, [one, ...others])) : equal, ...patterns]
}

/** The part of a text that an index has. PostgreSQL counts as an iteration of a text does. */
const begin = (text: string): string => [...text].slice(0, cutAt).join("")

const isLong = (text: string): boolean => [...text].length >= cutAt

/** What an index finds, looked at again. The planner must not take the same twice for two things that are each rare. */
const sure = (sql: SqlClient.SqlClient, found: Statement.Fragment, meant: Statement.Fragment) =>
  sql`(${found} and coalesce(${meant}, false))`

const saidAsStatus = (sql: SqlClient.SqlClient, column: string, value: FilterValue.Value): Statement.Fragment => {
  const found = sql.literal(column)
  if (typeof value === "number") return sql`${found} = ${value}::smallint`
  const least = Number(String(value)[0]) * 100
  return sql`${found} between ${least}::smallint and ${least + 99}::smallint`
}

/**
 * Free text, in any case. All texts of a row are looked through as one first: a word that is rare walks the log, and this took a quarter of
 * the time that one text after another did (ADR 0039).
 *
 * `lower` by ICU agrees with JavaScript's `toLowerCase`: the C locale does not know the Greek final sigma and the Turkish İ.
 */
const spoken = (
  sql: SqlClient.SqlClient,
  { text }: LogFilter.LogFilter,
  { from, joined }: Texts,
  isMasked: boolean
): ReadonlyArray<Statement.Fragment> => {
  const has = (said: string, word: string) =>
    sql`strpos(lower(${sql.literal(said)} collate "und-x-icu"), ${word.toLowerCase()}) > 0`
  const isTold = isMasked ? sql`and ${isImpersonal(sql, "said")}` : sql``
  const isSaid = (word: string) => {
    const inOne = sql`exists (select from ${sql.literal(from)} where ${has("said", word)} ${isTold})`
    if (joined === null) return inOne
    return isMasked || word.includes(textsEnd) ? sql`(${has(joined, word)} and ${inOne})` : has(joined, word)
  }
  return [...(text?.all ?? []).map(isSaid), ...(text?.none ?? []).map((word) => sql`not (${isSaid(word)})`)]
}
