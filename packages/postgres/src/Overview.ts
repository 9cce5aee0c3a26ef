import type { Ids, SmsLog } from "@spoor/domain"
import { Context, Duration, Effect, Layer, Record } from "effect"
import { SqlClient, type SqlError, type Statement } from "effect/sql"
import { instant, reading } from "./Keyset.ts"

/** What is counted over time. Requests and failures of the API are those of its log. */
export type Measure =
  | "events"
  | "sessions"
  | "AbandonedBrowse"
  | "AbandonedCart"
  | "FinalizedTransaction"
  | "recovered"
  | "requests"
  | "client-errors"
  | "server-errors"
  | `sms:${SmsLog.Category}`

/** How many in each stretch of time, where there were any. *Shape*: `bucket` counts from 0, as the edges cut. */
export interface Point {
  readonly measure: Measure
  readonly bucket: number
  readonly count: number
}

/** What is counted by one question. */
export type Subject = "events" | "sessions" | "outcomes" | "requests" | "errors" | "sms"

/** *Shape*: `missing` are subjects of which there is too much to be counted in time. */
export interface Counts {
  readonly points: ReadonlyArray<Point>
  readonly missing: ReadonlyArray<Subject>
}

/** What a source may be: a site's pages, a key of the API, or a gateway, of which only failures are known. */
export type SourceKind = "site" | "key" | "gateway"

/**
 * When something last wrote, and how often it usually does.
 *
 * *Units*: milliseconds; `usualGap` is the median of the gaps between its newest rows, null where there are too few.
 * *Shape*: `name` is the key's, else null; of a site it is known elsewhere.
 */
export interface Source {
  readonly kind: SourceKind
  readonly id: string
  readonly name: string | null
  readonly lastAt: number | null
  readonly usualGap: number | null
}

/** A stretch of time; its end is not in it. *Units*: UTC milliseconds. */
export interface Window {
  readonly from: number
  readonly to: number
}

/** Requests and how many of them failed. */
export interface Rate {
  readonly total: number
  readonly failed: number
}

/** Nobody waits longer for one number of many. */
const COUNT_TIMEOUT = Duration.seconds(4)

/** Rows that a usual gap is taken from. */
const gapRowsMax = 200

/** Keys and gateways that are told apart; more of them are no overview. */
const sourcesMax = 50

/**
 * What the start page tells of a unit. Every question is a stretch of one index, so that what it costs depends on the time that
 * is asked for, never on what is stored. *Fails* with `SqlError`.
 */
export class Overview extends Context.Service<
  Overview,
  {
    /** *Shape*: `edges` ascend; rows before the first and from the last on are not counted. */
    readonly counts: (unitId: number, edges: ReadonlyArray<number>) => Effect.Effect<Counts, SqlError.SqlError>
    readonly sources: (unitId: number) => Effect.Effect<ReadonlyArray<Source>, SqlError.SqlError>
    /** In how many of these stretches the source wrote anything. */
    readonly presence: (
      unitId: number,
      source: Pick<Source, "kind" | "id">,
      windows: ReadonlyArray<Window>
    ) => Effect.Effect<number, SqlError.SqlError>
    readonly apiRate: (unitId: number, window: Window) => Effect.Effect<Rate, SqlError.SqlError>
    readonly smsFailures: (unitId: number, window: Window) => Effect.Effect<number, SqlError.SqlError>
  }
