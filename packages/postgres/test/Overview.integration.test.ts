import { assert, layer } from "@effect/vitest"
import { Ids } from "@spoor/domain"
import { Array as Arr, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Overview, type Point } from "../src/Overview.ts"
import * as Logs from "./Logs.ts"
import * as Shop from "./Shop.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const now = Logs.noon + 240 * HOUR
const edges = [0, 24, 48, 72].map((hours) => Logs.noon + hours * HOUR)

const Database = Overview.layer.pipe(Layer.provideMerge(Shop.layer))

const cart = { currency: "PLN", items: [{ id: "p1", name: "Kubek", quantity: 2, unitPrice: 5_000 }] }
const order = { id: Ids.OrderId.make("Z1"), value: 10_000, currency: "PLN" }

/** A cart that is left and recovered on the next day, a browse on the third, and what is on the edges. */
const events = [
  Shop.event("e0", Logs.noon - 1),
  Shop.event("e1", Logs.noon + 2 * HOUR, { type: "ModifyCart", cart }),
  Shop.event("e2", Logs.noon + 24 * HOUR, { type: "VisitOnSalePage", order }),
  Shop.event("e3", Logs.noon + 50 * HOUR, { visitor: "v2", type: "VisitOnProductPage" }),
  Shop.event("e4", Logs.noon + 72 * HOUR)
]

const write = Effect.fn(function* (unitId: number) {
  const sql = yield* SqlClient.SqlClient
  const at = (hours: number, index: number) => ({
    unit_id: unitId,
    item_id: `${hours}/${index}`,
    occurred_at: new Date(Logs.noon + hours * HOUR)
  })
  yield* sql`insert into api_log ${sql.insert(
    Arr.map([200, 400, 404, 500, 599, 302, 404] as const, (status, index) => ({
      ...at(index * 12, index),
      url: "/orders",
      method: "GET",
      status,
      key_name: status === 302 ? null : "CRM",
      key_prefix: status === 302 ? null : "ak_1",
      request_id: "r",
      processing_ms: 1
    }))
  )}`
  yield* sql`insert into sms_log ${sql.insert(
    Arr.map(["blocked", "unreachable", "blocked"] as const, (category, index) => ({
      ...at(25, index),
      gateway: index === 0 ? "A" : "B",
      error_code: "1",
      error_text: "",
      protocol: "http",
      permanence: "unknown",
      category
    }))
  )}`
})

const furnish = Effect.fnUntraced(function* (name: string) {
  yield* TestClock.setTime(now)
  const unitId = yield* Shop.open(name)
  yield* Shop.fill(unitId, events, now)
  yield* write(unitId)
  return unitId
})

const told = (points: ReadonlyArray<Point>) =>
  points.map(({ measure, bucket, count }) => `${measure} ${bucket}: ${count}`).toSorted()

layer(Database, { timeout: "60 seconds" })("an overview", (it) => {
  it.effect("counts what each stretch of time holds, its begin included and its end not", () =>
    Effect.gen(function* () {
      const unitId = yield* furnish("one")
      const { counts } = yield* Overview
      assert.deepStrictEqual(told((yield* counts(unitId, edges)).points), [
        "AbandonedBrowse 2: 1",
        "AbandonedCart 0: 1",
        "FinalizedTransaction 1: 1",
        "client-errors 0: 1",
        "client-errors 1: 1",
        "events 0: 1",
        "events 1: 1",
        "events 2: 1",
        "recovered 0: 1",
        "requests 0: 2",
        "requests 1: 2",
        "requests 2: 2",
        "server-errors 1: 1",
        "server-errors 2: 1",
        "sessions 0: 1",
        "sessions 1: 1",
        "sessions 2: 1",
        "sms:blocked 1: 2",
        "sms:unreachable 1: 1"
      ])
    })
  )

  it.effect("counts no outcome that was superseded", () =>
    Effect.gen(function* () {
      const unitId = yield* furnish("superseded")
      const sql = yield* SqlClient.SqlClient
      yield* sql`update session_event set superseded_at = now() where unit_id = ${unitId} and type = 'AbandonedCart'`
      const { counts } = yield* Overview
      const measures = (yield* counts(unitId, edges)).points.map(({ measure }) => measure)
      assert.notInclude(measures, "AbandonedCart")
      assert.notInclude(measures, "recovered")
    })
  )

  it.effect("names every source with its last row and its usual pace", () =>
    Effect.gen(function* () {
      const unitId = yield* furnish("sources")
      yield* Shop.fill(
        unitId,
        Arr.makeBy(30, (index) =>
          Shop.event(`f${index}`, Logs.noon + 100 * HOUR + index * index * 1_000, { visitor: "v3" })
        ),
        now
      )
      const { sources, presence } = yield* Overview
      const found = yield* sources(unitId)
      assert.deepStrictEqual(
        found.map(({ kind, id, name, lastAt }) => [kind, id, name, lastAt && (lastAt - Logs.noon) / HOUR]),
        [
          ["site", "shop", null, 100 + 841_000 / HOUR],
          ["key", "ak_1", "CRM", 72],
          ["gateway", "A", null, 25],
          ["gateway", "B", null, 25]
        ]
      )
      // The gaps of the newest rows are 57, 55, … 1 seconds; five older ones are longer.
      assert.strictEqual(found[0]?.usualGap, 34_000)
      assert.isNull(found[1]?.usualGap)
      const window = (from: number, to: number) => ({ from: Logs.noon + from * HOUR, to: Logs.noon + to * HOUR })
      const windows = [window(1, 3), window(3, 4), window(49, 51), window(200, 300)]
      assert.strictEqual(yield* presence(unitId, { kind: "site", id: "shop" }, windows), 2)
      assert.strictEqual(yield* presence(unitId, { kind: "key", id: "nobody" }, windows), 0)
    })
  )

  it.effect("knows how many requests and messages failed in a stretch of time", () =>
    Effect.gen(function* () {
      const unitId = yield* furnish("rates")
      const { apiRate, smsFailures } = yield* Overview
      const window = { from: Logs.noon, to: Logs.noon + 49 * HOUR }
      assert.deepStrictEqual(yield* apiRate(unitId, window), { total: 5, failed: 4 })
      assert.strictEqual(yield* smsFailures(unitId, window), 3)
      assert.strictEqual(yield* smsFailures(unitId, { from: 0, to: Logs.noon }), 0)
    })
  )

  it.effect("tells nothing of another unit", () =>
    Effect.gen(function* () {
      yield* furnish("theirs")
      const sql = yield* SqlClient.SqlClient
      const ours = yield* Effect.map(
        sql<{ readonly id: number }>`insert into business_unit (name) values ('ours') returning unit_id as id`,
        (rows) => rows[0]!.id
      )
      const { counts, sources, presence, apiRate, smsFailures } = yield* Overview
      const window = { from: 0, to: now }
      assert.deepStrictEqual(yield* counts(ours, [0, now]), { points: [], missing: [] })
      assert.deepStrictEqual(yield* sources(ours), [])
      assert.strictEqual(yield* presence(ours, { kind: "site", id: "shop" }, [window]), 0)
      assert.deepStrictEqual(yield* apiRate(ours, window), { total: 0, failed: 0 })
      assert.strictEqual(yield* smsFailures(ours, window), 0)
    })
  )
})
