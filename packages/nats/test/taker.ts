import { writeSync } from "node:fs"
import { Effect, Redacted } from "effect"
import { Queue } from "@spoor/queue"
import { NatsQueue } from "../src/index.ts"

// A worker in a process of its own: takes all there is, prints the ids, and then does nothing with them.
const [url = ""] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const queue = yield* Queue
  const deliveries = yield* queue.take({ topic: "activity", messagesMax: 100, bytesMax: 1024 ** 2 })
  writeSync(1, `${deliveries.map(({ id }) => id).join()}\n`)
  return yield* Effect.never
})

await Effect.runPromise(Effect.provide(program, NatsQueue.layer({ url: Redacted.make(url), ackWait: "1 second" })))
