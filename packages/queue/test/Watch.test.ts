import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Logger } from "effect"
import { TestClock } from "effect/testing"
import { of } from "../src/Fill.ts"
import { config, resolve } from "../src/Limits.ts"
import { Queue } from "../src/Queue.ts"
import { levelAfter, watch } from "../src/Watch.ts"

const message = (index: number) => ({ id: String(index), topic: "sms" as const, body: "" })

describe("the room of a queue", () => {
  it("is that of the scarcest of messages, bytes and disk", () => {
    const limits = { messagesMax: 100, bytesMax: 1000 }
    const share = (messages: number, bytes: number, room?: number) => of({ messages, bytes }, limits, room).share
    assert.closeTo(share(50, 100), 0.45, 1e-9)
    assert.closeTo(share(1, 500), 0.45, 1e-9)
    assert.closeTo(share(1, 500, 500), 0.45, 1e-9)
    assert.closeTo(share(1, 500, 0), 0.9, 1e-9)
    assert.closeTo(share(0, 0, 0), 0.9, 1e-9)
    assert.strictEqual(share(500, 5000, -5), 1)
  })

  it.each([
    ["", resolve({}).bytesMax],
    ["2 GiB", resolve({}).bytesMax],
    ["10 MiB", 9_437_184]
  ])(
    "is set by SPOOR_QUEUE_SIZE, here %o, of which a tenth is left for what stands beside bodies",
    (size, bytesMax) => {
      const read = config.parse(ConfigProvider.fromUnknown({ SPOOR_QUEUE_SIZE: size }))
      assert.strictEqual(Effect.runSync(read).bytesMax, bytesMax)
    }
  )

  it.each(["2", "two GiB", "1 KiB", "2 TiB"])("is not %o", (size) => {
    const read = config.parse(ConfigProvider.fromUnknown({ SPOOR_QUEUE_SIZE: size }))
    assert.match(String(Effect.runSync(Effect.flip(read))), /SPOOR_QUEUE_SIZE/u)
  })

  it("is at a level that is not left by a little", () => {
    const shares = [0.1, 0.49, 0.5, 0.47, 0.51, 0.4, 0.9, 0.87, 0.84, 0.1]
    let level: ReturnType<typeof levelAfter> = "calm"
    assert.deepStrictEqual(
      shares.map((share) => (level = levelAfter(level, share))),
      ["calm", "calm", "alarm", "alarm", "alarm", "calm", "full", "full", "alarm", "calm"]
    )
  })

  it.effect("is spoken of in the log when it becomes scarce, when it ends, and when it is there again", () => {
    const lines: Array<string> = []
    const logger = Logger.make(({ logLevel, message: said }) => lines.push(`${logLevel} ${JSON.stringify(said)}`))
    return Effect.gen(function* () {
      const queue = yield* Queue
      yield* Effect.forkScoped(watch)
      const told = Effect.andThen(
        TestClock.adjust("6 seconds"),
        Effect.sync(() => lines.splice(0))
      )
      assert.deepStrictEqual(yield* told, [])
      yield* queue.append([1, 2, 3].map(message))
      assert.match((yield* told).join(), /^Warn .*used 50 % of its room.*from 90 % on.*"used":"68 %"/u)
      assert.deepStrictEqual(yield* told, [])
      yield* queue.append([message(4)])
      assert.match((yield* told).join(), /^Error .*The queue is full/u)
      yield* TestClock.adjust("10 minutes")
      assert.lengthOf(lines.splice(0), 1)
      yield* queue.acknowledge(yield* queue.take({ topic: "sms", messagesMax: 10, bytesMax: 10 }))
      assert.match((yield* told).join(), /^Info .*room again/u)
    }).pipe(Effect.scoped, Effect.provide([Queue.layerMemory({ messagesMax: 4 }), Logger.layer([logger])]))
  })
})
