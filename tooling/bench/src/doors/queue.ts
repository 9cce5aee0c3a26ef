import { Queue } from "@spoor/queue"
import { Effect } from "effect"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Body } from "./Batches.ts"

/** *Units*: milliseconds of processor time that the queue alone takes for texts of this size, eight at a time. */
export const cpuOfQueue = async (kind: "embedded" | "memory", texts: ReadonlyArray<Body>): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), "spoor-bench-queue-"))
  const messages = texts.map((body, at) => ({
    id: String(at),
    topic: "activity" as const,
    body: new TextDecoder().decode(body)
  }))
  const append = Effect.gen(function* () {
    const queue = yield* Queue
    const before = process.cpuUsage()
    yield* Effect.forEach(messages, (message) => queue.append([message]), { concurrency: 8, discard: true })
    const { system, user } = process.cpuUsage(before)
    return (user + system) / 1_000
  })
  const layer = kind === "embedded" ? Queue.layerEmbedded({ folder }) : Queue.layerMemory()
  const spent = await Effect.runPromise(Effect.provide(append, layer))
  await rm(folder, { recursive: true, force: true })
  return spent
}
