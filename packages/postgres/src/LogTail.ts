import type { Log } from "@spoor/domain"
import { Clock, Context, Duration, Effect, Layer, PubSub, RcMap, Schedule, Stream } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { logTables } from "./log/LogTable.ts"
import type { LogQuery } from "./log/LogWhere.ts"
import { LogReader } from "./LogReader.ts"

/**
 * Rows that have come in and that the filter lets pass, newest first.
 *
 * *Shape*: whoever comes back with `place` is told everything from there on, some of it twice. With `isMore` there were more
 * rows than could be told, so that the log is better read anew.
 */
export interface Arrival<L extends Log.Log> {
  readonly rows: ReadonlyArray<Log.RowOf<L>>
  readonly place: number
  readonly isMore: boolean
}

/** Told at once; more than a page nobody can follow. */
export const arrivedRowsMax = 50

const POLL_PAUSE = Duration.seconds(1)

/** A transaction that wrote a row commits within this, hence the row is seen; a lower ID may come after a higher one. */
const SETTLE = Duration.seconds(30)

/** So many of the last IDs are known when a poll begins; a row below them that is still uncommitted then is never news. */
const idsBehind = 1_000

/** A longer list is no news but a flood. */
const idsMax = 5_000

interface News {
  readonly ids: ReadonlyArray<number>
  readonly place: number
}

/**
 * What comes in to a log, as it comes in.
 *
 * One poll a second for each log that somebody watches, shared by all who watch it: a look at the end of the primary key. NOTIFY
 * would tell a second earlier, but it takes a lock of the whole database at every commit of the worker, whether anybody watches or
 * not, and loses what it says to a connection that is away. Only a watcher whose log has news asks for the rows, by its own
 * filter, so that a tail and a list mean the same rows. *Fails* with `SqlError`.
 */
export class LogTail extends Context.Service<
  LogTail,
  {
    /** Where the log stands now: what a page that is read now knows of. */
    readonly place: (unitId: number, log: Log.Log) => Effect.Effect<number, SqlError.SqlError>
    /** What comes in after a place. */
    readonly follow: <L extends Log.Log>(
      query: LogQuery<L>,
      after: number
    ) => Stream.Stream<Arrival<L>, SqlError.SqlError>
  }
>()("@spoor/postgres/LogTail") {
  static readonly layer = Layer.effect(
    LogTail,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const reader = yield* LogReader

      const place = Effect.fn("LogTail.place")(function* (unitId: number, log: Log.Log) {
        const rows = yield* sql<{ readonly id: number }>`
          select id from ${sql.literal(logTables[log].name)} where unit_id = ${unitId} order by id desc limit 1`
        return rows[0]?.id ?? 0
      })

      const idsAbove = (unitId: number, log: Log.Log, floor: number) =>
        Effect.map(
          sql<{ readonly id: number }>`
            select id from ${sql.literal(logTables[log].name)} where unit_id = ${unitId} and id > ${floor}
            order by id desc limit ${idsMax}`,
          (rows) => rows.map(({ id }) => id)
        )

      /** The poll of one log of one unit, for as long as anybody watches it. */
      const watch = Effect.fnUntraced(function* (unitId: number, log: Log.Log) {
        const news = yield* PubSub.sliding<News>(256)
        let floor = Math.max(0, (yield* place(unitId, log)) - idsBehind)
        let seen = new Set(yield* idsAbove(unitId, log, floor))
        let marks: ReadonlyArray<{ readonly at: number; readonly newest: number }> = []
        const look = Effect.gen(function* () {
          const found = yield* idsAbove(unitId, log, floor)
          const ids = found.filter((id) => !seen.has(id))
          const now = yield* Clock.currentTimeMillis
          const settled = marks.filter(({ at }) => at <= now - Duration.toMillis(SETTLE)).at(-1)
          floor = settled?.newest ?? floor
          marks = [...marks.filter(({ newest }) => newest > floor), { at: now, newest: found[0] ?? floor }]
          seen = new Set(found.filter((id) => id > floor))
          if (ids.length > 0) yield* PubSub.publish(news, { ids, place: floor })
        })
        yield* look.pipe(
          Effect.catchCause((cause) => Effect.logWarning("A log that is watched could not be read", cause)),
          Effect.repeat(Schedule.spaced(POLL_PAUSE)),
          Effect.forkScoped
        )
        return { news, floor: () => floor }
      })

      const watched = yield* RcMap.make({
        lookup: (key: string) => {
          const [unitId, log] = parse(key)
          return watch(unitId, log)
        },
        idleTimeToLive: Duration.seconds(10)
      })

      const follow = <L extends Log.Log>(query: LogQuery<L>, after: number) =>
        Stream.unwrap(
          Effect.gen(function* () {
            const { news, floor } = yield* RcMap.get(watched, `${query.unitId} ${query.log}`)
            const subscription = yield* PubSub.subscribe(news)
            const arrived = (
              arrivals: { readonly ids: ReadonlyArray<number> } | { readonly after: number },
              place: number
            ) =>
              Effect.map(reader.arrived(query, arrivals, arrivedRowsMax), ({ rows, isMore }) => ({
                rows,
                place,
                isMore
              }))
            return Stream.concat(
              Stream.fromEffect(Effect.suspend(() => arrived({ after }, floor()))),
              Stream.mapEffect(Stream.fromSubscription(subscription), ({ ids, place }) => arrived({ ids }, place))
            ).pipe(Stream.filter(({ rows }) => rows.length > 0))
          })
        )

      return LogTail.of({ place, follow })
    })
  )
}

const parse = (key: string): readonly [unitId: number, log: Log.Log] => {
  const [unitId, log] = key.split(" ")
  return [Number(unitId), Object.keys(logTables).find((name): name is Log.Log => name === log) ?? "panel"]
}
