import { assert, layer } from "@effect/vitest"
import { type Cart, Ids } from "@spoor/domain"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { pageRowsMax, type Turn } from "../src/Keyset.ts"
import { SessionEventLog } from "../src/SessionEventLog.ts"
import { SessionStory } from "../src/SessionStory.ts"
import * as Shop from "./Shop.ts"

const HOUR = 3_600_000
const noon = Date.UTC(2026, 10, 24, 12)
const newest: Turn = { direction: "newest" }
const cart: Cart.Cart = { currency: "PLN", items: [{ id: "mug", name: "Kubek", quantity: 2, unitPrice: 4900 }] }
const order = { id: Ids.OrderId.make("Z/1"), value: 9800, currency: "PLN" }

layer(Shop.layer, { timeout: "60 seconds" })("the session event log", (it) => {
  it.effect("says what repeats what, what recovered it, and on which events it rests", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("story")
      const log = yield* SessionEventLog
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
      const { rows } = yield* log.page(unitId, {}, newest)
      assert.deepStrictEqual(
        rows.map(({ type, isRepeat, isRecovered }) => [type, isRepeat, isRecovered]),
        [
          ["FinalizedTransaction", false, false],
          ["AbandonedCart", true, true],
          ["AbandonedCart", false, true]
        ]
      )
      const [bought, repeat, first] = rows
      const detail = yield* log.find(unitId, repeat!.id)
      assert.strictEqual(detail!.repeatOf!.id, first!.id)
      assert.strictEqual(detail!.recoveredBy!.id, bought!.id)
      assert.deepInclude(detail!.explanation, { rule: "AbandonedCart", version: 1 })
      assert.deepStrictEqual(
        detail!.evidence.map(({ id, type, occurredAt }) => [id, type, occurredAt]),
        [["c2", "ModifyCart", noon + 2 * HOUR]]
      )
      assert.isNumber(detail!.evidence[0]!.logId)
      assert.deepStrictEqual(
        (yield* log.find(unitId, first!.id))!.repeats.map(({ id }) => id),
        [repeat!.id]
      )
      assert.deepStrictEqual(
        (yield* log.find(unitId, bought!.id))!.recovers.map(({ id }) => id),
        [first!.id, repeat!.id]
      )
      const story = yield* tell(unitId, detail!.sessionId!)
      assert.deepStrictEqual(
        story!.outcomes.map(({ id, evidence }) => [id, evidence]),
        [[repeat!.id, ["c2"]]]
      )
    })
  )

  it.effect("keeps superseded rows and says why", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("superseded")
      const log = yield* SessionEventLog
      const sql = yield* SqlClient.SqlClient
      yield* Shop.fill(unitId, [Shop.event("c1", noon, { type: "ModifyCart", cart })], noon + 10 * HOUR)
      yield* sql`
        update session_event set superseded_at = to_timestamp(${noon / 1000}), superseded_reason = 'no-longer-computed'
        where unit_id = ${unitId}`
      const [row] = (yield* log.page(unitId, {}, newest)).rows
      assert.isTrue(row!.isSuperseded)
      assert.deepInclude(yield* log.find(unitId, row!.id), {
        supersededAt: noon,
        supersededReason: "no-longer-computed"
      })
    })
  )

  it.effect("shows an order that belongs to no session", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("alone")
      const log = yield* SessionEventLog
      const sql = yield* SqlClient.SqlClient
      yield* Shop.fill(unitId, [Shop.event("c3", noon, { type: "VisitOnSalePage", order })], noon)
      yield* sql`
        update session_event set session_no = null, visitor_id = null, evidence = '["Z/1"]' where unit_id = ${unitId}`
      const [row] = (yield* log.page(unitId, {}, newest)).rows
      const detail = yield* log.find(unitId, row!.id)
      assert.deepInclude(detail, { sessionId: null, visitorId: null, orderId: "Z/1", orderValue: 9800 })
      assert.deepStrictEqual(detail!.evidence, [{ id: "Z/1", logId: null, type: null, occurredAt: null }])
    })
  )

  it.effect("turns pages of equal times without gaps and doubles, within its own unit", () =>
    Effect.gen(function* () {
      const log = yield* SessionEventLog
      const own = yield* Shop.open("pages")
      const other = yield* Shop.open("others")
      const purchases = (unit: string, count: number) =>
        Array.from({ length: count }, (_, index) =>
          Shop.event(`${unit}${index}`, noon, {
            type: "VisitOnSalePage",
            visitor: `v${index}`,
            order: { id: Ids.OrderId.make(`${unit}${index}`) }
          })
        )
      yield* Shop.fill(own, purchases("o", 2 * pageRowsMax + 3), noon)
      yield* Shop.fill(other, purchases("x", 5), noon)
      const seen: Array<number> = []
      let page = yield* log.page(own, {}, newest)
      seen.push(...page.rows.map(({ id }) => id))
      while (page.hasOlder) {
        const last = page.rows.at(-1)!
        page = yield* log.page(own, {}, { direction: "older", cursor: { at: last.occurredAt, id: last.id } })
        seen.push(...page.rows.map(({ id }) => id))
      }
      assert.strictEqual(seen.length, 2 * pageRowsMax + 3)
      assert.deepStrictEqual(
        seen,
        [...new Set(seen)].sort((a, b) => b - a)
      )
      assert.strictEqual(yield* log.count(own, {}), seen.length)
      const [theirs] = (yield* log.page(other, {}, newest)).rows
      assert.isNull(yield* log.find(own, theirs!.id))
      assert.strictEqual((yield* log.page(own, { visitor: "v7" }, newest)).rows.length, 1)
      assert.strictEqual((yield* log.page(own, { type: "AbandonedCart" }, newest)).rows.length, 0)
    })
  )
})
