import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Home from "../src/Home.ts"
import { folder } from "./temporary.ts"

describe("Home", () => {
  it.effect("is made, held while the scope lives, and given back", () =>
    Effect.gen(function* () {
      const home = path.join(yield* folder, "deep", "home")
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* Home.open(home)
          assert.strictEqual(fs.readFileSync(path.join(home, "start.pid"), "utf8"), String(process.pid))
        })
      )
      assert.isFalse(fs.existsSync(path.join(home, "start.pid")))
    })
  )

  it.effect("is not held by a process that is gone", () =>
    Effect.gen(function* () {
      const home = yield* folder
      fs.writeFileSync(path.join(home, "start.pid"), "999999999")
      yield* Home.open(home)
    })
  )

  it.effect("is not held by a stranger that got the pid of a dead launcher", () =>
    Effect.gen(function* () {
      const home = yield* folder
      fs.writeFileSync(path.join(home, "start.pid"), "1")
      yield* Home.open(home)
    })
  )
})
