import { assert, describe, it } from "@effect/vitest"
import { Effect, Struct } from "effect"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Secrets from "../src/Secrets.ts"
import { folder } from "./temporary.ts"

describe("Secrets", () => {
  it.effect("are made once and found again", () =>
    Effect.gen(function* () {
      const home = yield* folder
      const made = yield* Secrets.loadOrMake(home, "admin@spoor.local")
      assert.deepStrictEqual(yield* Secrets.loadOrMake(home, "other@spoor.local"), made)
    })
  )

  it.effect("are readable by their owner alone", () =>
    Effect.gen(function* () {
      const home = yield* folder
      yield* Secrets.loadOrMake(home, "admin@spoor.local")
      assert.strictEqual(fs.statSync(path.join(home, "secrets.json")).mode & 0o777, 0o600)
    })
  )

  it.effect("gain what an earlier version did not write, and keep the others", () =>
    Effect.gen(function* () {
      const home = yield* folder
      const file = path.join(home, "secrets.json")
      const earlier = Struct.omit(yield* Secrets.loadOrMake(home, "admin@spoor.local"), ["apiKey", "smsSecret"])
      fs.writeFileSync(file, JSON.stringify(earlier))
      const now = yield* Secrets.loadOrMake(home, "admin@spoor.local")
      assert.deepInclude(now, earlier)
      assert.match(now.apiKey, /^ak_[\w-]{32}$/)
      assert.match(now.smsSecret, /^[\w-]{20}$/)
      assert.deepStrictEqual(yield* Secrets.loadOrMake(home, "admin@spoor.local"), now)
    })
  )

  it.effect("are never made anew over a damaged file", () =>
    Effect.gen(function* () {
      const home = yield* folder
      const file = path.join(home, "secrets.json")
      fs.writeFileSync(file, '{"adminEmail":"a')
      const error = yield* Effect.flip(Secrets.loadOrMake(home, "admin@spoor.local"))
      assert.include(error.message, file)
      assert.strictEqual(fs.readFileSync(file, "utf8"), '{"adminEmail":"a')
    })
  )
})
