import { type FilterValue, type Log, LogFilter } from "@spoor/domain"
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { ordered, type Turn } from "../Keyset.ts"
import { logTables, type Operand } from "./LogTable.ts"
import { type LogQuery, partsOf } from "./LogWhere.ts"

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
  const isListed = wanted?.isListed === true || (LogFilter.clausesOf(query.filter)["session"]?.any.length ?? 0) > 0
  const grid = isListed ? [] : yield* gridOf(sql, query)
  const rest = Object.entries(fields).flatMap(([name, said]) => (grid.some(({ field }) => field === name) ? [] : said))
  return (nearMax: number) => {
    const { edge, where } = wanted?.near(nearMax) ?? { edge: null, where: sql`true` }
    const rows = (more: ReadonlyArray<Statement.Fragment>) =>
      sql`select * from ${table} where ${sql.and([...always, where, ...rest, ...more])} ${order}`
    return { rows: ofGrid(sql, grid, { table, order, rows }), edge }
  }
})

/** *Shape*: `rows` of a log of which more is said, in their order and with their limit. */
interface Rows {
  readonly table: Statement.Fragment
  readonly order: Statement.Fragment
  readonly rows: (more: ReadonlyArray<Statement.Fragment>) => Statement.Fragment
}

/** The rows of each site with each type, and of these the first. */
const ofGrid = (sql: SqlClient.SqlClient, grid: ReadonlyArray<Dimension>, { order, rows, table }: Rows) => {
  if (grid.length === 0) return sql`(${rows([])})`
  if (sizeOf(grid) === 0) return sql`(select * from ${table} where false)`
  const named = grid.filter(({ isNamed }) => isNamed)
  const planned = [grid, named].find((dimensions) => sizeOf(dimensions) <= plansMax) ?? []
  const shared = grid.filter((dimension) => !planned.includes(dimension))
  const lists = shared.map(
    ({ column, type, values }) =>
      sql`unnest(${values}::text[]::${sql.literal(type)}[]) as each_${sql.literal(column)} (it)`
  )
  const isShared = shared.map(({ column }) => sql`${sql.literal(`${column} = each_${column}.it`)}`)
  const parts = combinations(planned).map((values) => {
    const inner = rows([
      ...isShared,
      ...planned.map(({ column, type }, at) => sql`${sql.literal(column)} = ${values[at]!}::text::${sql.literal(type)}`)
    ])
    return lists.length === 0
      ? sql`(${inner})`
      : sql`(select ${table}.* from ${joined(sql, lists, " cross join ")} cross join lateral (${inner}) as ${table})`
  })
  return sql`(select * from (${joined(sql, parts, " union all ")}) as ${table} ${order})`
}

/** The sites and types to look at, each with each; none where the filter says nothing that they help with. */
const gridOf = Effect.fnUntraced(function* <L extends Log.Log>(
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

const isExact = (value: FilterValue.Value): boolean => typeof value === "object" && value.op === "is"

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
