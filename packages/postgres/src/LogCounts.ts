import type { Interval, Log } from "@spoor/domain"
import { Clock, Context, Duration, Effect, Layer } from "effect"
import { SqlClient, type SqlError, type Statement } from "effect/sql"
import { instant, reading } from "./Keyset.ts"
import { expectedRows } from "./log/Expected.ts"
import { logTables, type Operand } from "./log/LogTable.ts"
import { conditions, type LogQuery } from "./log/LogWhere.ts"

/** Rows in one bucket of one status class. *Shape*: `bucket` from 0; `statusClass` 1 to 5, null in logs without statuses. */
export interface Bar {
  readonly bucket: number
  readonly statusClass: number | null
  readonly count: number
}

/** *Shape*: buckets without rows have no bar. An estimate is made from a part of the table. */
export interface Bars {
  readonly bars: ReadonlyArray<Bar>
  readonly isEstimate: boolean
}

/** How often the values of a field occur, the most frequent first. *Shape*: with `isMore` each at least so often. */
export interface Facet {
  readonly values: ReadonlyArray<{ readonly value: string; readonly count: number }>
  readonly isMore: boolean
}

/** Values of a field that are told; those of an open field may be many. */
const facetValuesMax = 100

/**
 * What a number may cost.
 *
 * - `exactRowsMax`: where the planner expects more rows than this, they are not counted one by one.
 * - `samplePages`: pages of the table that an estimate reads, whatever the table's size.
 * - `facetRowsMax`: values are counted in the newest rows up to this.
 * - `timeout`: nobody waits longer for a number beside the rows.
 */
export interface CountLimits {
  readonly exactRowsMax: number
  readonly samplePages: number
  readonly facetRowsMax: number
  readonly timeout: Duration.Duration
}

/** A quarter of a second each, on the machine of the benchmarks. */
const limits: CountLimits = {
  exactRowsMax: 300_000,
  samplePages: 10_000,
  facetRowsMax: 20_000,
  timeout: Duration.seconds(1.5)
}

/**
 * Numbers about the rows that a filter lets pass, each at a bounded price.
 *
 * *Fails* with `SqlError`.
 */
export class LogCounts extends Context.Service<
  LogCounts,
  {
    /** The times of the unit's oldest and newest row; null for an empty log. *Units*: UTC milliseconds. */
    readonly extent: (
      unitId: number,
      log: Log.Log
    ) => Effect.Effect<{ readonly oldest: number; readonly newest: number } | null, SqlError.SqlError>
    /** How many rows the planner expects; costs nothing and may be far off. */
    readonly estimate: <L extends Log.Log>(query: LogQuery<L>) => Effect.Effect<number, SqlError.SqlError>
    /**
     * How many rows lie between each edge and the next. Many rows are estimated from a sample; null where even that takes
     * too long. *Units*: edges in UTC milliseconds, ascending; rows outside them are not counted.
     */
    readonly bars: <L extends Log.Log>(
      query: LogQuery<L>,
      edges: ReadonlyArray<number>
    ) => Effect.Effect<Bars | null, SqlError.SqlError>
    /**
     * How often each value of a field with few values occurs among the rows that the filter would let pass without saying
     * anything of that field. *Shape*: by the field's name; without those for which it took too long.
     */
    readonly facets: <L extends Log.Log>(
      query: LogQuery<L>
    ) => Effect.Effect<Readonly<Record<string, Facet>>, SqlError.SqlError>
  }
