import { type Log, LogFilter } from "@spoor/domain"
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { ordered, type Turn } from "../Keyset.ts"
import { logTables, type Operand } from "./LogTable.ts"
import { isExact, type LogQuery, partsOf } from "./LogWhere.ts"

/** More sites and types than this are walked by the time instead: they are probably most of the log. */
const probesMax = 200

/** So many are planned each for what is known of it; more share a plan. */
const plansMax = 8

/** A column with few values, and those that a filter lets pass. *Shape*: `isNamed` when the filter says which. */
interface Dimension {
  readonly field: string
  readonly column: string
  readonly type: string
  readonly values: ReadonlyArray<string>
  readonly isNamed: boolean
}

/**
 * What a page of a log is cut from, in its order and with its limit: at most `rowsMax` rows, and one more.
 *
 * A site, a type or an address that is rare would be looked for through the whole log by its time, and so would two that never
 * come together. Each site with each type is a stretch of an index instead; of each the page's rows are taken, and of
 * these the first. The rows of few sessions are sooner found by these.
 *
 * *Shape*: what it is of so many of the sessions that are wanted; it may lack rows that lie further than `edge` from where the page begins
 * (`Wanted`).
 */
export const cut = Effect.fnUntraced(function* <L extends Log.Log>(
  sql: SqlClient.SqlClient,
  query: LogQuery<L>,
  now: number,
  turn: Turn,
  rowsMax: number
) {
  const order = ordered(sql, turn, rowsMax)
  const table = sql.literal(logTables[query.log].name)
  const { always, fields, wanted } = yield* partsOf(sql, query, now, turn)
  const isListed = wanted?.by === "session" || (LogFilter.clausesOf(query.filter)["session"]?.any.length ?? 0) > 0
  const dimensions = isListed ? [] : yield* dimensionsOf(sql, query)
  const isWalked = wanted?.by === "walk"
  const addresses = isWalked && dimensions.length > 0 ? (fields["url"] ?? []) : []
  const isShared = wanted?.by === "key" || (!isWalked && passMost(query))
  const planned = isShared ? nowhere : yield* plannedOf(sql, query, dimensions, addresses)
  const rest = Object.entries(fields).flatMap(([name, said]) =>
    dimensions.some(({ field }) => field === name) ? [] : said
  )
  // The index of types has all that is asked of a row: only the page's own rows are read.
  const isTold = isWalked && addresses.length === 0 && dimensions.some(({ field }) => field === "type")
  const columns = sql.literal(isTold ? "unit_id, id, occurred_at" : "*")
  return (nearMax: number) => {
    const { edge, where } = wanted?.near(nearMax) ?? { edge: null, where: sql`true` }
    const rows = (more: ReadonlyArray<Statement.Fragment>) =>
      sql`select ${columns} from ${table} where ${sql.and([...always, where, ...rest, ...more])} ${order}`
    const found = ofGrid(sql, { dimensions, planned }, { table, order, rows })
    return {
      rows: isTold ? sql`(select ${table}.* from ${found} as found join ${table} using (unit_id, id))` : found,
      edge
    }
  }
})

/** *Shape*: `rows` of a log of which more is said, in their order and with their limit. */
interface Rows {
  readonly table: Statement.Fragment
  readonly order: Statement.Fragment
  readonly rows: (more: ReadonlyArray<Statement.Fragment>) => Statement.Fragment
}

/** *Shape*: values of `planned.dimensions` together, each planned for itself; of the others each value shares a plan. */
interface Grid {
  readonly dimensions: ReadonlyArray<Dimension>
  readonly planned: Planned
}

interface Planned {
  readonly dimensions: ReadonlyArray<Dimension>
  readonly cells: ReadonlyArray<ReadonlyArray<string>>
}

/** The rows of each site with each type, and of these the first. */
const ofGrid = (sql: SqlClient.SqlClient, { dimensions, planned }: Grid, { order, rows, table }: Rows) => {
  if (dimensions.length === 0) return sql`(${rows([])})`
  if (sizeOf(dimensions) === 0 || planned.cells.length === 0) return sql`(select * from ${table} where false)`
  const shared = dimensions.filter((dimension) => !planned.dimensions.includes(dimension))
  const parts = planned.cells.map((values) => {
    const inner = rows([
      ...isEach(sql, shared),
      ...planned.dimensions.map(
        ({ column, type }, at) => sql`${sql.literal(column)} = ${values[at]!}::text::${sql.literal(type)}`
      )
    ])
    return shared.length === 0
      ? sql`(${inner})`
      : sql`(select ${table}.* from ${eachOf(sql, shared)} cross join lateral (${inner}) as ${table})`
  })
  return sql`(select * from (${joined(sql, parts, " union all ")}) as ${table} ${order})`
}

const eachOf = (sql: SqlClient.SqlClient, dimensions: ReadonlyArray<Dimension>) =>
  joined(
    sql,
    dimensions.map(
      ({ column, type, values }) =>
        sql`unnest(${values}::text[]::${sql.literal(type)}[]) as each_${sql.literal(column)} (it)`
    ),
    " cross join "
  )

