import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { Faults } from "../src/Faults.ts"
import type { Limits } from "../src/Limits.ts"
import { Queue } from "../src/Queue.ts"
import type { QueueUnavailable } from "../src/QueueUnavailable.ts"
import { contract } from "./Queue.contract.ts"

contract({
  name: "memory",
  place: Effect.succeed((limits: Limits) => Queue.layerMemory(limits)),
  pass: TestClock.adjust,
  ackWait: "10 seconds",
  envelopeBytesMax: 0,
  isDurable: false,
  lawRuns: 1000
})

const all = { topic: "activity", messagesMax: 10, bytesMax: 1000 } as const
const message = { id: "a", topic: "activity", body: "x" } as const

const reason = (effect: Effect.Effect<void, QueueUnavailable>) =>
  Effect.match(effect, { onFailure: (error) => error.reason, onSuccess: () => "none" })

describe("memory: faults", () => {
  const faulty = (
    name: string,
    run: (faults: Faults, queue: Queue["Service"]) => Effect.Effect<void, QueueUnavailable>
  ) =>
    it.effect(name, () => {
      const faults = new Faults()
      return Effect.flatMap(Queue, (queue) => run(faults, queue)).pipe(Effect.provide(Queue.layerMemory({ faults })))
    })

  faulty("fails the next appends and no other", (faults, queue) =>
    Effect.gen(function* () {
      yield* faults.failAppends(2)
      assert.strictEqual(yield* reason(queue.append([message])), "io")
      assert.strictEqual(yield* reason(queue.append([message])), "io")
      assert.strictEqual((yield* queue.depth("activity")).waiting, 0)
      yield* queue.append([message])
      assert.strictEqual((yield* queue.depth("activity")).waiting, 1)
    })
  )

  faulty("an append may fail and be kept", (faults, queue) =>
    Effect.gen(function* () {
      yield* faults.failAppends(1, { isKept: true })
      assert.strictEqual(yield* reason(queue.append([message])), "io")
      yield* queue.append([message])
      assert.strictEqual((yield* queue.take(all)).length, 1)
      assert.deepStrictEqual(yield* queue.depth("activity"), { waiting: 0, taken: 1, oldestAppendedAt: 0 })
    })
  )

  faulty("a lost acknowledgement brings the message again", (faults, queue) =>
    Effect.gen(function* () {
      yield* faults.loseAcknowledgements(1)
      yield* queue.append([message])
      yield* queue.acknowledge(yield* queue.take(all))
      yield* TestClock.adjust("10 seconds")
      const again = yield* queue.take(all)
      assert.strictEqual(again[0].attempt, 2)
      yield* queue.acknowledge(again)
      assert.strictEqual((yield* queue.depth("activity")).taken, 0)
    })
  )

  faulty("a doubled delivery goes to two takers", (faults, queue) =>
    Effect.gen(function* () {
      yield* faults.doubleDeliveries(1)
      yield* queue.append([message])
      const first = yield* queue.take(all)
      const second = yield* queue.take(all)
      assert.deepStrictEqual([first[0].attempt, second[0].attempt], [1, 2])
      // The first holder's receipt is old by now, and an old receipt removes nothing.
      yield* queue.acknowledge(first)
      assert.strictEqual((yield* queue.depth("activity")).taken, 1)
      yield* queue.acknowledge(second)
      assert.strictEqual((yield* queue.depth("activity")).taken, 0)
    })
  )

  faulty("a delay holds every operation back", (faults, queue) =>
    Effect.gen(function* () {
      yield* faults.delay("3 seconds")
      const appending = yield* Effect.forkChild(queue.append([message]), { startImmediately: true })
      yield* TestClock.adjust(2999)
      assert.isUndefined(appending.pollUnsafe())
      yield* TestClock.adjust(1)
      yield* Fiber.join(appending)
      yield* faults.delay(0)
      assert.strictEqual((yield* queue.take(all))[0].appendedAt, 3000)
    })
  )

  faulty("a full queue refuses what is new until it is told otherwise", (faults, queue) =>
    Effect.gen(function* () {
      yield* queue.append([message])
      yield* faults.setFull(true)
      yield* queue.append([message])
      assert.strictEqual(yield* reason(queue.append([{ ...message, id: "b" }])), "full")
      yield* faults.setFull(false)
      yield* queue.append([{ ...message, id: "b" }])
    })
  )
})
