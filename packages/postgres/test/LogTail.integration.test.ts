import { assert, layer } from "@effect/vitest"
import { FilterText, Interval, type Log } from "@spoor/domain"
import { Effect, Fiber, Layer, Queue, Result, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { type LogQuery, LogReader } from "../src/LogReader.ts"
import { arrivedRowsMax, LogTail } from "../src/LogTail.ts"
import * as Shop from "./Shop.ts"

const Database = LogTail.layer.pipe(Layer.provideMerge(LogReader.layer), Layer.provideMerge(Shop.layer))

const said = (unitId: number, text: string): LogQuery<Log.Log> => ({
  unitId,
  log: "panel",
  filter: Result.getOrThrow(FilterText.parse("panel", text)),
  interval: Interval.always
})

/** Writes rows of one address and gives their IDs. */
const write = Effect.fnUntraced(function* (unitId: number, url: string, count = 1) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: number }>`
    insert into panel_log (unit_id, item_id, occurred_at, url, method, status, processing_ms)
    select ${unitId}, gen_random_uuid()::text, to_timestamp(i), ${url}, 'GET', 200, 1
    from generate_series(1, ${count}::integer) as i returning id`
  return rows.map(({ id }) => id)
})

/** Everything that a watcher is told, as it is told. */
const watching = Effect.fnUntraced(function* (query: LogQuery<Log.Log>, after: number) {
  const told = yield* Queue.unbounded<{ ids: ReadonlyArray<number>; place: number; isMore: boolean }>()
  const tail = yield* LogTail
  const watcher = yield* Effect.forkChild(
    Stream.runForEach(tail.follow(query, after), ({ rows, place, isMore }) =>
      Queue.offer(told, { ids: rows.map(({ id }) => Number(id)), place, isMore })
    )
  )
  const next = Queue.take(told)
  return { next, told, stop: Fiber.interrupt(watcher) }
})

// By the real clock: what a poll asks takes real time, and a clock that runs ahead of it would settle rows too early.
layer(Database, { timeout: "60 seconds", excludeTestServices: true })("the tail of a log", (it) => {
  it.effect("tells what comes in and passes the filter, from a place on, to this unit alone", () =>
    Effect.gen(function* () {
      const [own, other] = [yield* Shop.open("own"), yield* Shop.open("other")]
      const { place } = yield* LogTail
      yield* write(own, "/before")
      const from = yield* place(own, "panel")
      assert.strictEqual(yield* place(yield* Shop.open("empty"), "panel"), 0)
      const missed = yield* write(own, "/wanted")
      const { next, told, stop } = yield* watching(said(own, "url:/wanted"), from)
      assert.deepStrictEqual((yield* next).ids, missed)
      yield* write(own, "/unwanted")
      yield* write(other, "/wanted")
      const come = yield* write(own, "/wanted", 2)
      const news = yield* next
      assert.deepStrictEqual(news.ids.toSorted(), come)
      assert.isFalse(news.isMore)
      assert.strictEqual(yield* Queue.size(told), 0)
      yield* stop
      // Whoever comes back with the place is told what came in between.
      const meanwhile = yield* write(own, "/wanted")
      const again = yield* watching(said(own, "url:/wanted"), news.place)
      assert.includeMembers([...(yield* again.next).ids], meanwhile)
      yield* again.stop
    })
  )

  it.effect("does not overlook a row that is committed after one with a higher ID", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const unitId = yield* Shop.open("late")
      const { next, stop } = yield* watching(said(unitId, ""), 0)
      yield* Effect.gen(function* () {
        const [low] = yield* write(unitId, "/low")
        const [high] = yield* Effect.scoped(
          Effect.flatMap(sql.reserve, (connection) =>
            connection.executeUnprepared(
              `insert into panel_log (unit_id, item_id, occurred_at, url, method, status, processing_ms)
               values (${unitId}, 'high', now(), '/high', 'GET', 200, 1) returning id`,
              [],
              undefined
            )
          )
        )
        assert.isAbove(high.id, low!)
        assert.deepStrictEqual((yield* next).ids, [high.id])
        return low!
      }).pipe(
        sql.withTransaction,
        // What was there when the watcher came may be told twice, and beside what came later.
        Effect.flatMap((low) => Effect.repeat(next, { until: ({ ids }) => ids.includes(low) }))
      )
      yield* stop
    })
  )

  it.effect("says when more came in than anybody can follow", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("flood")
      const { next, stop } = yield* watching(said(unitId, ""), 0)
      yield* write(unitId, "/flood", arrivedRowsMax + 10)
      const flood = yield* next
      assert.isTrue(flood.isMore)
      assert.lengthOf(flood.ids, arrivedRowsMax)
      yield* stop
    })
  )
})
