import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Backoff from "../../src/webhook/Backoff.ts"

const now = Date.UTC(2026, 10, 24, 12)
const SECOND = 1_000
const HOUR = 3_600 * SECOND
const schedule = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map((seconds) => seconds * SECOND)

describe("when a webhook is tried again", () => {
  it.effect("waits longer after each failure, never twice as long as the others, and gives up after ten", () =>
    Effect.gen(function* () {
      for (const [index, delay] of schedule.entries()) {
        const waits = new Set<number>()
        for (let round = 0; round < 200; round++) waits.add((yield* Backoff.next(index + 1, now, null))! - now)
        assert.isAtLeast(Math.min(...waits), delay * 0.8)
        assert.isAtMost(Math.max(...waits), delay * 1.2)
        assert.isAbove(Math.max(...waits) - Math.min(...waits), delay * 0.2)
      }
      for (const attempts of [10, 11, 99]) assert.isNull(yield* Backoff.next(attempts, now, null))
    })
  )

  it.effect("waits for as long as the subscriber asks, and no shorter than without", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Backoff.next(1, now, now + HOUR), now + HOUR)
      assert.isAtLeast((yield* Backoff.next(2, now, now + SECOND))!, now + 240 * SECOND)
      assert.isNull(yield* Backoff.next(10, now, now + HOUR))
    })
  )

  it.each([
    ["120", now + 120 * SECOND],
    [" 7 ", now + 7 * SECOND],
    ["999999999", now + 24 * HOUR],
    ["Tue, 24 Nov 2026 12:02:00 GMT", now + 120 * SECOND],
    ["Tue, 24 Nov 2099 12:02:00 GMT", now + 24 * HOUR],
    ["0", null],
    ["-5", null],
    ["1.5", null],
    ["9999999999999", null],
    ["Tue, 24 Nov 2026 11:59:59 GMT", null],
    ["soon", null],
    ["", null],
    [null, null]
  ] as const)("reads Retry-After: %s", (text, until) => assert.strictEqual(Backoff.pausedUntil(text, now), until))
})
