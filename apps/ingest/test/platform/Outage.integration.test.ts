import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Doors } from "../Doors.ts"
import { call } from "./Client.ts"

layer(Doors.layer, { timeout: "60 seconds", excludeTestServices: true })(
  "the platform's API without a database",
  (it) => {
    it.effect(
      "answers 503 and says when to come back, and takes the same request once it is there again",
      () =>
        Effect.gen(function* () {
          const shop = yield* (yield* Doors).openShop
          const sql = yield* SqlClient.SqlClient
          const [server] = yield* sql<{
            pid: string
          }>`select split_part(pg_read_file('postmaster.pid'), chr(10), 1) as pid`
          process.kill(Number(server?.pid), "SIGKILL")

          const statuses = new Set<number>()
          const order = { id: "Z-1", visitorId: "v1" }
          const post = Effect.map(call(shop, "POST", "/orders", order), ({ status, headers }) => {
            statuses.add(status)
            if (status === 503) assert.strictEqual(headers.get("retry-after"), "2")
            return status
          })
          const last = yield* Effect.repeat(Effect.delay(post, "20 millis"), { until: (status) => status < 300 })
          assert.include([200, 201], last)
          statuses.delete(last)
          assert.deepEqual([...statuses], [503])
          assert.strictEqual((yield* call(shop, "GET", "/orders/Z-1")).status, 200)
        }),
      60_000
    )
  }
)
