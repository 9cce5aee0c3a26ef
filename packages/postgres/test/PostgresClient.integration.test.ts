import { assert, layer } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Redacted, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import * as PostgresClient from "../src/PostgresClient.ts"

const Database = Layer.unwrap(
  Effect.map(EmbeddedPostgres, ({ url }) =>
    PostgresClient.layer({ url, applicationName: "spoor-test", poolSizeMax: 4 })
  )
).pipe(Layer.provideMerge(EmbeddedPostgres.layerEphemeral))

layer(Database, { timeout: "60 seconds", excludeTestServices: true })("PostgresClient", (it) => {
  it.effect("reads bigint as a number while it is exact, else as text", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const [row] = yield* sql`select ${Number.MAX_SAFE_INTEGER}::bigint as safe, 9007199254740993::bigint as beyond,
        1.50::numeric as exact, null::bigint as nothing`
      assert.deepStrictEqual(
        { ...row },
        { safe: Number.MAX_SAFE_INTEGER, beyond: "9007199254740993", exact: "1.50", nothing: null }
      )
    })
  )

  it.effect("takes arrays of text and of bigint", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const texts = ["", "null", " ą,{}", `"`, "\\", `\\"\n`]
      const numbers = [0, -1, Number.MAX_SAFE_INTEGER]
      const [row] = yield* sql`select to_json(${texts}::text[]) as texts, to_json(${numbers}::bigint[]) as numbers,
        cardinality(${[]}::text[]) as none`
      assert.deepStrictEqual({ ...row }, { texts, numbers, none: 0 })
    })
  )

  it.effect("stores an object as jsonb once, and undefined as null", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const value = { items: [{ id: "ąę", quantity: 2 }] }
      const [row] = yield* sql`select jsonb_typeof(${value}::jsonb) as kind, ${value}::jsonb as value,
        jsonb_typeof(${JSON.stringify(value)}::text::jsonb) as other, ${undefined}::text as nothing`
      assert.deepStrictEqual({ ...row }, { kind: "object", value, other: "object", nothing: null })
    })
  )

  it.effect("says what an address should be like, and nothing of the password in one that is not", () =>
    Effect.gen(function* () {
      const layer = PostgresClient.layer({ url: Redacted.make("host/tajne-haslo") })
      const { message } = yield* Effect.flip(Effect.scoped(Layer.build(layer)))
      assert.include(message, "postgres://user:password@host:port/database")
      assert.notInclude(message, "tajne-haslo")
    })
  )

  it.effect("says what failed by name", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const reasonOf = (statement: string) =>
        sql.unsafe(statement).pipe(
          Effect.flip,
          Effect.map((error) => error.reason)
        )
      yield* sql`create table named (id int constraint named_id primary key, n int check (n > 0))`
      yield* sql`insert into named values (1, 1)`
      const unique = yield* reasonOf("insert into named values (1, 1)")
      assert.strictEqual(unique._tag === "UniqueViolation" ? unique.constraint : unique._tag, "named_id")
      assert.strictEqual((yield* reasonOf("insert into named values (2, 0)"))._tag, "ConstraintError")
      assert.strictEqual((yield* reasonOf("select * from unheard_of"))._tag, "SqlSyntaxError")
      assert.strictEqual(
        (yield* reasonOf("set statement_timeout = 1; select pg_sleep(1)"))._tag,
        "StatementTimeoutError"
      )
      assert.strictEqual((yield* reasonOf("select 1 / 0"))._tag, "UnknownError")
    })
  )

  it.effect("rolls back what fails, the inner part alone when only that fails", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`create table steps (name text)`
      const step = (name: string) => sql`insert into steps values (${name})`
      yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* step("outer")
          yield* sql.withTransaction(Effect.andThen(step("inner"), Effect.fail("no"))).pipe(Effect.ignore)
        })
      )
      yield* sql.withTransaction(Effect.andThen(step("lost"), Effect.fail("no"))).pipe(Effect.ignore)
      assert.deepStrictEqual([...(yield* sql`select name from steps`)], [{ name: "outer" }])
    })
  )

  it.effect("cancels a running statement on the server when its fiber is interrupted", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const running = sql<{ n: number }>`select count(*)::int as n from pg_stat_activity
        where query like 'select pg_sleep%' and state = 'active'`
      const fiber = yield* sql`select pg_sleep(${60}::float8)`.pipe(Effect.forkChild({ startImmediately: true }))
      yield* running.pipe(Effect.repeat({ until: ([row]) => row?.n === 1 }), Effect.timeout("10 seconds"))
      yield* Fiber.interrupt(fiber)
      yield* running.pipe(Effect.repeat({ until: ([row]) => row?.n === 0 }), Effect.timeout("10 seconds"))
    })
  )

  it.effect("cancels nobody else's statement, however near to its end the cancelled one was", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const sleep = sql`select pg_sleep(0.002)`
      const halves = Effect.all([sleep, Effect.timeoutOption(sleep, "3 millis"), sleep], { concurrency: "unbounded" })
      yield* Effect.all(
        Array.from({ length: 4 }, () => Effect.repeat(halves, { times: 99 })),
        { concurrency: "unbounded" }
      )
    })
  )

  it.effect("streams more rows than it holds at once", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const rows = sql<{ n: number }>`select n from generate_series(1, ${1_000}::int) as n`.stream
      assert.strictEqual(
        yield* Stream.runFold(
          rows,
          () => 0,
          (sum: number, row) => sum + row.n
        ),
        500_500
      )
      assert.lengthOf(yield* Stream.runCollect(Stream.take(rows, 3)), 3)
    })
  )

  it.effect("does not wait for delayed acknowledgements in short COPYs", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const raw = yield* PostgresClient.PostgresJs
      yield* sql`create unlogged table copied (line text)`
      const copy = Effect.tryPromise(async () =>
        pipeline(Readable.from(["a\n", "b\n"]), await raw`copy copied from stdin`.writable())
      )
      const [elapsed] = yield* Effect.timed(Effect.repeat(copy, { times: 99 }))
      assert.deepStrictEqual([...(yield* sql`select count(*) as n from copied`)], [{ n: 200 }])
      // A hundred at 40 ms of delay would be four seconds.
      assert.isBelow(Duration.toMillis(elapsed), 3_000)
    })
  )

  it.effect("shows its name to the administrator, speaks UTC and compiles no plans", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql`
        select current_setting('application_name') as name, current_setting('TimeZone') as zone, current_setting('jit') as jit`
      assert.deepStrictEqual([...rows], [{ name: "spoor-test", zone: "UTC", jit: "off" }])
    })
  )
})
