import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { DeadLetters, type FailedMessage } from "../src/DeadLetters.ts"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import { migrate } from "../src/Migrations.ts"
import * as PostgresClient from "../src/PostgresClient.ts"

const noon = Date.UTC(2026, 10, 24, 12)

let messages = 0
/** A message that no other test has. */
const failed = (more: Partial<FailedMessage> = {}): FailedMessage => ({
  unitId: 7,
  topic: "activity",
  messageId: `m${++messages}`,
  body: "{}",
  error: "SqlError: no such site",
  appendedAt: noon,
  failedAt: noon + 1500,
  ...more
})

const emptied = Effect.flatMap(SqlClient.SqlClient, (sql) => sql`delete from dead_letter`)
const listed = Effect.flatMap(DeadLetters, ({ page }) => page({ rowsMax: 100 }))
const dead = Effect.fnUntraced(function* (more: Partial<FailedMessage> = {}) {
  yield* (yield* DeadLetters).add(failed(more), 1)
  return (yield* listed)[0]!
})

const Database = Layer.effectDiscard(migrate).pipe(
  Layer.provideMerge(Layer.unwrap(Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url })))),
  Layer.provide(EmbeddedPostgres.layerEphemeral)
)

layer(DeadLetters.layer.pipe(Layer.provideMerge(Database)), { timeout: "60 seconds", excludeTestServices: true })(
  "dead letters",
  (it) => {
    it.effect("are kept, while tries that nobody came back to are forgotten after a day", () =>
      Effect.gen(function* () {
        yield* emptied
        const { add, purge } = yield* DeadLetters
        const letter = yield* dead()
        const late = failed()
        yield* add(late, 3)
        const dayLater = late.failedAt + 86_400_000
        assert.strictEqual(yield* purge(dayLater), 0)
        assert.deepEqual(yield* add(late, 3), { tries: 2, isDead: false })
        assert.strictEqual(yield* purge(dayLater + 1), 1)
        assert.deepEqual(yield* add(late, 3), { tries: 1, isDead: false })
        assert.deepEqual(yield* listed, [letter])
      })
    )

    it.effect("are messages that failed as often as is allowed, each once, with the last error", () =>
      Effect.gen(function* () {
        yield* emptied
        const { add, find } = yield* DeadLetters
        const message = failed()
        assert.deepEqual(yield* add(message, 3), { tries: 1, isDead: false })
        assert.deepEqual(yield* add(message, 3), { tries: 2, isDead: false })
        assert.deepEqual(yield* listed, [])
        const last = { ...message, error: "another\0one", failedAt: noon + 9000 }
        assert.deepEqual(yield* add(last, 3), { tries: 3, isDead: true })
        // Told again, as by a worker that died before it could acknowledge.
        assert.deepEqual(yield* add(last, 30), { tries: 4, isDead: true })
        const [letter, ...others] = yield* listed
        assert.deepEqual(others, [])
        assert.deepInclude(letter, {
          unitId: 7,
          topic: "activity",
          messageId: message.messageId,
          error: "another\uFFFDone",
          tries: 4,
          bytes: 2,
          appendedAt: noon,
          failedAt: noon + 9000
        })
        assert.deepEqual(yield* find(letter!.id), { ...letter!, body: "{}" })
        assert.isNull(yield* find(letter!.id + 1))
      })
    )

    it.effect("are no nearer after a try that was taken back, and nothing is left of an only one", () =>
      Effect.gen(function* () {
        yield* emptied
        const sql = yield* SqlClient.SqlClient
        const { add, pardon } = yield* DeadLetters
        const [message, other] = [failed(), failed()]
        yield* add(message, 3)
        yield* add(other, 3)
        yield* pardon(message)
        yield* pardon(message)
        assert.deepEqual(yield* sql`select message_id as id, tries from dead_letter`, [
          { id: other.messageId, tries: 1 }
        ])
        yield* add(other, 3)
        yield* pardon(other)
        assert.deepEqual(yield* add(other, 3), { tries: 2, isDead: false })
      })
    )

    it.effect("keep any body as it was, and stand without a unit where it names none", () =>
      Effect.gen(function* () {
        const body = "\0\u001B[31m{\uFEFF żółw \u{1F422}"
        const letter = yield* dead({ unitId: null, body })
        assert.isNull(letter.unitId)
        assert.strictEqual(letter.bytes, Buffer.byteLength(body))
        assert.strictEqual((yield* (yield* DeadLetters).find(letter.id))?.body, body)
      })
    )

    it.effect("are told apart by unit, topic and message ID", () =>
      Effect.gen(function* () {
        yield* emptied
        const { add } = yield* DeadLetters
        const message = failed()
        for (const other of [{}, { unitId: 8 }, { unitId: null }, { topic: "log" }]) {
          assert.deepEqual(yield* add({ ...message, ...other }, 1), { tries: 1, isDead: true })
        }
        assert.lengthOf(yield* listed, 4)
      })
    )

    it.effect("are forgotten by name when their messages succeed, and no others", () =>
      Effect.gen(function* () {
        yield* emptied
        const { add, forget } = yield* DeadLetters
        const [one, other, nameless] = [failed(), failed(), failed({ unitId: null })]
        for (const message of [one, other, nameless]) yield* add(message, 2)
        yield* forget([one, nameless, { ...other, unitId: 8 }, { ...other, topic: "log" }])
        yield* forget([])
        for (const [message, tries] of [
          [one, 1],
          [other, 2],
          [nameless, 1]
        ] as const) {
          assert.strictEqual((yield* add(message, 9)).tries, tries)
        }
      })
    )

    it.effect("are listed newest first in pages without gaps and doubles", () =>
      Effect.gen(function* () {
        yield* emptied
        const { page } = yield* DeadLetters
        const made: Array<number> = []
        for (let count = 0; count < 7; count++) made.unshift((yield* dead()).id)
        yield* (yield* DeadLetters).add(failed(), 2)
        const walked: Array<number> = []
        for (let rows = yield* page({ rowsMax: 3 }); rows.length > 0;) {
          walked.push(...rows.map(({ id }) => id))
          rows = yield* page({ rowsMax: 3, before: walked.at(-1) })
        }
        assert.deepEqual(walked, made)
      })
    )

    it.effect("are handed over whole, and leave the list once that succeeded", () =>
      Effect.gen(function* () {
        yield* emptied
        const { handOver } = yield* DeadLetters
        const [one, other] = [yield* dead({ body: "one" }), yield* dead({ body: "other" })]
        const refusal = yield* Effect.flip(handOver([one.id], () => Effect.fail("full" as const)))
        assert.strictEqual(refusal, "full")
        assert.lengthOf(yield* listed, 2)
        const handed: Array<string> = []
        const letters = yield* handOver([other.id, 999_999, one.id], (letters) =>
          Effect.sync(() => void handed.push(...letters.map(({ body }) => body)))
        )
        assert.deepEqual(handed, ["one", "other"])
        assert.deepEqual(
          letters.map(({ id }) => id),
          [one.id, other.id]
        )
        assert.deepEqual(yield* listed, [])
        assert.deepEqual(yield* handOver([one.id], () => Effect.die("nobody is asked")), [])
      })
    )

    it.effect("are letters of their own when they fail again while they are handed over", () =>
      Effect.gen(function* () {
        yield* emptied
        const { add, handOver } = yield* DeadLetters
        const message = failed()
        yield* add(message, 1)
        const [old] = yield* listed
        const isHanded = yield* Deferred.make<void>()
        const goOn = yield* Deferred.make<void>()
        const replay = yield* Effect.forkChild(
          handOver([old!.id], () => Effect.andThen(Deferred.succeed(isHanded, undefined), Deferred.await(goOn)))
        )
        yield* Deferred.await(isHanded)
        const again = yield* Effect.forkChild(add({ ...message, error: "again" }, 1))
        yield* Effect.sleep("200 millis")
        assert.isUndefined(again.pollUnsafe(), "it must wait for the end of the replay")
        yield* Deferred.succeed(goOn, undefined)
        yield* Fiber.join(replay)
        assert.deepEqual(yield* Fiber.join(again), { tries: 1, isDead: true })
        const letters = yield* listed
        assert.lengthOf(letters, 1)
        assert.deepInclude(letters[0], { error: "again", messageId: message.messageId })
        assert.isAbove(letters[0]!.id, old!.id)
      })
    )
  }
)
