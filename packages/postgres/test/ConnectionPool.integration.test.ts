import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import * as PostgresClient from "../src/PostgresClient.ts"

const poolSizeMax = 4
const Database = Layer.unwrap(
  Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url, poolSizeMax }))
).pipe(Layer.provideMerge(EmbeddedPostgres.layerEphemeral))

layer(Database, { timeout: "60 seconds", excludeTestServices: true })("transactions of a server that dies", (it) => {
  it.effect(
    "fail as a whole, in a statement or between two, and leave every connection to those who come after",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`create table kept (n int)`
        // A test server may lose what it committed last.
        yield* sql`checkpoint`
        const isKilled = yield* Deferred.make<void>()
        const asking = sql.withTransaction(Effect.andThen(sql`insert into kept values (1)`, sql`select pg_sleep(600)`))
        const waiting = sql.withTransaction(
          Effect.andThen(
            sql`insert into kept values (2)`,
            Effect.andThen(Deferred.await(isKilled), sql`insert into kept values (3)`)
          )
        )
        const fibers = yield* Effect.forEach([asking, waiting], (effect) => Effect.forkChild(Effect.flip(effect)))
        const open = sql`
          select 1 from pg_stat_activity where wait_event = 'PgSleep' or state = 'idle in transaction'`
        yield* Effect.repeat(open, { until: (rows) => rows.length === 2 })
        const [server] = yield* sql<{ readonly pid: string }>`
          select split_part(pg_read_file('postmaster.pid'), chr(10), 1) as pid`
        process.kill(Number(server?.pid), "SIGKILL")

        const asked = yield* Fiber.join(fibers[0]!)
        // What is connected may be answered for a moment more. Once there is a new server, the other one's connection is closed, too;
        // what it asks next must not go out on a new one.
        const isNew = sql<{ readonly pid: string }>`
          select split_part(pg_read_file('postmaster.pid'), chr(10), 1) as pid`.pipe(
          Effect.map(([now]) => now?.pid !== server?.pid),
          Effect.orElseSucceed(() => false)
        )
        yield* Effect.repeat(isNew, { until: (isNew) => isNew })
        yield* Deferred.succeed(isKilled, undefined)
        const waited = yield* Fiber.join(fibers[1]!)
        for (const error of [asked, waited]) {
          assert.strictEqual(error._tag === "SqlError" ? error.reason._tag : error, "ConnectionError")
        }

        // More at once than there are connections, each of them held for a moment.
        const held = sql.withTransaction(Effect.andThen(sql`insert into kept values (4)`, sql`select pg_sleep(0.05)`))
        yield* Effect.all(
          Array.from({ length: 3 * poolSizeMax }, () => held),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(
          [...(yield* sql`select n, count(*)::int as count from kept group by n order by n`)],
          [{ n: 4, count: 3 * poolSizeMax }]
        )
      }),
    60_000
  )

  it.effect(
    "that begin while there is no server fail, and cost no connection",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const [server] = yield* sql<{ readonly pid: string }>`
          select split_part(pg_read_file('postmaster.pid'), chr(10), 1) as pid`
        process.kill(Number(server?.pid), "SIGKILL")
        // What is connected may be answered for a moment more.
        yield* Effect.repeat(Effect.exit(sql`select 1`), { until: (exit) => exit._tag === "Failure" })
        let failed = 0
        const insert = Effect.tapError(sql.withTransaction(sql`select 1`), () => Effect.sync(() => (failed += 1)))
        yield* Effect.all(
          Array.from({ length: poolSizeMax }, () => Effect.eventually(insert)),
          { concurrency: "unbounded" }
        )
        assert.isAtLeast(failed, poolSizeMax)
        const held = sql.withTransaction(sql`select pg_sleep(0.05)`)
        yield* Effect.all(
          Array.from({ length: 3 * poolSizeMax }, () => held),
          { concurrency: "unbounded" }
        )
      }),
    60_000
  )
})
