import { type FilterValue, type Interval, type Log, LogFilter } from "@spoor/domain"
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import type { Turn } from "../Keyset.ts"
import { resolveSession } from "../SessionStory.ts"
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

/** What a filter says of the sessions of its rows is looked up first, unless it lets more of them pass. */
const sessionsMax = 5_000

/** Whether an index leads to what a filter lets pass: parts of texts, and free text, are walked to by the time. */
export const isIndexed = <L extends Log.Log>({ filter }: LogQuery<L>): boolean =>
  filter.text === undefined &&
  Object.values(LogFilter.clausesOf(filter)).every(
    (clause) => !clause?.any.some((value) => typeof value === "object" && value.op === "contains")
  )

/**
 * A page that is asked for. *Shape*: with `nearMax` only so many sessions are named of those that a filter speaks of, the nearest to
 * where the page begins.
 */
export interface Reach {
  readonly turn: Turn
  readonly nearMax: number | null
}

/**
 * A filter as conditions.
 *
 * *Shape*: `fields` by name; with `isListed` the rows of few sessions are wanted, which an index has. From where the page begins no row
 * is missing up to `edge`, and with null none at all. *Units*: `edge` in UTC milliseconds.
 */
interface Parts {
  readonly always: ReadonlyArray<Statement.Fragment>
  readonly fields: Readonly<Record<string, ReadonlyArray<Statement.Fragment>>>
  readonly isListed: boolean
  readonly edge: number | null
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
  Effect.map(partsOf(sql, query, now, allOfIt, without), ({ always, fields }) => [
    ...always,
    ...Object.values(fields).flat()
  ])

const allOfIt: Reach = { turn: { direction: "newest" }, nearMax: null }

/** The same, field by field. */
export const partsOf = Effect.fnUntraced(function* <L extends Log.Log>(
  sql: SqlClient.SqlClient,
  { unitId, log, filter, interval, isMasked = false }: LogQuery<L>,
  now: number,
  reach: Reach,
  without: ReadonlyArray<string> = []
) {
  const { operands, texts, impersonalTexts = texts } = logTables[log]
  const clauses = LogFilter.clausesOf(filter)
  const numberOf = yield* numbersOf(sql, unitId, clauses["session"])
  const fields: Record<string, ReadonlyArray<Statement.Fragment>> = {}
  const wantedSessions: Array<Statement.Fragment> = []
  const unwantedSessions: Array<Statement.Fragment> = []
  for (const [name, operand] of Object.entries<Operand>(operands)) {
    const clause = without.includes(name) ? undefined : clauses[name]
    if (clause === undefined) continue
    const { any, none } = operand.kind === "active" ? asActive(clause) : clause
    const holds = (values: ReadonlyArray<FilterValue.Value>) =>
      values.length === 0 ? [] : [sql`(${said(sql, operand, values, { isMasked, numberOf, now })})`]
    const [wanted, unwanted] = [holds(any), holds(none)]
    if (operand.isOfSession) {
      wantedSessions.push(...wanted)
      unwantedSessions.push(...unwanted)
    } else {
      fields[name] = [...wanted, ...unwanted.map((one) => isNot(sql, one))]
    }
  }
  const numbers = (clauses["session"]?.any ?? []).flatMap((id) => numberOf.get(String(id)) ?? [])
  const lookup: Lookup = {
    unitId,
    log,
    whose: whoseSessions(sql, clauses, numbers),
    stretch: stretchOf(interval, reach.turn),
    reach
  }
  const wanted = wantedSessions.length === 0 ? null : yield* inSessions(sql, lookup, sql.and(wantedSessions))
  const unwanted = yield* Effect.forEach(unwantedSessions, (holds) => besidesSessions(sql, lookup, holds))
  const always = [
    sql`unit_id = ${unitId}`,
    ...within(sql, interval),
    ...(wanted?.where ?? []),
    ...unwanted,
    ...spoken(sql, filter, isMasked ? impersonalTexts : texts, isMasked)
  ]
  const isListed = wanted?.isListed === true || (clauses["session"]?.any.length ?? 0) > 0
  return { always, fields, isListed, edge: wanted?.edge ?? null } satisfies Parts
})

/** Few sessions are active: of the others it is said that they are not. */
const asActive = ({ any, none }: Clause): Clause => {
  const passes = (is: boolean) => (any.length === 0 || any.includes(is)) && !none.includes(is)
  return { any: passes(false) ? [] : [true], none: passes(true) ? [] : [true] }
}

/** A row without a field is not one of those that are wanted, and passes those that are not. */
const isNot = (sql: SqlClient.SqlClient, holds: Statement.Fragment) => sql`${holds} is not true`

type Clause = NonNullable<ReturnType<typeof LogFilter.clausesOf>[string]>

const numbersOf = (sql: SqlClient.SqlClient, unitId: number, clause: Clause | undefined) =>
  Effect.forEach([...(clause?.any ?? []), ...(clause?.none ?? [])].map(String), (id) =>
    Effect.map(resolveSession(sql, unitId, id), (no) => [id, no] as const)
  ).pipe(Effect.map((found) => new Map(found)))

/** What a filter says of rows that holds for the whole session: its sessions are fewer then. */
const whoseSessions = (
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

const stretchOf = ({ from, to }: Interval.Interval, turn: Turn): Stretch => {
  const last = to === null ? null : to - 1
  if (turn.direction === "newest") return { since: from, until: last }
  const { at } = turn.cursor
  return turn.direction === "older"
    ? { since: from, until: Math.min(at, last ?? at) }
    : { since: Math.max(at, from ?? at), until: last }
}

/** *Shape*: `whose` are conditions on sessions that their rows fulfil anyway. */
interface Lookup {
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
const inSessions = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, lookup: Lookup, holds: Statement.Fragment) {
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
const besidesSessions = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  lookup: Lookup,
  holds: Statement.Fragment
) {
  const { numbers } = yield* sessionsOf(sql, lookup, holds, sessionsMax)
  if (numbers === null) return sql`not ${isOfOne(sql, lookup, holds)}`
  return numbers.length === 0 ? sql`true` : sql`session_no not in (select unnest(${numbers}::bigint[]))`
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
      patterns.push(isCut && isLong(value.value) ? sure(sql, begins, sql`${found} ^@ ${value.value}`) : begins)
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
