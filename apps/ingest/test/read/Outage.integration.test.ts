import { assert, layer } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { Doors } from "../Doors.ts"
import { ask, openUnit, requests } from "./Asking.ts"

const killServer = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // A test server may lose what it committed last.
  yield* sql`checkpoint`
  const [server] = yield* sql<{ readonly pid: string }>`
    select split_part(pg_read_file('postmaster.pid'), chr(10), 1) as pid`
  process.kill(Number(server?.pid), "SIGKILL")
})

layer(Doors.layer, { timeout: "60 seconds", excludeTestServices: true })("reading without a database", (it) => {
  it.effect(
    "answers 503 before a single row, breaks off what it has begun, and reads on once the database is there again",
    () =>
      Effect.gen(function* () {
        const { origin } = yield* Doors
        const { unitId, apiKey } = yield* openUnit
        yield* requests(unitId, 20_000, 0, "x".repeat(1_000))
        const began = yield* Effect.promise(() =>
          fetch(`${origin}/v1/logs/api?format=ndjson`, { headers: { "x-api-key": apiKey } })
        )
        const reader = began.body!.getReader()
        assert.isFalse((yield* Effect.promise(() => reader.read())).done)
        yield* killServer

        const refused = yield* Effect.repeat(ask("/v1/logs/api", apiKey), { until: ({ status }) => status !== 200 })
        assert.deepStrictEqual([refused.status, refused.json().error], [503, "unavailable"])
        assert.strictEqual(refused.headers.get("retry-after"), "2")

        const drain = async () => {
          while (!(await reader.read()).done);
        }
        // A part that ended well would be taken for all.
        const ended = yield* Effect.exit(Effect.tryPromise(drain))
        assert.strictEqual(ended._tag, "Failure")

        const patience = {
          schedule: Schedule.spaced("100 millis"),
          until: ({ status }: { status: number }) => status === 200
        }
        assert.strictEqual((yield* Effect.repeat(ask("/v1/logs/api?limit=1", apiKey), patience)).json().rows.length, 1)
      }),
    60_000
  )
})