>()("@spoor/postgres/LogCounts") {
  static readonly layerWith = ({ exactRowsMax, samplePages, facetRowsMax, timeout }: CountLimits) =>
    Layer.effect(
      LogCounts,
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient

        const extent = Effect.fn("LogCounts.extent")(function* (unitId: number, log: Log.Log) {
          const table = sql.literal(logTables[log].name)
          const at = instant(sql, "occurred_at", "at")
          const rows = yield* sql<{ readonly at: number }>`
          (select ${at} from ${table} where unit_id = ${unitId} order by occurred_at, id limit 1) union all
          (select ${at} from ${table} where unit_id = ${unitId} order by occurred_at desc, id desc limit 1)`
          const [oldest, newest] = rows
          return oldest === undefined || newest === undefined ? null : { oldest: oldest.at, newest: newest.at }
        })

        /** Bars of the rows that `where` lets pass, in a part of the table. *Units*: `percent` of its pages; 100 is all. */
        const barsOf = (log: Log.Log, where: Statement.Fragment, edges: ReadonlyArray<number>, percent: number) => {
          const { name, operands } = logTables[log]
          const statusClass = sql.literal("status" in operands ? "status / 100" : "null::integer")
          const part = percent < 100 ? sql`tablesample system (${percent}::real) repeatable (1)` : sql``
          const bounds = sql`(select array_agg(to_timestamp(edge / 1000) order by edge)
          from unnest(${edges.map(String)}::text[]::float8[]) as edge)`
          return sql<Bar>`
          select width_bucket(occurred_at, ${bounds}) - 1 as bucket, ${statusClass} as "statusClass",
            round(count(*) * 100 / ${percent}::real)::float8 as count
          from ${sql.literal(percent < 100 ? `public.${name}` : name)} ${part} where ${where} group by 1, 2`.unprepared
        }

        const estimate = Effect.fn("LogCounts.estimate")(function* <L extends Log.Log>(query: LogQuery<L>) {
          return yield* expectedRows(
            sql,
            logTables[query.log].name,
            sql.and(yield* conditions(sql, query, yield* Clock.currentTimeMillis))
          )
        })

        const bars = Effect.fn("LogCounts.bars")(function* <L extends Log.Log>(
          { unitId, log, filter, isMasked }: LogQuery<L>,
          edges: ReadonlyArray<number>
        ) {
          const interval: Interval.Interval = { from: edges[0] ?? null, to: edges.at(-1) ?? null }
          const query = { unitId, log, filter, interval, isMasked: isMasked ?? false }
          const where = sql.and(yield* conditions(sql, query, yield* Clock.currentTimeMillis))
          const expected = yield* expectedRows(sql, logTables[log].name, where)
          const [size] = yield* sql<{ readonly pages: number }>`
          select relpages as pages from pg_class where oid = ${`public.${logTables[log].name}`}::regclass`
          const percent = Math.min(100, (100 * samplePages) / (size?.pages ?? 0))
          const counted = (part: number) =>
            inTime(
              Effect.map(reading(sql, barsOf(log, where, edges, part), { timeout }), (found): Bars => ({
                bars: found,
                isEstimate: part < 100
              }))
            )
          const isMany = expected > exactRowsMax
          const exact = isMany && percent < 100 ? null : yield* counted(100)
          return exact ?? (percent < 100 ? yield* counted(percent) : null)
        })

        const facet = Effect.fnUntraced(function* <L extends Log.Log>(
          query: LogQuery<L>,
          name: string,
          operand: Operand
        ) {
          const now = yield* Clock.currentTimeMillis
          const where = sql.and(yield* conditions(sql, query, now, [name]))
          const found = yield* sql<{ readonly value: string | null; readonly count: number }>`
            select value, count(*)::float8 as count
            from (select ${valueOf(sql, operand, now)} as value from ${sql.literal(logTables[query.log].name)}
              where ${where} order by occurred_at desc, id desc limit ${facetRowsMax}) as newest
            group by 1 order by 2 desc, 1`.unprepared
          return {
            values: found
              .flatMap(({ value, count }) => (value === null ? [] : [{ value, count }]))
              .slice(0, facetValuesMax),
            isMore: found.reduce((total, { count }) => total + count, 0) >= facetRowsMax
          }
        })

        const facets = Effect.fn("LogCounts.facets")(function* <L extends Log.Log>(query: LogQuery<L>) {
          const { facets, operands } = logTables[query.log]
          const known: Readonly<Record<string, Operand>> = operands
          const counted: Record<string, Facet> = {}
          for (const name of facets) {
            const operand = known[name]
            if (operand === undefined || (query.isMasked && operand.isPersonal)) continue
            const values = yield* inTime(reading(sql, facet(query, name, operand), { timeout }))
            if (values === null) break
            counted[name] = values
          }
          return counted
        })

        return LogCounts.of({ extent, estimate, bars, facets })
      })
    )

  static readonly layer = LogCounts.layerWith(limits)
}

/** A field's value as a filter spells it. */
const valueOf = (sql: SqlClient.SqlClient, operand: Operand, now: number): Statement.Fragment => {
  switch (operand.kind) {
    case "text":
      return sql.literal(operand.columns.at(-1) ?? "null")
    case "type":
    case "status":
      return sql.literal(`${operand.column}::text`)
    case "session":
      return sql.literal("session_no::text")
    case "active":
      return sql`case when exists (select from session where session.unit_id = activity.unit_id
        and session.no = activity.session_no and ended_by is null and closed_at >= to_timestamp(${now}::float8 / 1000))
        then 'yes' else 'no' end`
  }
}

const inTime = <A>(effect: Effect.Effect<A, SqlError.SqlError>): Effect.Effect<A | null, SqlError.SqlError> =>
  Effect.catchIf(
    effect,
    ({ reason }) => reason._tag === "StatementTimeoutError",
    () => Effect.succeed(null)
  )
