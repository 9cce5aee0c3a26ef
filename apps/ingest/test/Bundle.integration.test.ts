import { assert, layer } from "@effect/vitest"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Program, TestDatabase } from "@spoor/testing"
import { Effect, Redacted } from "effect"
import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { promisify } from "node:util"

const app = join(import.meta.dirname, "..")

/** Inside the app, because a bundle looks for npm's packages from where it lies. */
const folder = Effect.acquireRelease(
  Effect.sync(() => {
    const place = join(app, "node_modules")
    mkdirSync(place, { recursive: true })
    return mkdtempSync(join(place, ".bundle-"))
  }),
  (made) => Effect.sync(() => rmSync(made, { recursive: true }))
)

const bundle = (into: string) =>
  Effect.promise(() => {
    const tsup = createRequire(import.meta.url).resolve("tsup/package.json")
    const options = ["--out-dir", into, "--silent"]
    return promisify(execFile)(process.execPath, [join(tsup, "../dist/cli-default.js"), ...options], { cwd: app })
  })

/** The process as `npm start` runs it, but on any port. Gives its port and what ends it. */
const started = (file: string, settings: Record<string, string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(process.execPath, [file], { env: { ...process.env, ...settings }, stdio: "pipe" })
      let said = ""
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text))
      return { child, exited: once(child, "exit"), said: () => said }
    }),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

layer(TestDatabase.layer, { timeout: "60 seconds", excludeTestServices: true })("the bundle", (it) => {
  it.effect(
    "starts with every setting at its default, is ready, and ends when it is told to",
    () =>
      Effect.gen(function* () {
        const at = yield* folder
        yield* bundle(at)
        const { url } = yield* EmbeddedPostgres
        const { child, exited, said } = yield* started(join(at, "main.js"), {
          DATABASE_URL: Redacted.value(url),
          SPOOR_HOME: join(at, "home"),
          SPOOR_INGEST_PORT: String(yield* Program.freePort)
        })
        const listening = /http:\/\/127\.0\.0\.1:\d+/
        yield* Effect.repeat(Effect.sleep("50 millis"), {
          until: () => child.exitCode !== null || listening.test(said())
        })
        const [origin] = listening.exec(said()) ?? assert.fail(said())
        const ready = yield* Effect.promise(() => fetch(`${origin}/readyz`))
        assert.deepStrictEqual(
          [ready.status, yield* Effect.promise(() => ready.json())],
          [200, { doors: "ready", worker: "ready" }]
        )
        child.kill("SIGTERM")
        yield* Effect.promise(() => exited)
        // Nobody had to kill it; Effect's code for an interruption.
        assert.deepStrictEqual([child.exitCode, child.signalCode], [130, null], said())
      }).pipe(Effect.scoped),
    60_000
  )
})
