import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { SignInThrottle } from "../src/SignInThrottle.ts"
import * as Shop from "./Shop.ts"

const SECOND = 1_000
const noon = Date.UTC(2026, 10, 24, 12)

/** Two attempts are free, then a second each, doubling. */
const delay = (failures: number) => (failures < 2 ? 0 : SECOND * 2 ** (failures - 2))
const subjects = (account: string, address: string) => [
  { name: account, delay },
  { name: address, delay }
]

layer(SignInThrottle.layer.pipe(Layer.provideMerge(Shop.layer)), { timeout: "60 seconds" })(
  "the sign-in throttle",
  (it) => {
    it.effect("lets attempts pass until they must wait, and notes none that waits", () =>
      Effect.gen(function* () {
        const { attempt } = yield* SignInThrottle
        const tries = attempt(subjects("a1", "b1"))
        yield* TestClock.setTime(noon)
        assert.deepStrictEqual([yield* tries, yield* tries, yield* tries, yield* tries], [0, 0, SECOND, SECOND])
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual([yield* tries, yield* tries], [0, 2 * SECOND])
      })
    )

    it.effect("slows an address that tries many accounts, and an account that is tried from many addresses", () =>
      Effect.gen(function* () {
        const { attempt } = yield* SignInThrottle
        yield* TestClock.setTime(noon)
        yield* Effect.forEach(["x", "y"], (account) => attempt(subjects(account, "b2")))
        assert.strictEqual(yield* attempt(subjects("z", "b2")), SECOND)
        yield* Effect.forEach(["b3", "b4"], (address) => attempt(subjects("w", address)))
        assert.strictEqual(yield* attempt(subjects("w", "b5")), SECOND)
      })
    )

    it.effect("lets no more through when a hundred try at once", () =>
      Effect.gen(function* () {
        const { attempt } = yield* SignInThrottle
        yield* TestClock.setTime(noon)
        const waits = yield* Effect.all(
          Array.from({ length: 100 }, () => attempt(subjects("crowd", "b6"))),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(waits.filter((wait) => wait === 0).length, 2)
      })
    )

    it.effect("forgets an account that got in, but only one failure of its address", () =>
      Effect.gen(function* () {
        const { attempt, clear } = yield* SignInThrottle
        yield* TestClock.setTime(noon)
        yield* attempt(subjects("a7", "b7"))
        yield* attempt(subjects("a7", "b7"))
        yield* clear("a7", "b7")
        assert.strictEqual(yield* attempt(subjects("a7", "b8")), 0)
        assert.strictEqual(yield* attempt(subjects("a8", "b7")), 0)
        assert.strictEqual(yield* attempt(subjects("a9", "b7")), SECOND)
      })
    )

    it.effect("forgets after an hour, and sweeps what it forgot", () =>
      Effect.gen(function* () {
        const { attempt, sweep } = yield* SignInThrottle
        const sql = yield* SqlClient.SqlClient
        yield* TestClock.setTime(noon)
        const tries = attempt(subjects("a10", "b10"))
        assert.deepStrictEqual([yield* tries, yield* tries, yield* tries], [0, 0, SECOND])
        yield* TestClock.adjust("61 minutes")
        assert.deepStrictEqual([yield* tries, yield* tries], [0, 0])
        yield* TestClock.adjust("61 minutes")
        yield* sweep
        assert.strictEqual((yield* sql`select 1 from sign_in_throttle`).length, 0)
      })
    )
  }
)
