import { assert, layer } from "@effect/vitest"
import { type Cart, Ids, Interval } from "@spoor/domain"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { pageRowsMax } from "../src/Keyset.ts"
import { LogReader } from "../src/LogReader.ts"
import { SessionEventLog } from "../src/SessionEventLog.ts"
import { SessionStory } from "../src/SessionStory.ts"
import * as Shop from "./Shop.ts"

const HOUR = 3_600_000
const noon = Date.UTC(2026, 10, 24, 12)
const cart: Cart.Cart = { currency: "PLN", items: [{ id: "mug", name: "Kubek", quantity: 2, unitPrice: 4900 }] }
const order = { id: Ids.OrderId.make("Z/1"), value: 9800, currency: "PLN" }

/** The unit's rows as every list shows them, newest first. */
const listed = Effect.fn(function* (unitId: number) {
  const query = { unitId, log: "session-events", filter: { log: "session-events" }, interval: Interval.always } as const
  return (yield* (yield* LogReader).page(query, { direction: "newest" }, pageRowsMax)).rows
})
const find = Effect.fn(function* (unitId: number, row: { readonly id: string } | undefined) {
  return yield* (yield* SessionEventLog).find(unitId, Number(row!.id))
})

const Database = LogReader.layer.pipe(Layer.provideMerge(Shop.layer))

layer(Database, { timeout: "60 seconds" })("a row of the session event log", (it) => {
  it.effect("says what repeats what, what recovered it, and on which events it rests", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("story")
      const { tell } = yield* SessionStory
      yield* Shop.fill(
        unitId,
        [
          Shop.event("c1", noon, { type: "ModifyCart", cart }),
          Shop.event("c2", noon + 2 * HOUR, { type: "ModifyCart", cart }),
          Shop.event("c3", noon + 4 * HOUR, { type: "VisitOnSalePage", order, cart })
        ],
        noon + 10 * HOUR
      )
      const rows = yield* listed(unitId)
      assert.deepStrictEqual(
        rows.map(({ type, details }) => [type, details.repeatOf !== null, details.recoveredBy !== null]),
        [
          ["FinalizedTransaction", false, false],
          ["AbandonedCart", true, true],
          ["AbandonedCart", false, true]
        ]
      )
      const [bought, repeat, first] = rows
      const detail = yield* find(unitId, repeat)
      assert.strictEqual(detail!.repeatOf!.id, Number(first!.id))
      assert.strictEqual(detail!.recoveredBy!.id, Number(bought!.id))
      assert.deepInclude(detail!.explanation, { rule: "AbandonedCart", version: 1 })
      assert.deepStrictEqual(
        detail!.evidence.map(({ id, type, occurredAt }) => [id, type, occurredAt]),
        [["c2", "ModifyCart", noon + 2 * HOUR]]
      )
      assert.isNumber(detail!.evidence[0]!.logId)
      assert.deepStrictEqual(
        (yield* find(unitId, first))!.repeats.map(({ id }) => id),
        [Number(repeat!.id)]
      )
      assert.deepStrictEqual(
        (yield* find(unitId, bought))!.recovers.map(({ id }) => id),
        [Number(first!.id), Number(repeat!.id)]
      )
      const story = yield* tell(unitId, detail!.sessionId!)
      assert.deepStrictEqual(
        story!.outcomes.map(({ id, evidence }) => [id, evidence]),
        [[Number(repeat!.id), ["c2"]]]
      )
    })
  )

  it.effect("keeps superseded rows and says why", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("superseded")
      const sql = yield* SqlClient.SqlClient
      yield* Shop.fill(unitId, [Shop.event("c1", noon, { type: "ModifyCart", cart })], noon + 10 * HOUR)
      yield* sql`
        update session_event set superseded_at = to_timestamp(${noon / 1000}), superseded_reason = 'no-longer-computed'
        where unit_id = ${unitId}`
      const [row] = yield* listed(unitId)
      assert.strictEqual(row!.details.supersededAt, noon)
      assert.deepInclude(yield* find(unitId, row), {
        supersededAt: noon,
        supersededReason: "no-longer-computed"
      })
    })
  )

  it.effect("shows an order that belongs to no session", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("alone")
      const sql = yield* SqlClient.SqlClient
      yield* Shop.fill(unitId, [Shop.event("c3", noon, { type: "VisitOnSalePage", order })], noon)
      yield* sql`
        update session_event set session_no = null, visitor_id = null, evidence = '["Z/1"]' where unit_id = ${unitId}`
      const [row] = yield* listed(unitId)
      const detail = yield* find(unitId, row)
      assert.deepInclude(detail, { sessionId: null, visitorId: null, orderId: "Z/1", orderValue: 9800 })
      assert.deepStrictEqual(detail!.evidence, [{ id: "Z/1", logId: null, type: null, occurredAt: null }])
    })
  )
})
