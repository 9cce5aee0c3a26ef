import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, layer } from "@effect/vitest"
import { migrate, PostgresClient, Vitals } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Faults, Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { SqlClient } from "effect/sql"
import { execFileSync } from "node:child_process"
import { createServer } from "node:http"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Health from "../src/Health.ts"
import { ask, until } from "./Process.ts"

/** The routes of health on a real server, for these roles. */
const serve = (roles: ReadonlyArray<Health.Role>) =>
  HttpRouter.serve(Health.routes, { disableLogger: true, disableListenLog: true }).pipe(
    Layer.provide(Health.Readiness.layer(roles)),
    Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { port: 0, host: "127.0.0.1" }))
  )

const readiness = Effect.gen(function* () {
  const origin = HttpServer.formatAddress((yield* HttpServer.HttpServer).address)
  const { status, text } = yield* ask(`${origin}/readyz`)
  return [status, JSON.parse(text)] as const
})

const is = (status: number, body: Health.Condition) => (answer: readonly [number, unknown]) =>
  answer[0] === status && JSON.stringify(answer[1]) === JSON.stringify(body)

const message = (id: string) => ({ id, topic: "activity" as const, body: "{}" })

/** A queue file with room for one message; `close` ends the queue while others still hold it. */
const smallQueue = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-health-"))),
    (made) => Effect.promise(() => rm(made, { recursive: true, force: true }))
  )
  const scope = yield* Scope.make()
  const built = yield* Layer.buildWithScope(Queue.layerEmbedded({ folder, messagesMax: 1 }), scope)
  return { queue: Context.get(built, Queue), close: Scope.close(scope, Exit.void) }
})

layer(Vitals.layer.pipe(Layer.provideMerge(TestDatabase.layer)), { timeout: "60 seconds", excludeTestServices: true })(
  "the readiness of doors",
  (it) => {
    it.effect("is that of the queue: full, with room again, closed", () =>
      Effect.gen(function* () {
        const { close, queue } = yield* smallQueue
        yield* Effect.gen(function* () {
          yield* until(readiness, is(200, { doors: "ready" }))
          yield* queue.append([message("a")])
          yield* until(readiness, is(503, { doors: "queue is full" }))
          yield* queue.acknowledge(yield* queue.take({ topic: "activity", messagesMax: 1, bytesMax: 1 }))
          yield* until(readiness, is(200, { doors: "ready" }))
          assert.deepStrictEqual(yield* queue.depth("activity"), { waiting: 0, taken: 0 })
          yield* close
          yield* until(readiness, is(503, { doors: "queue is closed" }))
        }).pipe(Effect.provide(Layer.provide(serve(["doors"]), Layer.succeed(Queue, queue))))
      }).pipe(Effect.scoped)
    )

    it.effect("is not given by a queue that takes longer than a request may wait", () => {
      const faults = new Faults()
      return Effect.gen(function* () {
        yield* until(readiness, is(200, { doors: "ready" }))
        yield* faults.delay("1 minute")
        yield* until(readiness, is(503, { doors: "queue does not answer" }))
        yield* faults.delay(0)
      }).pipe(Effect.provide(Layer.provide(serve(["doors"]), Queue.layerMemory({ faults }))))
    })
  }
)

/** PostgreSQL's process and all of its children. */
const processesOf = (pid: number): ReadonlyArray<number> => [
  pid,
  ...execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)])
    .toString()
    .trim()
    .split(/\s+/)
    .map(Number)
]

layer(
  Vitals.layer.pipe(
    Layer.provideMerge(Layer.unwrap(Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url })))),
    Layer.provideMerge(EmbeddedPostgres.layerEphemeral),
    Layer.provideMerge(Queue.layerMemory())
  ),
  { timeout: "60 seconds", excludeTestServices: true }
)("the readiness of a worker", (it) => {
  it.effect("is not given by a database without the schema, nor by one that hangs, and nobody waits for it", () =>
    Effect.gen(function* () {
      yield* until(readiness, is(503, { worker: "migrations are missing" }))
      yield* migrate
      yield* until(readiness, is(200, { worker: "ready" }))

      const sql = yield* SqlClient.SqlClient
      const [server] = yield* sql<{ pid: string }>`select split_part(pg_read_file('postmaster.pid'), chr(10), 1) as pid`
      const processes = processesOf(Number(server?.pid))
      yield* Effect.acquireUseRelease(
        Effect.sync(() => processes.forEach((pid) => process.kill(pid, "SIGSTOP"))),
        () =>
          Effect.gen(function* () {
            const begun = performance.now()
            yield* until(readiness, is(503, { worker: "database does not answer" }))
            yield* Effect.all([readiness, readiness, readiness], { concurrency: "unbounded" })
            assert.isBelow(performance.now() - begun, 6_000)
          }),
        () => Effect.sync(() => processes.toReversed().forEach((pid) => process.kill(pid, "SIGCONT")))
      )
      yield* until(readiness, is(200, { worker: "ready" }))
    }).pipe(Effect.provide(serve(["worker"])))
  )
})
