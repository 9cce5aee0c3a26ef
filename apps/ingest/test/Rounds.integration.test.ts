import { assert, layer } from "@effect/vitest"
import { Intake, LogEntry } from "@spoor/contracts"
import { Ids, Rules } from "@spoor/domain"
import {
  Activities,
  DeadLetters,
  Identifications,
  Intakes,
  LogWriter,
  RejectedItems,
  ReportedOrders,
  SessionEvents,
  Sessions,
  Sites
} from "@spoor/postgres"
import { Queue, Topic } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { type Duration, Effect, Exit, Fiber, Layer, Result, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { LogWorker } from "../src/LogWorker.ts"
import { type Batch, Rounds, type Work } from "../src/Rounds.ts"
import { Worker } from "../src/Worker.ts"

const receivedAt = Date.UTC(2026, 10, 24, 12)
const siteId = Ids.SiteId.make("sklep")
/** The pauses between five tries, in seconds. */
const pauses = [1, 4, 16, 64]

/** The real queue of one machine, in a folder of its own, and the workers on it. */
const Everything = Layer.unwrap(
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-rounds-"))),
      (folder) => Effect.promise(() => rm(folder, { recursive: true }))
    ),
    (folder) =>
      Layer.mergeAll(LogWorker.layer, Rounds.layer, Worker.layer).pipe(
        Layer.provideMerge(Queue.layerEmbedded({ folder }))
      )
  )
).pipe(
  Layer.provideMerge(
    Layer.mergeAll(
      Activities.layer,
      DeadLetters.layer,
      Identifications.layer,
      Intakes.layer,
      LogWriter.layer,
      RejectedItems.layer,
      ReportedOrders.layer,
      SessionEvents.layer,
      Sessions.layer,
      Sites.layer
    )
  ),
  Layer.provideMerge(TestDatabase.layer)
)

const newUnit = Effect.gen(function* () {
  const sites = yield* Sites
  const unitId = yield* sites.addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  yield* sites.add({ unitId, siteId, name: "Sklep", url: "http://localhost" }, Rules.defaults)
  return unitId
})

const books = { siteId, receivedAt, duplicates: 0, rejections: [] }

/** Rows of the API log in one message; a status of 418 is what some tests forbid. */
const appendRows = Effect.fnUntraced(function* (unitId: number, id: string, statuses: ReadonlyArray<number>) {
  const entries = statuses.map((status, place) =>
    Result.getOrThrow(
      LogEntry.fromApi(
        { id: `${id}.${place}`, url: "/orders", method: "POST", status, processingMs: 1.5 },
        { receivedAt }
      )
    )
  )
  const body = yield* Schema.encodeEffect(Intake.LogIntakeFromText)({ log: "api", unitId, books, entries })
  yield* (yield* Queue).append([{ id, topic: "log", body }])
  return body
})

const rowsOf = Effect.fnUntraced(function* (unitId: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ id: string }>`select item_id as id from api_log where unit_id = ${unitId} order by item_id`
  return rows.map(({ id }) => id)
})

const forbidTeapots = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`alter table api_log add constraint no_teapots check (status <> 418) not valid`
)
const allowTeapots = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`alter table api_log drop constraint if exists no_teapots`
)

const letters = Effect.flatMap(DeadLetters, ({ page }) => page({ rowsMax: 100 }))
const countedTries = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<{ id: string; tries: number }>`select message_id as id, tries from dead_letter order by message_id`
)
const isEmpty = Effect.fnUntraced(function* (topic: Topic) {
  const { taken, waiting } = yield* (yield* Queue).depth(topic)
  return taken + waiting === 0
})
/** Starts with nothing in the queue and nothing put aside. */
const cleared = Effect.gen(function* () {
  const queue = yield* Queue
  for (const topic of Topic.literals) {
    while (!(yield* isEmpty(topic))) {
      yield* TestClock.adjust("1 hour")
      yield* queue.acknowledge(yield* queue.take({ topic, messagesMax: 100, bytesMax: 1e9 }))
    }
  }
  yield* (yield* SqlClient.SqlClient)`delete from dead_letter`
  yield* allowTeapots
})

