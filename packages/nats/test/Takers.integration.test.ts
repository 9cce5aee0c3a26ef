import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Redacted } from "effect"
import * as NatsServer from "./NatsServer.ts"
import { all, connect, drain, idsOf, message, numbered } from "./Traffic.ts"

describe.skipIf(!NatsServer.isInstalled)("NATS: takers at fault", () => {
  it.live("what a killed taker held comes again as the next attempt", () =>
    Effect.gen(function* () {
      const { url } = yield* NatsServer.single()
      const queue = yield* connect({ url, ackWait: "1 second" })
      yield* queue.append(numbered(3))
      const script = join(import.meta.dirname, "taker.ts")
      const taker = spawn(process.execPath, ["--conditions=@spoor/source", script, Redacted.value(url)])
      const [printed] = yield* Effect.promise(() => once(taker.stdout, "data"))
      taker.kill("SIGKILL")
      assert.strictEqual(String(printed).trim(), "m0,m1,m2")
      assert.strictEqual((yield* queue.depth("activity")).taken, 3)
      const again = yield* drain(queue, ({ length }) => length >= 3)
      assert.deepStrictEqual(again.map(({ attempt, id }) => `${id} ${attempt}`).sort(), ["m0 2", "m1 2", "m2 2"])
    })
  )

  it.live("a message that nobody acknowledges comes again and again, and keeps nothing from its takers", () =>
    Effect.gen(function* () {
      const { url } = yield* NatsServer.single()
      const queue = yield* connect({ url, ackWait: "200 millis", messagesMax: 2 })
      yield* queue.append([message("poison")])
      const attempts: Array<number> = []
      for (let round = 0; attempts.length < 5; round++) {
        yield* queue.append([message(`good ${round}`)])
        const deliveries = yield* queue.take(all)
        attempts.push(...deliveries.filter(({ id }) => id === "poison").map(({ attempt }) => attempt))
        yield* queue.acknowledge(deliveries.filter(({ id }) => id !== "poison"))
        yield* Effect.sleep("30 millis")
      }
      assert.deepStrictEqual(attempts, [1, 2, 3, 4, 5])
      assert.deepInclude(yield* queue.depth("activity"), { waiting: 0, taken: 1 })
    })
  )

  it.live("takes that are interrupted at any moment leave nothing taken", () =>
    Effect.gen(function* () {
      const { url } = yield* NatsServer.single()
      // Longer than the test, so that what is left taken would not come again.
      const queue = yield* connect({ url, ackWait: "1 minute" })
      const messages = numbered(200)
      const appending = yield* Effect.forkChild(
        Effect.forEach(messages, (one) => Effect.andThen(queue.append([one]), Effect.sleep("1 millis")))
      )
      const taken: Array<string> = []
      for (let round = 0; round < 150; round++) {
        const taker = yield* Effect.forkChild(queue.take({ ...all, messagesMax: 3 }), { startImmediately: true })
        yield* Effect.sleep(round % 4)
        const exit = yield* Effect.andThen(Fiber.interrupt(taker), Fiber.await(taker))
        if (Exit.isSuccess(exit)) taken.push(...idsOf(exit.value))
      }
      yield* Fiber.join(appending)
      const rest = yield* drain(queue, ({ length }) => taken.length + length >= messages.length)
      assert.deepStrictEqual([...taken, ...idsOf(rest)].sort(), idsOf(messages).sort())
    })
  )

  it.live("a taker that the server drops as too slow has everything in the end", () =>
    Effect.gen(function* () {
      const { url } = yield* NatsServer.single(`max_payload: 5MB\nmax_pending: 5MB`)
      const door = yield* connect({ url })
      const taker = yield* connect({ url, ackWait: "1 second" })
      const messages = numbered(64, "x".repeat(250_000))
      yield* Effect.forEach(messages, (one) => door.append([one]))
      const taking = yield* Effect.forkChild(
        drain(taker, (taken) => new Set(idsOf(taken)).size === messages.length),
        { startImmediately: true }
      )
      // No socket is read for so long.
      yield* Effect.sleep("20 millis")
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600)
      const taken = yield* Fiber.join(taking)
      assert.isAbove(Math.max(...taken.map(({ attempt }) => attempt)), 1, "nothing was cut off")
      assert.deepInclude(yield* door.depth("activity"), { waiting: 0, taken: 0 })
    })
  )
})
