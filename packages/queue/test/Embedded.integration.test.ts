import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Queue } from "../src/Queue.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "spoor-queue-"))),
  (made) => Effect.sync(() => rmSync(made, { recursive: true }))
)

/** Another process that appends; `printed` grows with the ids whose append returned. */
const appender = (at: string, name: string, count: number) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const script = join(import.meta.dirname, "appender.ts")
      const child = spawn(process.execPath, [script, at, name, String(count)], { stdio: ["ignore", "pipe", "inherit"] })
      const printed: Array<string> = []
      let rest = ""
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n")
        rest = lines.pop() ?? ""
        printed.push(...lines)
      })
      return { child, closed: once(child, "close"), printed }
    }),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

const exitOf = ({ child, closed }: { readonly child: ChildProcess; readonly closed: Promise<unknown> }) =>
  Effect.map(
    Effect.promise(() => closed),
    () => child.signalCode ?? child.exitCode
  )

/** Takes and acknowledges until `count` ids are there. */
const drain = Effect.fnUntraced(function* (count: number) {
  const queue = yield* Queue
  const ids: Array<string> = []
  while (ids.length < count) {
    const deliveries = yield* queue.take({ topic: "activity", messagesMax: 100, bytesMax: 1024 ** 2 })
    yield* queue.acknowledge(deliveries)
    ids.push(...deliveries.map(({ id }) => id))
  }
  return ids
})

describe("embedded: several processes", () => {
  it.live("everything whose append returned is there after kill -9", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const door = yield* appender(at, "door", 1_000_000)
      while (door.printed.length < 300) yield* Effect.sleep("5 millis")
      door.child.kill("SIGKILL")
      assert.strictEqual(yield* exitOf(door), "SIGKILL")
      yield* Effect.gen(function* () {
        const { waiting } = yield* Queue.use((queue) => queue.depth("activity"))
        const kept = new Set(yield* drain(waiting))
        assert.deepStrictEqual(
          door.printed.filter((id) => !kept.has(id)),
          []
        )
        // What was kept and not yet answered is at most what was in flight.
        assert.isAtMost(kept.size - door.printed.length, 8)
      }).pipe(Effect.provide(Queue.layerEmbedded({ folder: at })))
    })
  )

  it.live("processes that open the new file at once and append meanwhile lose and double nothing", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const doors = yield* Effect.forEach(["a", "b", "c"], (name) => appender(at, name, 200))
      const ids = yield* Effect.provide(drain(600), Queue.layerEmbedded({ folder: at }))
      assert.deepStrictEqual(yield* Effect.forEach(doors, exitOf), [0, 0, 0])
      assert.deepStrictEqual([...ids].sort(), doors.flatMap(({ printed }) => printed).sort())
    })
  )
})