>()("@spoor/postgres/Overview") {
  static readonly layer = Layer.effect(
    Overview,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const at = (milliseconds: number) => sql`to_timestamp(${milliseconds}::float8 / 1000)`
      const within = ({ from, to }: Window, column = "occurred_at") =>
        sql`${sql.literal(column)} >= ${at(from)} and ${sql.literal(column)} < ${at(to)}`

      /** The statuses from 400 on that the unit's API log has, found by steps through the index instead of by reading it. */
      const failedStatuses = (unitId: number) => sql`
        with recursive failed as (
          (select status from api_log where unit_id = ${unitId} and status >= 400 order by status limit 1)
          union all
          select (select status from api_log where unit_id = ${unitId} and status > failed.status order by status limit 1)
          from failed where failed.status is not null)`

      const counts = Effect.fn("Overview.counts")(function* (unitId: number, edges: ReadonlyArray<number>) {
        const window = { from: edges[0]!, to: edges.at(-1)! }
        const cuts = sql`array(select to_timestamp(edge / 1000) from unnest(${edges.map(String)}::text[]::float8[]) as cut (edge))`
        const bucketOf = (column: string) => sql`width_bucket(${sql.literal(column)}, ${cuts}) - 1 as bucket`
        const over = (measure: Statement.Fragment, column: string, from: Statement.Fragment) =>
          sql<Point>`
            select ${measure} as measure, ${bucketOf(column)}, count(*)::float8 as count from ${from}
            group by 1, 2`.unprepared
        const outcomes = sql<Point & { readonly recovered: number }>`
          select type as measure, ${bucketOf("occurred_at")}, count(*)::float8 as count,
            (count(recovered_by) filter (where type = 'AbandonedCart'))::float8 as recovered
          from session_event where unit_id = ${unitId} and ${within(window)} and superseded_at is null
          group by 1, 2`.unprepared
        // Joined, the statuses would be looked for among all requests of that time: 198 ms instead of 0.3 ms.
        const errors = sql<Point>`
          ${failedStatuses(unitId)}
          select case when status < 500 then 'client-errors' else 'server-errors' end as measure,
            ${bucketOf("occurred_at")}, count(*)::float8 as count
          from failed cross join lateral (
            select occurred_at from api_log
            where unit_id = ${unitId} and api_log.status = failed.status and ${within(window)} offset 0) as request
          group by 1, 2`.unprepared
        const questions: Readonly<Record<Subject, Effect.Effect<ReadonlyArray<Point>, SqlError.SqlError>>> = {
          events: over(sql`'events'`, "occurred_at", sql`activity where unit_id = ${unitId} and ${within(window)}`),
          sessions: over(
            sql`'sessions'`,
            "started_at",
            sql`session where unit_id = ${unitId} and ${within(window, "started_at")}`
          ),
          outcomes: Effect.map(outcomes, (found) =>
            found.flatMap(({ recovered, ...point }): ReadonlyArray<Point> => {
              return recovered === 0 ? [point] : [point, { ...point, measure: "recovered", count: recovered }]
            })
          ),
          requests: over(sql`'requests'`, "occurred_at", sql`api_log where unit_id = ${unitId} and ${within(window)}`),
          errors,
          sms: over(
            sql`'sms:' || category`,
            "occurred_at",
            sql`sms_log where unit_id = ${unitId} and ${within(window)}`
          )
        }
        // Each on a connection of its own, so that they run side by side and one that takes too long harms no other.
        const answers = yield* Effect.forEach(
          Record.toEntries(questions),
          ([subject, question]) =>
            reading(sql, question, { timeout: COUNT_TIMEOUT }).pipe(
              Effect.map((points): Counts => ({ points, missing: [] })),
              Effect.catchIf(isTimeout, () => Effect.succeed<Counts>({ points: [], missing: [subject] }))
            ),
          { concurrency: 3 }
        )
        return {
          points: answers.flatMap(({ points }) => points),
          missing: answers.flatMap(({ missing }) => missing)
        }
      })

      const tables = {
        site: { name: "activity", column: "site_id" },
        key: { name: "api_log", column: "key_prefix" },
        gateway: { name: "sms_log", column: "gateway" }
      } satisfies Record<SourceKind, { readonly name: string; readonly column: string }>

      const ofSource = (unitId: number, { kind, id }: Pick<Source, "kind" | "id">) =>
        sql`${sql.literal(tables[kind].name)} where unit_id = ${unitId} and ${sql.literal(tables[kind].column)} = ${id}`

      /** The different values of a column, by steps through the index that begins with it. */
      const distinct = (unitId: number, kind: SourceKind) => {
        const [table, column] = [sql.literal(tables[kind].name), sql.literal(tables[kind].column)]
        return sql<{ readonly id: string }>`
          with recursive found (id) as (
            (select ${column} from ${table} where unit_id = ${unitId} and ${column} is not null order by ${column} limit 1)
            union all
            select (select ${column} from ${table} where unit_id = ${unitId} and ${column} > found.id
              order by ${column} limit 1)
            from found where found.id is not null)
          select id from found where id is not null limit ${sourcesMax}`
      }

      const paceOf = Effect.fnUntraced(function* (unitId: number, kind: SourceKind, id: string) {
        const nameColumn = sql.literal(kind === "key" ? "key_name" : "null")
        const rows = yield* sql<Omit<Source, "kind" | "id">>`
          with newest as (
            select occurred_at, ${nameColumn} as name from ${ofSource(unitId, { kind, id })}
            order by occurred_at desc, id desc limit ${gapRowsMax}),
          gap as (
            select extract(epoch from occurred_at - lead(occurred_at) over (order by occurred_at desc)) * 1000 as gap
            from newest)
          select (select name from newest order by occurred_at desc limit 1) as name,
            (select ${instant(sql, "max(occurred_at)", "lastAt")} from newest),
            (select percentile_cont(0.5) within group (order by gap)::float8 from gap having count(gap) >= 10) as "usualGap"`
        const { name, lastAt, usualGap } = rows[0] ?? { name: null, lastAt: null, usualGap: null }
        return { kind, id, name, lastAt, usualGap }
      })

      const sources = Effect.fn("Overview.sources")(
        function* (unitId: number) {
          const sites = yield* sql<{ readonly id: Ids.SiteId }>`
            select id from site where unit_id = ${unitId} order by name, id limit ${sourcesMax}`
          const all: ReadonlyArray<readonly [SourceKind, ReadonlyArray<{ readonly id: string }>]> = [
            ["site", sites],
            ["key", yield* distinct(unitId, "key")],
            ["gateway", yield* distinct(unitId, "gateway")]
          ]
          return yield* Effect.forEach(
            all.flatMap(([kind, found]) => found.map(({ id }) => [kind, id] as const)),
            ([kind, id]) => paceOf(unitId, kind, id)
          )
        },
        (effect) => reading(sql, effect)
      )

      const presence = Effect.fn("Overview.presence")(
        function* (unitId: number, source: Pick<Source, "kind" | "id">, windows: ReadonlyArray<Window>) {
          const rows = yield* sql<{ readonly count: number }>`
            select count(*)::float8 as count
            from unnest(${windows.map(({ from }) => String(from))}::text[]::float8[], ${windows.map(({ to }) => String(to))}::text[]::float8[])
              as asked (since, until)
            where exists (select from ${ofSource(unitId, source)}
              and occurred_at >= to_timestamp(since / 1000) and occurred_at < to_timestamp(until / 1000))`
          return rows[0]?.count ?? 0
        },
        (effect) => reading(sql, effect)
      )

      const apiRate = Effect.fn("Overview.apiRate")(
        function* (unitId: number, window: Window) {
          const rows = yield* sql<Rate>`
            ${failedStatuses(unitId)}
            select (select count(*)::float8 from api_log where unit_id = ${unitId} and ${within(window)}) as total,
              (select count(*)::float8 from failed cross join lateral (
                select from api_log
                where unit_id = ${unitId} and api_log.status = failed.status and ${within(window)} offset 0) as request
              ) as failed`
          return rows[0] ?? { total: 0, failed: 0 }
        },
        (effect) => reading(sql, effect)
      )

      const smsFailures = Effect.fn("Overview.smsFailures")(
        function* (unitId: number, window: Window) {
          const rows = yield* sql<{ readonly count: number }>`
            select count(*)::float8 as count from sms_log where unit_id = ${unitId} and ${within(window)}`
          return rows[0]?.count ?? 0
        },
        (effect) => reading(sql, effect)
      )

      return Overview.of({ counts, sources, presence, apiRate, smsFailures })
    })
  )
}

const isTimeout = ({ reason }: SqlError.SqlError): boolean => reason._tag === "StatementTimeoutError"
