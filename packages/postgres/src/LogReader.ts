import { Explanation, Log, type LogRow } from "@spoor/domain"
import { Clock, Context, Duration, Effect, Layer, Option, Schema, Stream, Struct } from "effect"
import { SqlClient, type SqlError, type Statement } from "effect/sql"
import { countMax, type Cursor, type Page, pageOf, reading, type Turn } from "./Keyset.ts"
import { logTables } from "./log/LogTable.ts"
import { cut } from "./log/LogCut.ts"
import { conditions, isIndexed, type LogQuery } from "./log/LogWhere.ts"
import { rowJson } from "./log/RowJson.ts"

export type { LogQuery } from "./log/LogWhere.ts"

/** Rows that a stream reads at once: what it holds in memory, whatever the length of a log. */
const streamedRowsMax = 1_000

/** Sessions in whose rows a page is first looked for, for each of its rows: as many would do where all their rows match (ADR 0058). */
const nearSessions = 4

/** A filter that finds little reads far for a page; nobody looks at a screen meanwhile. */
const STREAM_TIMEOUT = Duration.minutes(1)

/**
 * Any of the five logs, narrowed as `FilterMatch.matches` says, as rows of the domain.
 *
 * Equal times are ordered by ID, so that no row is lost or shown twice between pages, whatever is written meanwhile.
 * *Fails* with `SqlError`; its reason is `StatementTimeoutError` where a filter finds too little for too long. Rows that
 * no schema accepts are defects.
 */
export class LogReader extends Context.Service<
  LogReader,
  {
    /** One page, newest first. */
    readonly page: <L extends Log.Log>(
      query: LogQuery<L>,
      turn: Turn,
      rowsMax: number
    ) => Effect.Effect<Page<Log.RowOf<L>>, SqlError.SqlError>
    /** All rows from the newest, or from those after a cursor, to the oldest; each page by a statement of its own. */
    readonly stream: <L extends Log.Log>(
      query: LogQuery<L>,
      after: Cursor | null
    ) => Stream.Stream<Log.RowOf<L>, SqlError.SqlError>
    /** How many rows match; `countMax` + 1 stands for more. */
    readonly count: <L extends Log.Log>(query: LogQuery<L>) => Effect.Effect<number, SqlError.SqlError>
    /** Rows of these IDs, or of IDs above one, that the filter lets pass: at most so many, the newest first. */
    readonly arrived: <L extends Log.Log>(
      query: LogQuery<L>,
      arrivals: { readonly ids: ReadonlyArray<number> } | { readonly after: number },
      rowsMax: number
    ) => Effect.Effect<{ readonly rows: ReadonlyArray<Log.RowOf<L>>; readonly isMore: boolean }, SqlError.SqlError>
    readonly find: <L extends Log.Log>(
      unitId: number,
      log: L,
      id: LogRow.LogId
    ) => Effect.Effect<Log.RowOf<L> | null, SqlError.SqlError>
    /** The rows of these IDs that the unit has, newest first. */
    readonly rows: <L extends Log.Log>(
      unitId: number,
      log: L,
      ids: ReadonlyArray<LogRow.LogId>
    ) => Effect.Effect<ReadonlyArray<Log.RowOf<L>>, SqlError.SqlError>
  }
