import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import * as fs from "node:fs"
import * as Snapshot from "../scripts/Snapshot.ts"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import { migrate } from "../src/Migrations.ts"
import * as PostgresClient from "../src/PostgresClient.ts"

const Database = Layer.unwrap(Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url }))).pipe(
  Layer.provideMerge(EmbeddedPostgres.layerEphemeral)
)

layer(Database, { timeout: "60 seconds", excludeTestServices: true })("migrations", (it) => {
  it.effect("run once when several processes start at the same time", () =>
    Effect.gen(function* () {
      const { url } = yield* EmbeddedPostgres
      const start = migrate.pipe(Effect.provide(PostgresClient.layer({ url })))
      const runs = yield* Effect.all([start, start, start, start], { concurrency: "unbounded" })
      const ran = runs.flat().map(([, name]) => name)
      assert.deepStrictEqual(ran, [...new Set(ran)])
      assert.include(ran, "foundation")
      assert.deepStrictEqual([...(yield* migrate)], [])
    })
  )

  it.effect("amount to the committed snapshot (else: npm run snapshot -w @spoor/postgres)", () =>
    Effect.gen(function* () {
      yield* migrate
      assert.strictEqual(fs.readFileSync(Snapshot.file, "utf8"), yield* Snapshot.take)
    })
  )

  it.effect("give every table a primary key that begins with the business unit", () =>
    Effect.gen(function* () {
      yield* migrate
      const sql = yield* SqlClient.SqlClient
      // The migrator's own list is about the database, not about any unit.
      const others = yield* sql`
        select c.relname from pg_class c
          left join pg_index i on i.indrelid = c.oid and i.indisprimary
          left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'migration'
          and a.attname is distinct from 'unit_id'`
      assert.deepStrictEqual([...others], [])
    })
  )

  it.effect(
    "build indexes beside writers, and leave nothing when they are stopped",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const before = yield* windBack
        const writer = yield* open(insert)
        const upgrade = yield* Effect.forkChild(migrate)
        yield* until(sql`select from pg_index where indrelid = 'api_log'::regclass and not indisvalid`)
        // A build that held writers up would hold this one up until the first ends.
        yield* insert
        const modes = yield* sql`
        select distinct mode from pg_locks where relation = 'api_log'::regclass and pid in
          (select pid from pg_stat_activity where query like 'create index%') order by 1`
        assert.deepStrictEqual([...modes], [{ mode: "ShareUpdateExclusiveLock" }])
        // Who might look into the index is waited for before it goes.
        const stopped = yield* Effect.forkChild(Fiber.interrupt(upgrade), { startImmediately: true })
        yield* writer.end
        yield* Fiber.join(stopped)
        assert.strictEqual(yield* Snapshot.take, before)
        assert.lengthOf(yield* sql`select from migration where migration_id = 17`, 0)
        yield* migrate
      }),
    60_000
  )

  it.effect(
    "build again what a process left unfinished that was killed",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* windBack
        const writer = yield* open(insert)
        const upgrade = yield* Effect.forkChild(Effect.flip(migrate))
        const unfinished = sql`select from pg_index where indrelid = 'api_log'::regclass and not indisvalid`
        yield* until(unfinished)
        yield* sql`select pg_terminate_backend(pid) from pg_stat_activity where query like 'create index%'`
        yield* Fiber.join(upgrade)
        assert.lengthOf(yield* unfinished, 1)
        yield* writer.end
        assert.deepStrictEqual([...(yield* migrate)], [[17, "rare_values"]])
        assert.lengthOf(yield* unfinished, 0)
        assert.strictEqual(fs.readFileSync(Snapshot.file, "utf8"), yield* Snapshot.take)
      }),
    60_000
  )

  it.effect(
    "take away what they built when a later change of theirs fails",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`delete from migration where migration_id in (15, 29, 31, 32)`
        yield* sql`drop index activity_type, activity_url, session_event_type, session_event_superseded, session_email`
        const before = yield* Snapshot.take
        assert.strictEqual((yield* Effect.flip(migrate)).reason._tag, "SqlSyntaxError")
        assert.strictEqual(yield* Snapshot.take, before)
        yield* sql`create index session_email on session (unit_id, email)`
        assert.deepStrictEqual(
          [...(yield* migrate)],
          [
            [15, "grown_logs"],
            [29, "address_beginnings"],
            [31, "wider_indexes"],
            [32, "sessions_in_indexes"]
          ]
        )
        assert.strictEqual(fs.readFileSync(Snapshot.file, "utf8"), yield* Snapshot.take)
      }),
    60_000
  )

  it.effect(
    "let others pass while they wait for a lock",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`insert into business_unit (name) values ('one'), ('two')`
        yield* sql`delete from migration where migration_id = 16`
        yield* sql`drop table retention`
        const rename = (name: string) => sql`update business_unit set name = name || '!' where name = ${name}`
        const writer = yield* open(rename("one"))
        const upgrade = yield* Effect.forkChild(migrate)
        yield* until(sql`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%create table%'`)
        yield* rename("two")
        yield* writer.end
        assert.deepStrictEqual([...(yield* Fiber.join(upgrade))], [[16, "retention"]])
      }),
    60_000
  )
})

const insert = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`
    insert into api_log (unit_id, item_id, occurred_at, url, method, status, request_id, processing_ms)
    values (1, gen_random_uuid()::text, now(), '/orders', 'GET', 200, 'r', 1)`
)

/** The database as it was before migration 17. *Shape*: its schema. */
const windBack = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`delete from migration where migration_id = 17`
  yield* sql`drop index api_log_method, panel_log_method, sms_log_category, sms_log_permanence`
  return yield* Snapshot.take
})

/** A transaction that has done `work` and ends when it is told to. */
const open = Effect.fn(function* <E>(work: Effect.Effect<unknown, E, SqlClient.SqlClient>) {
  const sql = yield* SqlClient.SqlClient
  const isDone = yield* Deferred.make<void>()
  const mayEnd = yield* Deferred.make<void>()
  const held = work.pipe(Effect.andThen(Deferred.succeed(isDone, undefined)), Effect.andThen(Deferred.await(mayEnd)))
  const fiber = yield* Effect.forkChild(sql.withTransaction(held))
  yield* Deferred.await(isDone)
  return { end: Effect.andThen(Deferred.succeed(mayEnd, undefined), Fiber.join(fiber)) }
})

const until = <E, R>(found: Effect.Effect<ReadonlyArray<unknown>, E, R>) =>
  Effect.repeat(found, { until: (rows) => rows.length > 0 })