const isEach = (sql: SqlClient.SqlClient, dimensions: ReadonlyArray<Dimension>) =>
  dimensions.map(({ column }) => sql`${sql.literal(`${column} = each_${column}.it`)}`)

/** Whether most rows of a site with a type make the page: planning each takes longer then than a page of each. */
const passMost = <L extends Log.Log>({ filter }: LogQuery<L>): boolean =>
  filter.text === undefined &&
  Object.entries(LogFilter.clausesOf(filter)).every(
    ([field, clause]) =>
      ["site", "type", "active"].includes(field) ||
      (field === "url" && clause?.none.length === 0 && clause.any.every(isExact))
  )

/** Nothing is planned for itself. */
const nowhere: Planned = { dimensions: [], cells: [[]] }

/**
 * What is planned for itself: sites and types where an address was ever seen, or each with each if they are few, or those that a filter names.
 * Few ordered parts are merged as they are walked, so that none is walked farther than the page goes.
 */
const plannedOf = Effect.fnUntraced(function* <L extends Log.Log>(
  sql: SqlClient.SqlClient,
  { filter, log, unitId }: LogQuery<L>,
  dimensions: ReadonlyArray<Dimension>,
  isAtAddress: ReadonlyArray<Statement.Fragment>
) {
  if (isAtAddress.length > 0 && LogFilter.clausesOf(filter)["url"]?.any.every(isExact)) {
    const [columns, table] = [dimensions.map(({ column }) => `each_${column}.it::text`), logTables[log].name]
    const found = yield* sql<{ readonly cell: ReadonlyArray<string> }>`
      select to_json(array[${sql.literal(columns.join(", "))}]) as cell from ${eachOf(sql, dimensions)}
      where (select true from ${sql.literal(table)}
        where ${sql.and([sql`unit_id = ${unitId}`, ...isAtAddress, ...isEach(sql, dimensions)])} limit 1)`.unprepared
    if (found.length <= plansMax) return { dimensions, cells: found.map(({ cell }) => cell) }
  }
  const named = dimensions.filter(({ isNamed }) => isNamed)
  const planned = [dimensions, named].find((some) => sizeOf(some) <= plansMax) ?? []
  return { dimensions: planned, cells: combinations(planned) }
})

/** The sites and types to look at, each with each; none where the filter says nothing that they help with. */
const dimensionsOf = Effect.fnUntraced(function* <L extends Log.Log>(
  sql: SqlClient.SqlClient,
  { filter, log, unitId }: LogQuery<L>
) {
  const operands: Readonly<Record<string, Operand>> = logTables[log].operands
  const { site, type, url, visitor } = LogFilter.clausesOf(filter)
  const kind = operands["type"]
  // A visitor is rarer than any site or address, and has an index with the type.
  const isElsewhere = (visitor?.any.length ?? 0) > 0
  const isHelped = !isElsewhere && (type !== undefined || site !== undefined || url?.any.every(isExact) === true)
  if (kind?.kind !== "type" || !isHelped) return []
  const sites = site?.any.length ? site.any.map(String) : yield* sitesOf(sql, unitId)
  // The activity of a site has an index by the time alone.
  const isOfSites = log === "activity" && type === undefined && url === undefined
  const grid: ReadonlyArray<Dimension> = [
    { field: "site", column: "site_id", type: "text", ...narrowed(site, sites) },
    ...(isOfSites ? [] : [{ field: "type", column: kind.column, type: kind.type, ...narrowed(type, kind.values) }])
  ]
  return sizeOf(grid) <= probesMax ? grid : []
})

const sitesOf = (sql: SqlClient.SqlClient, unitId: number) =>
  Effect.map(sql<{ readonly id: string }>`select id from site where unit_id = ${unitId} order by id`, (rows) =>
    rows.map(({ id }) => id)
  )

const narrowed = (clause: ReturnType<typeof LogFilter.clausesOf>[string], all: ReadonlyArray<string>) => ({
  values: (clause?.any.length ? clause.any.map(String) : all).filter((value) => !clause?.none.includes(value)),
  isNamed: (clause?.any.length ?? 0) > 0
})

const sizeOf = (dimensions: ReadonlyArray<Dimension>): number =>
  dimensions.reduce((size, { values }) => size * values.length, 1)

/** One value of each dimension, in every way. */
const combinations = (dimensions: ReadonlyArray<Dimension>): ReadonlyArray<ReadonlyArray<string>> =>
  dimensions.reduce<ReadonlyArray<ReadonlyArray<string>>>(
    (known, { values }) => known.flatMap((some) => values.map((value) => [...some, value])),
    [[]]
  )

const joined = (
  sql: SqlClient.SqlClient,
  parts: ReadonlyArray<Statement.Fragment>,
  between: string
): Statement.Fragment => parts.reduce((whole, part) => sql`${whole}${sql.literal(between)}${part}`)
