import { assert, layer } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { copyInto, copyOrInsert, instants } from "../src/Copy.ts"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import * as PostgresClient from "../src/PostgresClient.ts"

const Database = Layer.unwrap(
  Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url, poolSizeMax: 4 }))
).pipe(Layer.provideMerge(EmbeddedPostgres.layerEphemeral))

/** What the format has a meaning for, and what it has none for. */
const Piece = Schema.Literals(["a", "\\", "N", "\t", "\n", "\r", "\\.", "\\N", "\b", '"', "{", "é", "🧺"])

const table = Effect.fn(function* (name: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`create table ${name} (n int primary key, text text, flag boolean)`)
  const copy = (rows: ReadonlyArray<ReadonlyArray<string | number | boolean | null>>) =>
    sql.withTransaction(copyInto(sql, `${name} (n, text, flag)`, rows, (row) => row))
  const count = Effect.map(sql.unsafe<{ n: number }>(`select count(*)::int as n from ${name}`), ([row]) => row?.n)
  return { copy, count, sql }
})

layer(Database, { timeout: "60 seconds", excludeTestServices: true })("COPY", (it) => {
  it.effect.prop(
    "keeps every text as it is",
    { texts: Schema.Array(Schema.NullOr(Schema.Array(Piece))) },
    ({ texts: pieces }) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const texts = pieces.map((text) => text?.join("") ?? null)
        const rows = yield* sql.withTransaction(
          Effect.gen(function* () {
            yield* sql`create temporary table kept (n int, text text) on commit drop`
            yield* copyInto(sql, "kept (n, text)", [...texts.entries()], (row) => row)
            return yield* sql<{ readonly text: string | null }>`select text from kept order by n`
          })
        )
        assert.deepStrictEqual(
          rows.map(({ text }) => text),
          texts
        )
      }),
    { arbitrary: { runs: 50 } }
  )

  it.prop(
    "writes instants as everybody does, whatever came before",
    [Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: -100_000, maximum: 100_000 })))],
    ([steps]) => {
      const text = instants()
      let at = Date.UTC(2026, 10, 29)
      for (const step of [...steps, -at, -1, 59_999]) {
        at += step
        assert.strictEqual(text(at), new Date(at).toISOString())
      }
    }
  )

  it.effect("fails of what comes with the last row, and of what comes with the first of many", () =>
    Effect.gen(function* () {
      const { copy, count } = yield* table("refused")
      const many = Array.from({ length: 20_000 }, (_, n) => [n, "x".repeat(200), true])
      for (const rows of [
        [...many, [7, "twice", true]],
        [["no number", null, true], ...many]
      ]) {
        const error = yield* Effect.flip(copy(rows))
        assert.strictEqual(error._tag, "SqlError")
        assert.strictEqual(yield* count, 0)
      }
      yield* copy(many)
      assert.strictEqual(yield* count, many.length)
    })
  )

  it.effect("fails when its server process ends, and ends when it is interrupted", () =>
    Effect.gen(function* () {
      const { copy, count, sql } = yield* table("blocked")
      const waiting = sql<{ readonly pid: number }>`
        select pid from pg_stat_activity where query like 'copy blocked%' and wait_event_type = 'Lock'`
      const isOver = yield* Deferred.make<void>()
      const isLocked = yield* Deferred.make<void>()
      const locking = yield* Effect.forkChild(
        sql.withTransaction(
          Effect.all([sql`lock table blocked`, Deferred.succeed(isLocked, undefined), Deferred.await(isOver)])
        )
      )
      yield* Deferred.await(isLocked)
      for (const end of ["terminate", "interrupt"]) {
        const copying = yield* Effect.forkChild(copy([[1, end, true]]))
        const [found] = yield* Effect.repeat(waiting, { until: (rows) => rows.length === 1 })
        yield* end === "terminate" ? sql`select pg_terminate_backend(${found!.pid}::int)` : Fiber.interrupt(copying)
        assert.strictEqual((yield* Fiber.await(copying))._tag, "Failure")
      }
      yield* Deferred.succeed(isOver, undefined)
      yield* Fiber.join(locking)
      assert.strictEqual(yield* count, 0)
    })
  )

  it.effect(
    "fails, and is no defect, whenever its connection is lost",
    () =>
      Effect.gen(function* () {
        const { sql } = yield* table("lost")
        const lines = (length: number) => Array.from({ length }, (_, n) => [n, "x".repeat(100), true])
        const inserted = Effect.asVoid(sql`insert into lost select n, '', true from generate_series(1, 10) as n`)
        const exits = yield* Effect.forEach(
          Array.from({ length: 60 }, (_, n) => n),
          (n) =>
            Effect.gen(function* () {
              const pid = yield* Deferred.make<number>()
              const writing = sql.withTransaction(
                Effect.gen(function* () {
                  const [own] = yield* sql<{ readonly pid: number }>`select pg_backend_pid() as pid`
                  yield* Deferred.succeed(pid, own!.pid)
                  for (;;) {
                    yield* copyOrInsert(
                      sql,
                      "lost (n, text, flag)",
                      lines(n % 2 === 0 ? 3 : 3_000),
                      (line) => line,
                      inserted
                    )
                    yield* sql`delete from lost`
                  }
                })
              )
              const fiber = yield* Effect.forkChild(Effect.exit(writing))
              const victim = yield* Deferred.await(pid)
              yield* Effect.sleep(n / 2)
              yield* sql`select pg_terminate_backend(${victim}::int)`
              return yield* Fiber.join(fiber)
            })
        )
        for (const exit of exits) assert.isTrue(Exit.isFailure(exit) && !Cause.hasDies(exit.cause), String(exit))
        assert.strictEqual((yield* sql`select from lost`).length, 0)
      }),
    60_000
  )

  it.effect("wants a transaction, without which nobody would be told of errors", () =>
    Effect.gen(function* () {
      const { sql } = yield* table("alone")
      const exit = yield* Effect.exit(copyInto(sql, "alone (n)", [1], (n) => [n]))
      assert.isTrue(exit._tag === "Failure")
    })
  )
})
