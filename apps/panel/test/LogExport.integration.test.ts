import { assert, layer } from "@effect/vitest"
import { FilterText, Interval, Ndjson } from "@spoor/domain"
import { LogCounts, type LogQuery, LogReader } from "@spoor/postgres"
import { TestDatabase } from "@spoor/testing"
import { Effect, Exit, Fiber, Layer, Result, Stream } from "effect"
import { Csv } from "effect/encoding"
import { SqlClient } from "effect/sql"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { csvColumns } from "../src/lib/server/CsvCells.ts"
import * as LogExport from "../src/lib/server/LogExport.ts"

const Database = Layer.mergeAll(LogCounts.layer, LogReader.layer).pipe(Layer.provideMerge(TestDatabase.layer))

/** Enough for three hundred pages of a stream. */
const many = 300_000
const few = 2_345
const MEBIBYTE = 1_048_576

const person = { unitId: 1, userId: "anna", email: "anna@spoor.local", role: "marketer" } as const
const colleague = { ...person, userId: "ola" }

const said = (text: string, unitId = 1): LogQuery<"api"> => ({
  unitId,
  log: "api",
  filter: Result.getOrThrow(FilterText.parse("api", text)),
  interval: Interval.always
})

const furnish = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    insert into api_log (unit_id, item_id, occurred_at, url, method, status, request_id, processing_ms, user_agent)
    select case when i <= ${many}::integer then 1 else 2 end, i::text, to_timestamp(1790000000 + i / 7), '/orders/' || i,
      case when i <= ${few}::integer then 'PUT' else 'GET' end, 200, 'r-' || i, 1.5, 'He said "=1", then' || chr(10) || 'left'
    from generate_series(1, ${many + 500}::integer) as i`
  yield* sql`analyze api_log`
})

const csv = { name: "csv", phones: "text" } as const
const textOf = (id: string, query: LogQuery<"api">, format: LogExport.Format) =>
  Effect.map(Stream.runCollect(LogExport.file(id, person, query, format, Effect.never)), (parts) => parts.join(""))

setFlagsFromString("--expose-gc")
const collect: () => void = runInNewContext("gc")

/** Statements that the database is busy with for others than who asks. */
const busy = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.map(
    sql`select from pg_stat_activity where state = 'active' and query like '%api_log%' and pid <> pg_backend_pid()`,
    (rows) => rows.length
  )
)

layer(Database, { timeout: "120 seconds", excludeTestServices: true })("an export", (it) => {
  it.effect(
    "holds exactly the rows of the list, in both forms, and says at its end how many",
    () =>
      Effect.gen(function* () {
        yield* furnish
        const { stream } = yield* LogReader
        const rows = yield* Stream.runCollect(stream(said("method:PUT"), null))
        assert.lengthOf(rows, few)

        const lines = (yield* textOf("a", said("method:PUT"), { name: "ndjson" })).split("\n")
        assert.deepStrictEqual(lines.slice(-2), [JSON.stringify({ rows: few }), ""])
        const decoded = Ndjson.decode("api", lines.slice(0, -2).join("\n"))
        assert.deepStrictEqual(decoded.rejected, [])
        assert.deepStrictEqual(
          decoded.rows.map(({ row }) => row),
          rows
        )

        const text = yield* textOf("b", said("method:PUT"), csv)
        assert.isTrue(text.startsWith("\uFEFFid,createdAt,url,"))
        assert.isTrue(text.endsWith(`\r\n#rows,${few}${",".repeat(csvColumns.api.length - 2)}\r\n`))
        const records = yield* Stream.make(text).pipe(Stream.pipeThroughChannel(Csv.decodeString()), Stream.runCollect)
        assert.deepStrictEqual(new Set(records.map(({ length }) => length)), new Set([csvColumns.api.length]))
        assert.deepStrictEqual(
          records.slice(1, -1).map(([id]) => id),
          rows.map(({ id }) => String(id))
        )
        assert.strictEqual(records[1]?.at(-1), 'He said "=1", then\nleft')
        assert.deepStrictEqual(LogExport.progressOf(person, "b"), {
          rows: few,
          expected: few,
          isExact: true,
          state: "done"
        })
        assert.isNull(LogExport.progressOf(colleague, "b"))
        const none = yield* textOf("c", said("method:DELETE"), { name: "ndjson" })
        assert.strictEqual(none, '{"rows":0}\n')
      }),
    120_000
  )

  it.effect(
    "takes no more memory for many rows than for few",
    () =>
      Effect.gen(function* () {
        /** What is still held after the collector went through, now and then. */
        const held: Array<number> = []
        let length = 0
        let lines = 0
        let last = ""
        yield* LogExport.file("d", person, said(""), { name: "ndjson" }, Effect.never).pipe(
          Stream.runForEach((part) =>
            Effect.sync(() => {
              length += part.length
              lines += part.split("\n").length - 1
              last = part
              if (lines < (held.length + 1) * (many / 6)) return
              collect()
              held.push(process.memoryUsage().heapUsed)
            })
          )
        )
        assert.strictEqual(lines, many + 1)
        assert.strictEqual(last, `{"rows":${many}}\n`)
        assert.isAbove(length, 60 * MEBIBYTE)
        assert.lengthOf(held, 6)
        assert.isBelow(Math.max(...held) - held[0]!, 10 * MEBIBYTE)
        const told = LogExport.progressOf(person, "d")
        assert.approximately(told?.expected ?? 0, many, many / 5)
        assert.isFalse(told?.isExact)
      }),
    120_000
  )

  it.effect("ends with its cancelling, without a last line, and so does what the database does for it", () =>
    Effect.gen(function* () {
      const parts: Array<string> = []
      const run = (id: string, over: Effect.Effect<unknown>) =>
        Effect.forkChild(
          Stream.runForEach(LogExport.file(id, person, said(""), csv, over), (part) =>
            Effect.sync(() => parts.push(part))
          )
        )
      const until = (isSo: () => boolean) => Effect.repeat(Effect.sleep("5 millis"), { until: () => isSo() })
      const running = yield* run("e", Effect.never)
      yield* until(() => parts.length > 3)
      assert.isFalse(yield* LogExport.cancel(colleague, "e"))
      assert.isTrue(yield* LogExport.cancel(person, "e"))
      const exit = yield* Fiber.await(running)
      assert.isTrue(Exit.isFailure(exit))
      assert.strictEqual(LogExport.progressOf(person, "e")?.state, "cancelled")
      assert.isBelow(LogExport.progressOf(person, "e")?.rows ?? 0, many)
      assert.notInclude(parts.join(""), "#rows")
      assert.strictEqual(yield* busy, 0)
      // Whoever is signed out gets no more of it either.
      const another = yield* run("f", Effect.sleep("50 millis"))
      assert.isTrue(Exit.isFailure(yield* Fiber.await(another)))
      assert.notInclude(parts.join(""), "#rows")
    })
  )
})
