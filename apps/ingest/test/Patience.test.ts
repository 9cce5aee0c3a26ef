import { assert, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { patiently } from "../src/Job.ts"

it.effect("what ends by a failure or a defect is done again", () =>
  Effect.gen(function* () {
    let tries = 0
    const job = Effect.suspend(() => {
      tries += 1
      if (tries === 1) return Effect.fail("away")
      return tries === 2 ? Effect.die(new Error("a bug")) : Effect.succeed(tries)
    })
    const fiber = yield* Effect.forkChild(job.pipe(patiently("It failed; trying again")))
    yield* TestClock.adjust("1 minute")
    assert.strictEqual(yield* Fiber.join(fiber), 3)
  })
)
