import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Result } from "effect"
import { TestClock } from "effect/testing"
import type { Settings } from "../src/Embedded.ts"
import type { Limits } from "../src/Limits.ts"
import { Queue } from "../src/Queue.ts"
import { contract } from "./Queue.contract.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "spoor-queue-"))),
  (made) => Effect.sync(() => rmSync(made, { recursive: true }))
)

contract({
  name: "embedded",
  place: Effect.map(folder, (made) => (limits: Limits) => Queue.layerEmbedded({ ...limits, folder: made })),
  pass: TestClock.adjust,
  ackWait: "10 seconds",
  envelopeBytesMax: 0,
  isDurable: true,
  lawRuns: 150
})

const all = { topic: "activity", messagesMax: 10, bytesMax: 1000 } as const
const message = (id: string) => ({ id, topic: "activity", body: "x" }) as const
const connect = (at: string, settings: Partial<Settings> = {}) =>
  Effect.map(Layer.build(Queue.layerEmbedded({ ...settings, folder: at })), Context.get(Queue))

describe("embedded: its own choices", () => {
  it.effect("a waiting take notices within 50 ms what another connection appended", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const [door, worker] = [yield* connect(at), yield* connect(at)]
      const taker = yield* Effect.forkChild(worker.take(all), { startImmediately: true })
      yield* door.append([message("a")])
      assert.isUndefined(taker.pollUnsafe())
      yield* TestClock.adjust("50 millis")
      assert.strictEqual((yield* Fiber.join(taker))[0].id, "a")
    })
  )

  it.effect("two connections never hold the same message at once", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const [one, other] = [yield* connect(at), yield* connect(at)]
      yield* one.append([message("a"), message("b")])
      const takes = [one.take({ ...all, messagesMax: 1 }), other.take({ ...all, messagesMax: 1 })]
      const deliveries = (yield* Effect.all(takes, { concurrency: "unbounded" })).flat()
      assert.deepStrictEqual(deliveries.map(({ id }) => id).sort(), ["a", "b"])
    })
  )

  it.effect("an append that does not fit keeps nothing, and its neighbours in the same commit are kept", () =>
    Effect.gen(function* () {
      const queue = yield* connect(yield* folder, { messagesMax: 3 })
      const appends = [["a"], ["b", "c", "d"], ["e", "f"]].map((ids) => Effect.result(queue.append(ids.map(message))))
      const results = yield* Effect.all(appends, { concurrency: "unbounded" })
      assert.deepStrictEqual(results.map(Result.isSuccess), [true, false, true])
      assert.deepStrictEqual(
        (yield* queue.take(all)).map(({ id }) => id),
        ["a", "e", "f"]
      )
    })
  )

  it.effect("appends end before the disk is full, so that what is kept can still be taken and acknowledged", () =>
    Effect.gen(function* () {
      const at = yield* folder
      yield* (yield* connect(at)).append([message("a")])
      const queue = yield* connect(at, { freeBytesMin: 2 ** 60 })
      for (const refused of [queue.append([message("b")]), queue.append([message("a"), message("b")]), queue.check]) {
        assert.strictEqual((yield* Effect.flip(refused)).reason, "full")
      }
      assert.strictEqual((yield* queue.fill).share, 0.9)
      yield* queue.append([message("a")])
      yield* queue.acknowledge(yield* queue.take(all))
      assert.deepStrictEqual(yield* queue.depth("activity"), { waiting: 0, taken: 0 })
    })
  )

  it.effect("a receipt from before a redelivery removes nothing and releases nothing", () =>
    Effect.gen(function* () {
      const queue = yield* connect(yield* folder)
      yield* queue.append([message("a")])
      const old = yield* queue.take(all)
      yield* TestClock.adjust("10 seconds")
      yield* queue.take(all)
      yield* queue.acknowledge(old)
      yield* queue.release(old, { delay: 0 })
      assert.strictEqual((yield* queue.depth("activity")).taken, 1)
    })
  )

  it.effect("its files can be read by their owner only", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const queue = yield* connect(at)
      yield* queue.append([message("a")])
      const rights = readdirSync(at).map((name) => statSync(join(at, name)).mode & 0o077)
      assert.deepStrictEqual(rights, [0, 0, 0])
    })
  )

  it.effect("reuses the room of acknowledged messages", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const queue = yield* connect(at)
      const round = Effect.gen(function* () {
        yield* queue.append([{ ...message("a"), body: "x".repeat(1024 ** 2) }])
        yield* queue.acknowledge(yield* queue.take(all))
      })
      yield* Effect.repeat(round, { times: 40 })
      assert.isBelow(bytesOf(at), 24 * 1024 ** 2)
    })
  )

  it.effect("an empty file that was large is small after it is opened again", () =>
    Effect.gen(function* () {
      const at = yield* folder
      yield* Effect.gen(function* () {
        const queue = yield* connect(at)
        yield* queue.append([{ ...message("a"), body: "x".repeat(70 * 1024 ** 2) }])
        yield* queue.acknowledge(yield* queue.take(all))
      }).pipe(Effect.scoped)
      assert.isAbove(bytesOf(at), 64 * 1024 ** 2)
      yield* Effect.scoped(connect(at))
      assert.isBelow(bytesOf(at), 1024 ** 2)
    })
  )

  it.effect("keeps what stands in a file of version 1, taken or not", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const database = new DatabaseSync(join(at, "queue.sqlite"))
      database.exec(version1)
      database.close()
      const queue = yield* connect(at)
      assert.deepStrictEqual(yield* queue.depth("activity"), { waiting: 1, taken: 1, oldestAppendedAt: 5 })
      assert.strictEqual((yield* queue.depth("log")).waiting, 1)
      const [b] = yield* queue.take(all)
      assert.deepStrictEqual([b.id, b.body, b.attempt], ["b", "two", 1])
      yield* queue.append([message("a"), message("d")])
      yield* TestClock.adjust("10 seconds")
      const later = yield* queue.take(all)
      assert.deepStrictEqual(
        later.map(({ attempt, body, id }) => [id, body, attempt]),
        [
          ["a", "one", 3],
          ["b", "two", 2],
          ["d", "x", 1]
        ]
      )
      yield* queue.acknowledge(later)
      assert.deepStrictEqual(yield* queue.depth("activity"), { waiting: 0, taken: 0 })
    })
  )

  const refusesToOpen = (name: string, spoil: (at: string) => void) =>
    it.effect(name, () =>
      Effect.gen(function* () {
        const at = yield* folder
        spoil(at)
        const opening = yield* Effect.forkChild(Effect.flip(Effect.scoped(connect(at))), { startImmediately: true })
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* Fiber.join(opening)).reason, "io")
      })
    )

  refusesToOpen("refuses a file that is no queue", (at) => writeFileSync(join(at, "queue.sqlite"), "x".repeat(5000)))
  refusesToOpen("refuses a file of a later version", (at) => {
    const database = new DatabaseSync(join(at, "queue.sqlite"))
    database.exec("pragma user_version = 4")
    database.close()
  })
})

