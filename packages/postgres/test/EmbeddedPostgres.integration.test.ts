import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Redacted, Schedule, Scope } from "effect"
import { SqlClient } from "effect/sql"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import * as PostgresClient from "../src/PostgresClient.ts"

const TIMEOUT_MS = 60_000

const folder = Effect.acquireRelease(
  Effect.sync(() => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "spoor-embedded-test-"))
    fs.chmodSync(folder, 0o755)
    return folder
  }),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
)

/** One server over this directory; closing the scope stops it. */
const boot = Effect.fnUntraced(function* (dataDirectory: string) {
  const scope = yield* Scope.make()
  const context = yield* Layer.buildWithScope(EmbeddedPostgres.layer({ dataDirectory }), scope)
  return { ...Context.get(context, EmbeddedPostgres), stop: Scope.close(scope, Exit.void) }
})

const query = <A extends object>(url: Redacted.Redacted<string>, statement: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe<A>(statement)).pipe(
    Effect.provide(PostgresClient.layer({ url }))
  )

const isGone = (pid: number) =>
  Effect.sync(() => {
    try {
      return !process.kill(pid, 0)
    } catch {
      return true
    }
  })

const pidOf = (dataDirectory: string) =>
  Number(fs.readFileSync(path.join(dataDirectory, "postmaster.pid"), "utf8").split("\n")[0])

describe("EmbeddedPostgres", () => {
  it.live(
    "keeps its data from one start to the next",
    Effect.fnUntraced(function* () {
      const directory = path.join(yield* folder, "data")
      const first = yield* boot(directory)
      yield* query(first.url, "create table kept (n int); insert into kept values (7)")
      yield* first.stop
      assert.isFalse(fs.existsSync(path.join(directory, "postmaster.pid")))
      const second = yield* boot(directory)
      assert.isFalse(second.isAttached)
      assert.deepStrictEqual([...(yield* query(second.url, "select n from kept"))], [{ n: 7 }])
      yield* second.stop
    }),
    TIMEOUT_MS
  )

  it.live(
    "is found while it runs by a process that only visits, and not made or started otherwise",
    Effect.fnUntraced(function* () {
      const directory = path.join(yield* folder, "data")
      const visit = Effect.flatMap(EmbeddedPostgres, ({ url }) => query<{ n: number }>(url, "select 1 as n")).pipe(
        Effect.provide(EmbeddedPostgres.layerRunning({ dataDirectory: directory }))
      )
      const missing = { message: `no database runs in ${directory}` }
      assert.deepInclude(yield* Effect.flip(visit), missing)
      assert.deepStrictEqual(fs.readdirSync(path.dirname(directory)), [])
      const server = yield* boot(directory)
      assert.deepStrictEqual([...(yield* visit)], [{ n: 1 }])
      assert.deepStrictEqual([...(yield* query(server.url, "select 2 as n"))], [{ n: 2 }])
      yield* server.stop
      assert.deepInclude(yield* Effect.flip(visit), missing)
      assert.isFalse(fs.existsSync(path.join(directory, "postmaster.pid")))
    }),
    TIMEOUT_MS
  )

  it.live(
    "asks for the password, which only its owner can read",
    Effect.fnUntraced(function* () {
      const directory = path.join(yield* folder, "data")
      const server = yield* boot(directory)
      assert.strictEqual(fs.statSync(`${directory}.password`).mode & 0o777, 0o600)
      const wrong = Redacted.value(server.url).replace(/:[^:@]+@/, ":guess@")
      const failure = yield* query(Redacted.make(wrong), "select 1").pipe(Effect.flip)
      assert.strictEqual(failure.reason._tag, "AuthenticationError")
      yield* server.stop
    }),
    TIMEOUT_MS
  )

  it.live(
    "shares a server whose process lives, and leaves it running",
    Effect.fnUntraced(function* () {
      const directory = path.join(yield* folder, "data")
      const first = yield* boot(directory)
      const second = yield* boot(directory)
      assert.isTrue(second.isAttached)
      yield* second.stop
      assert.lengthOf(yield* query(first.url, "select 1"), 1)
      yield* first.stop
    }),
    TIMEOUT_MS
  )

  it.live(
    "takes over a server whose process was killed, and stops it",
    Effect.fnUntraced(function* () {
      const directory = path.join(yield* folder, "data")
      const first = yield* boot(directory)
      fs.writeFileSync(`${directory}.owner`, "999999999")
      const second = yield* boot(directory)
      assert.isTrue(second.isAttached)
      const pid = pidOf(directory)
      yield* first.stop.pipe(Effect.forkChild) // It would start the server again: the scope ends that first.
      yield* second.stop
      // Its parent, this process, has to hear of its end before the system forgets it.
      yield* Effect.repeat(isGone(pid), { until: (gone) => gone, schedule: Schedule.spaced("20 millis") })
    }),
    TIMEOUT_MS
  )

  it.live(
    "is not misled by the lock file of a server that is gone",
    Effect.fnUntraced(function* () {
      const directory = path.join(yield* folder, "data")
      const first = yield* boot(directory)
      const lock = fs.readFileSync(path.join(directory, "postmaster.pid"), "utf8")
      yield* first.stop
      const stale = lock.split("\n").toSpliced(0, 1, String(process.pid)).join("\n")
      fs.writeFileSync(path.join(directory, "postmaster.pid"), stale)
      const second = yield* boot(directory)
      assert.lengthOf(yield* query(second.url, "select 1"), 1)
      yield* second.stop
    }),
    TIMEOUT_MS
  )

  it.live(
    "starts a killed server again on the same port, with every committed row",
    Effect.fnUntraced(function* () {
      const directory = path.join(yield* folder, "data")
      const server = yield* boot(directory)
      yield* query(server.url, "create table kept (n int); insert into kept values (7)")
      process.kill(pidOf(directory), "SIGKILL")
      const rows = yield* query(server.url, "select n from kept").pipe(
        Effect.delay("100 millis"),
        Effect.retry({ times: 100 })
      )
      assert.deepStrictEqual([...rows], [{ n: 7 }])
      yield* server.stop
    }),
    TIMEOUT_MS
  )
})