>()("@spoor/postgres/LogReader") {
  static readonly layer = Layer.effect(
    LogReader,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      /** Unprepared: every filter is a statement of its own, and each is planned for its own values. */
      const select = <L extends Log.Log>(
        log: L,
        now: number,
        cut: Statement.Fragment
      ): Effect.Effect<ReadonlyArray<Log.RowOf<L>>, SqlError.SqlError> => {
        const { json, from } = rowJson[log]
        const table = sql.literal(logTables[log].name)
        const rows = sql<{ readonly row: unknown }>`
          select ${sql.literal(json)} as row
          from ${cut} as ${table}
          ${sql.literal(from)} cross join (select to_timestamp(${now}::float8 / 1000) as at) as now
          order by ${table}.occurred_at desc, ${table}.id desc`
        return Effect.flatMap(rows.unprepared, (found) => Effect.orDie(decode[log](found.map(({ row }) => row))))
      }

      const of = (log: Log.Log, where: ReadonlyArray<Statement.Fragment>, order = sql``) =>
        sql`(select * from ${sql.literal(logTables[log].name)} where ${sql.and(where)} ${order})`

      const pageAt = Effect.fn("LogReader.page")(function* <L extends Log.Log>(
        query: LogQuery<L>,
        turn: Turn,
        rowsMax: number
      ) {
        const now = yield* Clock.currentTimeMillis
        const near = yield* cut(sql, query, now, turn, rowsMax)
        const read = (nearMax: number) => {
          const { edge, rows } = near(nearMax)
          return Effect.map(select(query.log, now, rows), (found) => ({ edge, found }))
        }
        const nearest = rowsMax * nearSessions
        let page = yield* read(nearest)
        if (!isWhole(turn, page, rowsMax) && page.found.length > 0) {
          // Of so many the page is probably made, if it goes on as it began.
          page = yield* read(Math.ceil((nearest * 1.5 * (rowsMax + 1)) / page.found.length))
        }
        if (!isWhole(turn, page, rowsMax)) page = yield* read(Infinity)
        const { found } = page
        return pageOf(turn, turn.direction === "newer" ? found.toReversed() : found, rowsMax)
      })

      const page = <L extends Log.Log>(query: LogQuery<L>, turn: Turn, rowsMax: number) =>
        reading(sql, pageAt(query, turn, rowsMax), { isAlone: isIndexed(query) })

      const stream = <L extends Log.Log>(query: LogQuery<L>, after: Cursor | null) =>
        Stream.paginate(turnAfter(after), (turn: Turn) =>
          Effect.map(
            reading(sql, pageAt(query, turn, streamedRowsMax), { timeout: STREAM_TIMEOUT }),
            ({ rows, hasOlder }) => {
              const last = hasOlder ? rows.at(-1) : undefined
              return [rows, last === undefined ? Option.none<Turn>() : Option.some(turnAfter(cursorOf(last)))] as const
            }
          )
        )

      const count = Effect.fn("LogReader.count")(
        function* <L extends Log.Log>(query: LogQuery<L>) {
          const where = yield* conditions(sql, query, yield* Clock.currentTimeMillis)
          const rows = yield* sql<{ readonly count: number }>`
            select count(*)::float8 as count from (
              select from ${sql.literal(logTables[query.log].name)} where ${sql.and(where)} limit ${countMax + 1}) as found`
            .unprepared
          return rows[0]?.count ?? 0
        },
        (effect) => reading(sql, effect)
      )

      const arrived = Effect.fn("LogReader.arrived")(
        function* <L extends Log.Log>(
          query: LogQuery<L>,
          arrivals: { readonly ids: ReadonlyArray<number> } | { readonly after: number },
          rowsMax: number
        ) {
          const now = yield* Clock.currentTimeMillis
          const which =
            "ids" in arrivals ? sql`id = any(${arrivals.ids}::bigint[])` : sql`id > ${arrivals.after}::bigint`
          const where = [...(yield* conditions(sql, query, now)), which]
          const rows = yield* select(query.log, now, of(query.log, where, sql`order by id desc limit ${rowsMax + 1}`))
          return { rows: rows.slice(0, rowsMax), isMore: rows.length > rowsMax }
        },
        (effect) => reading(sql, effect)
      )

      const find = Effect.fn("LogReader.find")(
        function* <L extends Log.Log>(unitId: number, log: L, id: LogRow.LogId) {
          const now = yield* Clock.currentTimeMillis
          const found = yield* select(log, now, of(log, [sql`unit_id = ${unitId}`, sql`id = ${id}::bigint`]))
          return found[0] ?? null
        },
        (effect) => reading(sql, effect)
      )

      const rows = Effect.fn("LogReader.rows")(
        function* <L extends Log.Log>(unitId: number, log: L, ids: ReadonlyArray<LogRow.LogId>) {
          if (ids.length === 0) return []
          const now = yield* Clock.currentTimeMillis
          return yield* select(log, now, of(log, [sql`unit_id = ${unitId}`, sql`id = any(${ids}::bigint[])`]))
        },
        (effect) => reading(sql, effect)
      )

      return LogReader.of({ page, stream, count, arrived, find, rows })
    })
  )
}

/** Whether what was read is all that a page is made of. *Shape*: `found` newest first; `edge` is how far from its begin none is missing. */
const isWhole = (
  { direction }: Turn,
  { edge, found }: { readonly edge: number | null; readonly found: ReadonlyArray<{ readonly createdAt: number }> },
  rowsMax: number
): boolean => {
  if (edge === null) return true
  const last = direction === "newer" ? found[0] : found.at(-1)
  if (last === undefined || found.length <= rowsMax) return false
  return direction === "newer" ? last.createdAt < edge : last.createdAt > edge
}

/** The place of a row in its log. */
export const cursorOf = (row: { readonly createdAt: number; readonly id: LogRow.LogId }): Cursor => ({
  at: row.createdAt,
  id: row.id
})

/** The rows older than a cursor; without one, the newest. */
export const turnAfter = (cursor: Cursor | null): Turn =>
  cursor === null ? { direction: "newest" } : { direction: "older", cursor }

const { details, ...ofSessionEvent } = Log.rows["session-events"].fields

/** Rows as `RowJson` gives them. An explanation is decoded: those of before say less of what did not fire. */
const stored = {
  panel: Schema.toType(Log.rows.panel),
  activity: Schema.toType(Log.rows.activity),
  "session-events": Schema.Struct({
    ...Struct.map(ofSessionEvent, Schema.toType),
    details: Schema.Struct({
      ...Struct.map(details.fields, Schema.toType),
      explanation: Explanation.Explanation
    })
  }),
  api: Schema.toType(Log.rows.api),
  sms: Schema.toType(Log.rows.sms)
}

const decode: {
  readonly [L in Log.Log]: (
    rows: ReadonlyArray<unknown>
  ) => Effect.Effect<ReadonlyArray<Log.RowOf<L>>, Schema.SchemaError>
} = {
  panel: Schema.decodeUnknownEffect(Schema.Array(stored.panel)),
  activity: Schema.decodeUnknownEffect(Schema.Array(stored.activity)),
  "session-events": Schema.decodeUnknownEffect(Schema.Array(stored["session-events"])),
  api: Schema.decodeUnknownEffect(Schema.Array(stored.api)),
  sms: Schema.decodeUnknownEffect(Schema.Array(stored.sms))
}
