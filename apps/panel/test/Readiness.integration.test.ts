import { assert, layer } from "@effect/vitest"
import { TestDatabase } from "@spoor/testing"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { execFileSync } from "node:child_process"
import { Readiness } from "../src/lib/server/Readiness.ts"

const Services = Readiness.layer.pipe(Layer.provideMerge(TestDatabase.layer))

/** Asks until an answer of before is stale. */
const condition = Effect.flatMap(Readiness, (readiness) => Effect.delay(readiness.condition, "1100 millis"))

/** PostgreSQL's process and all of its children. */
const processesOf = (pid: number): ReadonlyArray<number> => [
  pid,
  ...execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)])
    .toString()
    .trim()
    .split(/\s+/)
    .map(Number)
]

layer(Services, { timeout: "60 seconds", excludeTestServices: true })("the panel's readiness", (it) => {
  it.effect(
    "is that of its database: there, hanging, there again, of another version",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        assert.strictEqual(yield* condition, "ready")
        const [server] = yield* sql<{
          pid: string
        }>`select split_part(pg_read_file('postmaster.pid'), chr(10), 1) as pid`
        const processes = processesOf(Number(server?.pid))
        yield* Effect.acquireUseRelease(
          Effect.sync(() => processes.forEach((pid) => process.kill(pid, "SIGSTOP"))),
          () =>
            Effect.gen(function* () {
              const begun = performance.now()
              for (let asked = 0; asked < 2; asked++) assert.strictEqual(yield* condition, "database does not answer")
              assert.isBelow(performance.now() - begun, 6_000)
            }),
          () => Effect.sync(() => processes.toReversed().forEach((pid) => process.kill(pid, "SIGCONT")))
        )
        yield* Effect.sleep("1 second")
        assert.strictEqual(yield* condition, "ready")
        yield* sql`alter table migration rename to elsewhere`
        assert.strictEqual(yield* condition, "migrations are missing")
      }),
    30_000
  )
})
