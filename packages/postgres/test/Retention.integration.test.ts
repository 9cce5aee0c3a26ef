import { assert, layer } from "@effect/vitest"
import { Context, Effect, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { type Retained, Retention } from "../src/Retention.ts"
import * as Shop from "./Shop.ts"

const DAY = 86_400_000
const noon = Date.UTC(2026, 10, 24, 12)

const Database = Retention.layer.pipe(Layer.provideMerge(Shop.layer))

/** Requests of a minute each, back from noon. */
const requests = Effect.fnUntraced(function* (unitId: number, count: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    insert into api_log (unit_id, item_id, occurred_at, url, method, status, request_id, processing_ms)
    select ${unitId}, i::text, to_timestamp(${noon / 1000}::float8 - i * 60), '/orders', 'GET', 200, 'r', 1
    from generate_series(1, ${count}::integer) as i`
})

const count = Effect.fnUntraced(function* (unitId: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly count: number }>`
    select count(*)::float8 as count from api_log where unit_id = ${unitId}`
  return rows[0]?.count
})

layer(Database, { timeout: "60 seconds", excludeTestServices: true })("what a log keeps", (it) => {
  it.effect("is 180 days unless its unit says otherwise", () =>
    Effect.gen(function* () {
      const retention = yield* Retention
      const [unitId, other] = [yield* Shop.open("one"), yield* Shop.open("other")]
      yield* retention.keep(unitId, { log: "sms", days: 90 })
      yield* retention.keep(unitId, { log: "sms", days: 60 })
      const all = (days: number): ReadonlyArray<Retained> => [
        { log: "panel", days: 180 },
        { log: "activity", days: 180 },
        { log: "api", days: 180 },
        { log: "sms", days }
      ]
      assert.deepEqual(yield* retention.ofUnit(unitId), all(60))
      assert.deepEqual(yield* retention.ofUnit(other), all(180))
      const refused = yield* Effect.flip(retention.keep(unitId, { log: "sms", days: 29 }))
      assert.strictEqual(refused._tag, "SqlError")
    })
  )

  it.effect("loses what is older, of this log and this unit alone, while rows come in", () =>
    Effect.gen(function* () {
      const retention = yield* Retention
      const [unitId, other] = [yield* Shop.open("many"), yield* Shop.open("few")]
      yield* requests(unitId, 12_000)
      yield* requests(other, 100)
      const before = noon - 1_000 * 60_000
      const removal = yield* Effect.forkChild(retention.purge(unitId, "api", before))
      const sql = yield* SqlClient.SqlClient
      yield* sql`
        insert into api_log (unit_id, item_id, occurred_at, url, method, status, request_id, processing_ms)
        values (${unitId}, 'new', to_timestamp(${noon / 1000}::float8), '/orders', 'GET', 200, 'r', 1)`
      assert.strictEqual(yield* Fiber.join(removal), 11_000)
      assert.strictEqual(yield* count(unitId), 1_001)
      assert.strictEqual(yield* count(other), 100)
      assert.strictEqual(yield* retention.purge(unitId, "api", before), 0)
      assert.strictEqual(yield* retention.purge(unitId, "panel", noon + DAY), 0)
    })
  )

  it.effect("is left to whoever is at it already", () =>
    Effect.gen(function* () {
      const retention = yield* Retention
      const unitId = yield* Shop.open("taken")
      yield* requests(unitId, 10)
      const sql = yield* SqlClient.SqlClient
      const meanwhile = yield* sql.withTransaction(
        Effect.andThen(
          sql`select pg_advisory_xact_lock(5700668)`,
          // On a connection of its own.
          Effect.promise(() => Effect.runPromiseWith(Context.empty())(retention.purge(unitId, "api", noon)))
        )
      )
      assert.strictEqual(meanwhile, 0)
      assert.strictEqual(yield* retention.purge(unitId, "api", noon), 10)
    })
  )
})
