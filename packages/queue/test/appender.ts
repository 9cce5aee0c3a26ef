import { writeSync } from "node:fs"
import { Array, Effect } from "effect"
import { Queue } from "../src/Queue.ts"

// A door in a process of its own: appends `count` messages, 8 at a time, and prints the id of each one that is kept.
const [folder = "", name = "", count = "0"] = process.argv.slice(2)

const append = Effect.fnUntraced(function* (index: number) {
  const queue = yield* Queue
  const id = `${name}-${index}`
  yield* queue.append([{ id, topic: "activity", body: `${id} `.repeat(500) }])
  // Synchronous, so that no line is lost with the process and none is printed early.
  writeSync(1, `${id}\n`)
})

const program = Effect.forEach(Array.range(1, Number(count)), append, { concurrency: 8, discard: true })

await Effect.runPromise(Effect.provide(program, Queue.layerEmbedded({ folder })))