/** Puts letters back into the queue, as `spoor dead-letters replay` does. */
const replay = Effect.gen(function* () {
  const queue = yield* Queue
  const { handOver } = yield* DeadLetters
  const ids = (yield* letters).map(({ id }) => id)
  return yield* handOver(ids, (handed) =>
    queue.append(
      handed.map(({ body, messageId, topic }) => ({
        id: messageId,
        body,
        topic: Schema.decodeUnknownSync(Topic)(topic)
      }))
    )
  )
})

layer(Everything, { timeout: "60 seconds" })("a round", (it) => {
  it.effect(
    "writes what stands beside a message that cannot be read or written, and puts that aside after five tries",
    () =>
      Effect.gen(function* () {
        yield* cleared
        const unitId = yield* newUnit
        const queue = yield* Queue
        const { once } = yield* LogWorker
        yield* forbidTeapots
        yield* appendRows(unitId, "good1", [200])
        const unreadable = `{"unitId":${unitId},"log":"nobody's"`
        yield* queue.append([{ id: "unreadable", topic: "log", body: unreadable }])
        const teapot = yield* appendRows(unitId, "teapot", [200, 418])
        yield* queue.append([{ id: "misnamed", topic: "log", body: `{"unitId":${unitId},"log":"nobody's"}` }])
        yield* appendRows(unitId, "good2", [200])

        assert.strictEqual(yield* once, 2)
        assert.deepEqual(yield* rowsOf(unitId), ["good1.0", "good2.0"])
        for (const [index, pause] of pauses.entries()) {
          assert.deepEqual(yield* letters, [], `after ${index + 1} tries`)
          const round = yield* Effect.forkChild(once)
          yield* TestClock.adjust(pause * 1000 - 1)
          assert.isUndefined(round.pollUnsafe(), `try ${index + 2} comes too early`)
          yield* TestClock.adjust("100 millis")
          assert.strictEqual(yield* Fiber.join(round), index === pauses.length - 1 ? 3 : 0)
        }
        assert.isTrue(yield* isEmpty("log"))
        const found = yield* letters
        assert.deepEqual(
          found
            .map(({ messageId, unitId, tries }) => ({ messageId, unitId, tries }))
            .sort((a, b) => (a.messageId < b.messageId ? -1 : 1)),
          [
            { messageId: "misnamed", unitId, tries: 5 },
            { messageId: "teapot", unitId, tries: 5 },
            { messageId: "unreadable", unitId: null, tries: 5 }
          ]
        )
        const errorOf = (id: string) => found.find(({ messageId }) => messageId === id)?.error
        assert.match(errorOf("teapot") ?? "", /^ConstraintError: .*no_teapots/)
        assert.match(errorOf("unreadable") ?? "", /^SchemaError: /)
        const { find } = yield* DeadLetters
        const bodies = yield* Effect.forEach(found, ({ id }) => find(id))
        assert.sameMembers(
          bodies.map((letter) => letter?.body),
          [unreadable, teapot, `{"unitId":${unitId},"log":"nobody's"}`]
        )
        yield* allowTeapots
      })
  )

  it.effect("of the tracking worker does the same", () =>
    Effect.gen(function* () {
      yield* cleared
      const unitId = yield* newUnit
      const queue = yield* Queue
      const { once } = yield* Worker
      const append = Effect.fnUntraced(function* (id: string, site: string) {
        const event = {
          id,
          siteId: site,
          visitorId: "v1",
          type: "VisitOnWebsite",
          occurredAt: receivedAt,
          receivedAt,
          sequence: 0
        }
        const intake = {
          unitId,
          siteId: site,
          door: "native",
          receivedAt,
          duplicates: 0,
          rejections: [],
          identifications: []
        }
        yield* queue.append([{ id, topic: "activity", body: JSON.stringify({ ...intake, activities: [event] }) }])
      })
      yield* append("good1", siteId)
      yield* append("nowhere", "no-such-site")
      yield* queue.append([{ id: "unreadable", topic: "activity", body: "" }])
      yield* append("good2", siteId)
      assert.strictEqual(yield* once, 2)
      for (const pause of pauses) {
        yield* TestClock.adjust(pause * 1000)
        yield* once
      }
      assert.isTrue(yield* isEmpty("activity"))
      assert.sameMembers(
        (yield* letters).map(({ messageId, unitId }) => `${messageId} of ${unitId}`),
        [`nowhere of ${unitId}`, "unreadable of null"]
      )
      const { totals } = yield* Intakes
      assert.deepEqual(yield* totals({ unitId, siteId }, "activity"), { stored: 2, duplicate: 0, rejected: 0 })
    })
  )

  it.effect("forgets the failures of a message that is written after all", () =>
    Effect.gen(function* () {
      yield* cleared
      const unitId = yield* newUnit
      const { once } = yield* LogWorker
      yield* forbidTeapots
      yield* appendRows(unitId, "teapot", [418])
      for (const pause of pauses.slice(1)) {
        assert.strictEqual(yield* once, 0)
        yield* TestClock.adjust(pause * 1000)
      }
      assert.deepEqual(yield* countedTries, [{ id: "teapot", tries: 3 }])
      yield* allowTeapots
      assert.strictEqual(yield* once, 1)
      assert.deepEqual(yield* countedTries, [])
      assert.deepEqual(yield* rowsOf(unitId), ["teapot.0"])
    })
  )

  /** The topic's messages name the SQLSTATE that the server answers to their writing. */
  const statements = Effect.map(SqlClient.SqlClient, (sql): Work<string> => ({
    topic: "log",
    messagesMax: 100,
    bytesMax: 1e9,
    decode: Effect.succeed,
    keyOf: () => "",
    write: Effect.forEach(({ intake }) =>
      sql.unsafe(intake === "" ? "select 1" : `do $$ begin raise exception using errcode = '${intake}'; end $$`)
    )
  }))

  it.effect.each(["21000", "22003", "22P05", "23502", "23503", "23505", "23514", "54000", "P0001"])(
    "counts a failure with %s against its message alone",
    (code) =>
      Effect.gen(function* () {
        yield* cleared
        const queue = yield* Queue
        const { once } = yield* Rounds
        yield* queue.append(["", code, ""].map((body, index) => ({ id: String(index), topic: "log" as const, body })))
        assert.strictEqual(yield* once(yield* statements), 2)
        assert.deepEqual(yield* countedTries, [{ id: "1", tries: 1 }])
      })
  )

  it.effect.each(["40001", "40P01", "55P03", "57014", "53200", "XX000"])(
    "counts no failure with %s, however often it comes, and writes what stands beside it",
    (code) =>
      Effect.gen(function* () {
        yield* cleared
        const queue = yield* Queue
        const { once } = yield* Rounds
        const work = yield* statements
        yield* queue.append(["", code, ""].map((body, index) => ({ id: String(index), topic: "log" as const, body })))
        assert.strictEqual(yield* once(work), 2)
        for (let round = 0; round < 10; round++) {
          yield* TestClock.adjust("1 second")
          assert.strictEqual(yield* once(work), 0)
        }
        assert.deepEqual(yield* countedTries, [])
        assert.isFalse(yield* isEmpty("log"))
      })
  )

  it.effect.each(["08006", "57P01", "57P03", "53100", "53300", "58030", "25006", "28000", "42501", "42P01"])(
    "ends with %s, gives everything back at once, and keeps what it has written",
    (code) =>
      Effect.gen(function* () {
        yield* cleared
        const queue = yield* Queue
        const { once } = yield* Rounds
        const work = { ...(yield* statements), keyOf: (body: string) => body }
        yield* queue.append(
          ["", code, "22003", ""].map((body, index) => ({ id: String(index), topic: "log" as const, body }))
        )
        for (let round = 0; round < 10; round++) assert.isTrue(Exit.isFailure(yield* Effect.exit(once(work))))
        assert.deepEqual(yield* countedTries, [])
        assert.deepInclude(yield* queue.depth("log"), { waiting: 2, taken: 0 })
      })
  )

  it.effect(
    "in a row takes the next messages while it writes a full round, and gives them back with those that fail",
    () =>
      Effect.gen(function* () {
        yield* cleared
        const queue = yield* Queue
        const { inARow } = yield* Rounds
        const sql = yield* SqlClient.SqlClient
        const takenMeanwhile: Array<number> = []
        let sqlState = ""
        const work = {
          ...(yield* statements),
          messagesMax: 2,
          write: Effect.fnUntraced(function* (batches: ReadonlyArray<Batch<string>>) {
            // What is taken ahead has been read when as many more are taken as there are.
            const waits = queue.depth("log").pipe(
              Effect.orDie,
              Effect.tap(() => Effect.yieldNow),
              Effect.repeat({ until: ({ taken }) => batches.length < 2 || taken !== batches.length })
            )
            takenMeanwhile.push((yield* waits).taken)
            yield* sql.unsafe(
              `do $$ begin if '${sqlState}' <> '' then raise exception using errcode = '08006'; end if; end $$`
            )
          })
        }
        const next = inARow(work)
        yield* queue.append(["a", "b", "c", "d", "e"].map((id) => ({ id, topic: "log" as const, body: "" })))
        assert.strictEqual(yield* next, 2)
        sqlState = "08006"
        assert.isTrue(Exit.isFailure(yield* Effect.exit(next)))
        assert.deepInclude(yield* queue.depth("log"), { waiting: 3, taken: 0 })
        sqlState = ""
        let done = 0
        while (!(yield* isEmpty("log"))) done += yield* next
        assert.strictEqual(done, 3)
        assert.deepEqual(takenMeanwhile.slice(0, 2), [4, 3])
      })
  )

  it.effect("in a row takes fewer messages while rounds last long, and more again when they do not", () =>
    Effect.gen(function* () {
      yield* cleared
      const queue = yield* Queue
      const { inARow } = yield* Rounds
      const sizes: Array<number> = []
      let pause: Duration.Input = "3 seconds"
      const next = inARow({
        ...(yield* statements),
        messagesMax: 4,
        write: (batches) =>
          Effect.andThen(
            TestClock.adjust(pause),
            Effect.sync(() => sizes.push(batches.length))
          )
      })
      yield* queue.append(
        Array.from({ length: 20 }, (_, index) => ({ id: String(index), topic: "log" as const, body: "" }))
      )
      for (let round = 0; round < 4; round++) yield* next
      pause = "900 millis"
      while (!(yield* isEmpty("log"))) yield* next
      // What is taken ahead has been taken before it is known how long the round lasts.
      assert.deepEqual(sizes.slice(0, 4), [4, 4, 2, 1])
      assert.isTrue(sizes.slice(4).includes(4), String(sizes))
      assert.strictEqual(
        sizes.reduce((sum, size) => sum + size, 0),
        20
      )
    })
  )

  it.effect("writes together what has come again once, whose worker may have been stopped", () =>
    Effect.gen(function* () {
      yield* cleared
      const queue = yield* Queue
      const { once } = yield* Rounds
      yield* queue.append(["a", "b", "c"].map((id) => ({ id, topic: "log" as const, body: "" })))
      yield* queue.take({ topic: "log", messagesMax: 3, bytesMax: 1e9 })
      yield* TestClock.adjust(queue.ackWait)
      const sizes: Array<number> = []
      const write = (batches: ReadonlyArray<Batch<string>>) => Effect.sync(() => sizes.push(batches.length))
      assert.strictEqual(yield* once({ ...(yield* statements), write }), 3)
      assert.deepEqual(sizes, [3])
    })
  )

  it.effect("leaves what has come again, and is not held any more, to whoever takes it next", () =>
    Effect.gen(function* () {
      yield* cleared
      const queue = yield* Queue
      const { once } = yield* Rounds
      yield* queue.append(["a", "b", "c"].map((id) => ({ id, topic: "log" as const, body: "" })))
      for (const _ of [1, 2]) {
        yield* queue.take({ topic: "log", messagesMax: 3, bytesMax: 1e9 })
        yield* TestClock.adjust(queue.ackWait)
      }
      const written: Array<string> = []
      const work = {
        ...(yield* statements),
        write: Effect.fnUntraced(function* (batches: ReadonlyArray<Batch<string>>) {
          yield* TestClock.adjust("6 seconds")
          written.push(...batches.map(({ delivery }) => delivery.id))
        })
      }
      assert.strictEqual(yield* once(work), 2)
      assert.deepEqual(written, ["a", "b"])
      assert.deepEqual(yield* countedTries, [])
      while (!(yield* isEmpty("log"))) yield* once(work)
      assert.strictEqual(written.at(-1), "c")
      assert.deepEqual(yield* countedTries, [])
    })
  )

  it.effect("keeps in the queue what even the table of dead letters refuses", () =>
    Effect.gen(function* () {
      yield* cleared
      const queue = yield* Queue
      const { once } = yield* Rounds
      // Longer than what a row of an index can hold.
      const id = randomBytes(20_000).toString("hex")
      yield* queue.append([
        { id, topic: "log", body: "22003" },
        { id: "good", topic: "log", body: "" }
      ])
      assert.strictEqual(yield* once(yield* statements), 1)
      yield* TestClock.adjust("300 seconds")
      assert.strictEqual(yield* once(yield* statements), 0)
      assert.deepInclude(yield* queue.depth("log"), { waiting: 1, taken: 0 })
    })
  )

  const deadTeapot = Effect.fnUntraced(function* (unitId: number) {
    yield* forbidTeapots
    yield* appendRows(unitId, "teapot", [200, 418])
    const { once } = yield* LogWorker
    yield* once
    for (const pause of pauses) {
      yield* TestClock.adjust(pause * 1000)
      yield* once
    }
    assert.lengthOf(yield* letters, 1)
  })

  it.effect("writes a replayed message once its cause is mended, and else puts it aside again", () =>
    Effect.gen(function* () {
      yield* cleared
      const unitId = yield* newUnit
      const { once } = yield* LogWorker
      yield* deadTeapot(unitId)
      const [first] = yield* letters
      yield* replay
      assert.deepEqual(yield* letters, [])
      yield* once
      for (const pause of pauses) {
        yield* TestClock.adjust(pause * 1000)
        yield* once
      }
      const [again] = yield* letters
      assert.deepInclude(again, { messageId: "teapot", tries: 5 })
      assert.isAbove(again!.id, first!.id)

      yield* allowTeapots
      yield* replay
      assert.strictEqual(yield* once, 1)
      assert.deepEqual(yield* rowsOf(unitId), ["teapot.0", "teapot.1"])
      const { totals } = yield* Intakes
      assert.deepEqual(yield* totals({ unitId, siteId }, "api"), { stored: 2, duplicate: 0, rejected: 0 })
      assert.deepEqual(yield* letters, [])
      assert.isTrue(yield* isEmpty("log"))
    })
  )

  it.effect("neither loses nor doubles what a replay had handed over when it died", () =>
    Effect.gen(function* () {
      yield* cleared
      const unitId = yield* newUnit
      const queue = yield* Queue
      const { once } = yield* LogWorker
      const { handOver } = yield* DeadLetters
      yield* deadTeapot(unitId)
      const [letter] = yield* letters
      const dies = handOver([letter!.id], ([{ body, messageId: id } = { body: "", messageId: "" }]) =>
        Effect.andThen(queue.append([{ id, topic: "log", body }]), Effect.die("the process"))
      )
      // The letter is still there, and so is the message: it fails once more, and is dead at once.
      assert.isTrue(Exit.isFailure(yield* Effect.exit(dies)))
      assert.strictEqual(yield* once, 1)
      assert.lengthOf(yield* letters, 1)
      assert.isTrue(yield* isEmpty("log"))

      yield* allowTeapots
      assert.isTrue(Exit.isFailure(yield* Effect.exit(dies)))
      assert.strictEqual(yield* once, 1)
      assert.lengthOf(yield* letters, 1)
      yield* replay
      assert.strictEqual(yield* once, 1)
      assert.deepEqual(yield* rowsOf(unitId), ["teapot.0", "teapot.1"])
      const { totals } = yield* Intakes
      assert.deepEqual(yield* totals({ unitId, siteId }, "api"), { stored: 2, duplicate: 0, rejected: 0 })
      assert.deepEqual(yield* letters, [])
    })
  )
})
