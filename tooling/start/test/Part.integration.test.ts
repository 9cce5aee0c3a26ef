import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import * as fs from "node:fs"
import * as path from "node:path"
import { root } from "../src/config.ts"
import * as Part from "../src/Part.ts"
import { folder, listener, portOf } from "./temporary.ts"

/** A part that writes its pid down and answers on the port that it is given. */
const program = `
  require("node:fs").writeFileSync(process.env.PID_FILE, String(process.pid))
  require("node:http").createServer((_, response) => response.end()).listen(process.env.PORT, "127.0.0.1")
`

const make = Effect.gen(function* () {
  const home = yield* folder
  const pidFile = path.join(home, "pid")
  const entry = path.join(home, "part.cjs")
  fs.writeFileSync(entry, program)
  const port = yield* Effect.scoped(Effect.map(listener, portOf))
  const part: Part.Part = {
    name: "part",
    entry: path.relative(root, entry),
    env: { PID_FILE: pidFile, PORT: String(port) },
    health: `http://127.0.0.1:${port}/`
  }
  return { part, entry, pid: () => Number(fs.readFileSync(pidFile, "utf8")) }
})

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

layer(NodeServices.layer, { excludeTestServices: true })("Part", (it) => {
  it.effect(
    "starts again when it is killed, and ends with the scope",
    Effect.fnUntraced(function* () {
      const { part, pid } = yield* make
      const last = yield* Effect.scoped(
        Effect.gen(function* () {
          yield* (yield* Part.launch(part)).firstAnswer
          const first = pid()
          process.kill(first, "SIGKILL")
          yield* Effect.sync(pid).pipe(
            Effect.repeat({ schedule: Schedule.spaced("20 millis"), until: (now) => now > 0 && now !== first })
          )
          return pid()
        })
      )
      assert.isFalse(isAlive(last))
    }),
    30_000
  )

  it.effect(
    "gives up when it does not come up at all",
    Effect.fnUntraced(function* () {
      const { part, entry } = yield* make
      fs.writeFileSync(entry, "process.exit(3)")
      const error = yield* Effect.scoped(Effect.flatMap(Part.launch(part), (it) => Effect.flip(it.firstAnswer)))
      assert.include(error.message, "exit code 3")
    }),
    30_000
  )

  it.effect("says so when it was not built", () =>
    Effect.gen(function* () {
      const { part } = yield* make
      const error = yield* Effect.flip(Part.launch({ ...part, entry: "apps/nothing/dist/main.js" }))
      assert.include(error.message, "apps/nothing/dist/main.js")
    })
  )
})