const bytesOf = (at: string) => readdirSync(at).reduce((sum, name) => sum + statSync(join(at, name)).size, 0)

/** A file as version 1 left it: "a" in its second taker's hands for 10 s, "b" and "c" waiting. */
const version1 = `
  create table message (
    sequence integer primary key autoincrement, topic text not null, id text not null, bytes integer not null,
    appended_at integer not null, hidden_until integer, is_taken integer not null default 0,
    attempt integer not null default 0, unique (topic, id)
  ) strict;
  create index message_by_visibility on message (topic, hidden_until, sequence);
  create table body (sequence integer primary key, text text not null) strict;
  create table tally (topic text primary key, messages integer not null, bytes integer not null) strict, without rowid;
  create trigger message_appended after insert on message begin
    insert into tally values (new.topic, 1, new.bytes)
      on conflict do update set messages = messages + 1, bytes = bytes + excluded.bytes;
  end;
  create trigger message_removed after delete on message begin
    delete from body where sequence = old.sequence;
    update tally set messages = messages - 1, bytes = bytes - old.bytes where topic = old.topic;
  end;
  insert into message values
    (7, 'activity', 'a', 3, 5, 10000, 1, 2), (8, 'activity', 'b', 3, 6, null, 0, 0), (9, 'log', 'c', 5, 7, null, 0, 0);
  insert into body values (7, 'one'), (8, 'two'), (9, 'three');
  pragma user_version = 1;
`
