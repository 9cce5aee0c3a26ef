import { assert, layer } from "@effect/vitest"
import { NatsQueue } from "@spoor/nats"
import * as NatsServer from "@spoor/nats/server"
import { DeadLetters } from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Rounds, type Work } from "../src/Rounds.ts"

layer(DeadLetters.layer.pipe(Layer.provideMerge(TestDatabase.layer)), {
  timeout: "60 seconds",
  excludeTestServices: true
})("a round on JetStream", (it) => {
  it.effect.skipIf(!NatsServer.isInstalled)(
    "puts poison aside after its tries, and the server gives nothing up before",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { find, handOver, page } = yield* DeadLetters
        yield* sql`create table note (text text check (text <> 'poison'))`
        const work: Work<string> = {
          topic: "log",
          messagesMax: 100,
          bytesMax: 1e9,
          decode: Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.String)),
          keyOf: () => "",
          write: (batches) =>
            sql.withTransaction(Effect.forEach(batches, ({ intake }) => sql`insert into note values (${intake})`))
        }
        const { url } = yield* NatsServer.single()
        const stream = NatsQueue.layer({ url, duplicateWindow: "200 millis", ackWait: "2 seconds" })
        yield* Effect.gen(function* () {
          const queue = yield* Queue
          const { once } = yield* Rounds
          const untilEmpty = Effect.gen(function* () {
            while ((yield* queue.depth("log")).waiting > 0) yield* once(work)
          })
          const notes = Effect.map(sql<{ text: string }>`select text from note order by text`, (rows) =>
            rows.map(({ text }) => text)
          )
          const bodies = ['"one"', '"poison"', "no JSON", '"two"']
          yield* queue.append(bodies.map((body, index) => ({ id: `m${index}`, topic: "log" as const, body })))
          assert.strictEqual(yield* once(work), 2)
          assert.deepEqual(yield* notes, ["one", "two"])
          assert.deepInclude(yield* queue.depth("log"), { waiting: 2, taken: 0 })
          yield* untilEmpty
          const letters = yield* page({ rowsMax: 9 })
          assert.sameMembers(
            letters.map(({ messageId, tries }) => `${messageId} after ${tries}`),
            ["m1 after 7", "m2 after 7"]
          )
          assert.deepEqual(yield* queue.depth("log"), { waiting: 0, taken: 0 })
          const poison = letters.find(({ messageId }) => messageId === "m1")
          assert.strictEqual((yield* find(poison!.id))?.body, '"poison"')

          yield* sql`alter table note drop constraint note_text_check`
          yield* Effect.sleep(queue.knownFor)
          yield* handOver([poison!.id], ([letter]) =>
            queue.append([{ id: letter!.messageId, topic: "log", body: letter!.body }])
          )
          assert.strictEqual(yield* once(work), 1)
          assert.deepEqual(yield* notes, ["one", "poison", "two"])
        }).pipe(
          Effect.provide(Rounds.layerOf({ triesMax: 7, firstPause: "1 millis" }).pipe(Layer.provideMerge(stream)))
        )
      }),
    60_000
  )
})
