import { assert, layer } from "@effect/vitest"
import { DeadLetters } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Queue } from "@spoor/queue"
import { Program, TestDatabase } from "@spoor/testing"
import { Context, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

layer(DeadLetters.layer.pipe(Layer.provideMerge(TestDatabase.layer)), {
  timeout: "60 seconds",
  excludeTestServices: true
})("a message that ends its worker", (it) => {
  it.effect(
    "is put aside after five tries of its own, and what was taken with it is written",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { page } = yield* DeadLetters
        const folder = yield* Effect.acquireRelease(
          Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-poison-"))),
          (made) => Effect.promise(() => rm(made, { recursive: true }))
        )
        const queue = Context.get(yield* Layer.build(Queue.layerEmbedded({ folder })), Queue)
        const bodies = ["one", "poison", "two"]
        yield* queue.append(bodies.map((body) => ({ id: body, topic: "log" as const, body })))

        const worker = yield* Program.run({
          file: process.execPath,
          args: [
            "--conditions=@spoor/source",
            join(import.meta.dirname, "crasher.ts"),
            folder,
            Redacted.value((yield* EmbeddedPostgres).url)
          ],
          env: {}
        })
        let said = ""
        let ends = 0
        const isOver = Effect.gen(function* () {
          if (!worker.isRunning) {
            ends++
            said += worker.output
            worker.start()
          }
          const { taken, waiting } = yield* queue.depth("log")
          return taken + waiting === 0
        })
        yield* Effect.repeat(Effect.delay(isOver, "50 millis"), { until: (is) => is })
        // Twice in company, and five times alone.
        assert.strictEqual(ends, 7)
        const [letter, ...others] = yield* page({ rowsMax: 9 })
        assert.deepStrictEqual(others, [])
        assert.deepInclude(letter, { messageId: "poison", error: "The worker ended while it was at this message." })
        assert.lengthOf(yield* sql`select 1 from dead_letter`, 1, "what was written is not counted any more")
        assert.include(said, "one")
        assert.include(said + worker.output, "two")
      }).pipe(Effect.scoped),
    60_000
  )
})
