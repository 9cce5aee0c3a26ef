import { DeadLetters, PostgresClient } from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { Effect, Layer, Redacted } from "effect"
import { Rounds, type Work } from "../src/Rounds.ts"

// A worker whose process ends at once, as out of memory, when it does a message that says "poison"; else it says what it did.
const [folder = "", url = ""] = process.argv.slice(2)

const work: Work<string> = {
  topic: "log",
  messagesMax: 10,
  bytesMax: 1e9,
  decode: Effect.succeed,
  keyOf: () => "",
  write: Effect.forEach(({ intake }) =>
    Effect.sync(() => {
      if (intake === "poison") process.kill(process.pid, "SIGKILL")
      console.log(intake)
    })
  )
}

const once = Effect.flatMap(Rounds, (rounds) => rounds.once(work))

await Effect.runPromise(
  Effect.forever(once).pipe(
    Effect.provide(
      Rounds.layer.pipe(
        Layer.provide(Layer.merge(DeadLetters.layer, Queue.layerEmbedded({ folder, ackWait: "200 millis" }))),
        Layer.provide(PostgresClient.layer({ url: Redacted.make(url) }))
      )
    )
  )
)
