import { assert, layer } from "@effect/vitest"
import { FilterText, Ids, Interval } from "@spoor/domain"
import { Effect, Layer, Result } from "effect"
import { TestClock } from "effect/testing"
import { Activities } from "../src/Activities.ts"
import { ActivityLog } from "../src/ActivityLog.ts"
import { pageRowsMax } from "../src/Keyset.ts"
import { LogReader } from "../src/LogReader.ts"
import { Sessions } from "../src/Sessions.ts"
import { SessionStory } from "../src/SessionStory.ts"
import * as Shop from "./Shop.ts"

const MINUTE = 60_000
const noon = Date.UTC(2026, 10, 24, 12)
/** The unit's rows as every list shows them, newest first. */
const listed = Effect.fn(function* (unitId: number, text = "") {
  const filter = Result.getOrThrow(FilterText.parse("activity", text))
  const query = { unitId, log: "activity", filter, interval: Interval.always } as const
  return (yield* (yield* LogReader).page(query, { direction: "newest" }, pageRowsMax)).rows
})

const Database = LogReader.layer.pipe(Layer.provideMerge(Shop.layer))

layer(Database, { timeout: "60 seconds" })("a row of the activity log", (it) => {
  it.effect("never finds another unit's row or story", () =>
    Effect.gen(function* () {
      const log = yield* ActivityLog
      const { tell } = yield* SessionStory
      const own = yield* Shop.open("own")
      const other = yield* Shop.open("other")
      const theirs = [Shop.event("x1", noon, { email: Ids.Email.make("a@example.com") })]
      const { sessions } = yield* Shop.fill(other, theirs, noon)
      const [row] = yield* listed(other)
      assert.isNotNull(yield* log.find(other, Number(row!.id)))
      assert.isNull(yield* log.find(own, Number(row!.id)))
      assert.isNull(yield* tell(own, sessions[0]!.id))
      assert.isFalse(yield* log.isFilled(own, undefined))
      assert.isTrue(yield* log.isFilled(other, undefined))
    })
  )

  it.effect("carries the session's e-mail on rows from before it was named", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("e-mail")
      const email = Ids.Email.make("anna@example.com")
      yield* Shop.fill(
        unitId,
        [
          Shop.event("m1", noon),
          Shop.event("m2", noon + 1, { type: "VisitOnLoginPage", email }),
          Shop.event("m3", noon + 2, { visitor: "v2" })
        ],
        noon
      )
      const found = yield* listed(unitId, `email:${email}`)
      assert.deepStrictEqual(
        found.map((row) => [row.createdAt - noon, row.visitorEmail]),
        [
          [1, email],
          [0, email]
        ]
      )
    })
  )

  it.effect("computes an active session when it is read", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("active")
      const { tell } = yield* SessionStory
      const { sessions } = yield* Shop.fill(
        unitId,
        [Shop.event("s1", noon), Shop.event("s2", noon + 31 * MINUTE)],
        noon
      )
      const active = Effect.map(listed(unitId), (rows) => rows.map(({ sessionActive }) => sessionActive))
      yield* TestClock.setTime(noon + 61 * MINUTE)
      assert.deepStrictEqual(yield* active, [true, false])
      assert.deepInclude((yield* tell(unitId, sessions[1]!.id))!.session, { isActive: true, endReason: null })
      assert.deepInclude((yield* tell(unitId, sessions[0]!.id))!.session, { isActive: false, endReason: "inactivity" })
      yield* TestClock.setTime(noon + 61 * MINUTE + 1)
      assert.deepStrictEqual(yield* active, [false, false])
      assert.deepInclude((yield* tell(unitId, sessions[1]!.id))!.session, { isActive: false, endReason: "inactivity" })
    })
  )

  it.effect("resolves a former session ID, and a living session's ID before it", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("aliases")
      const { tell } = yield* SessionStory
      const place = { unitId, siteId: Shop.siteId }
      const early = [Shop.event("t1", noon), Shop.event("t3", noon + 50 * MINUTE)]
      const { sessions, numbers } = yield* Shop.fill(unitId, early, noon)
      const former = sessions[1]!.id
      // What the worker does when a late event bridges two sessions (sessions.md 3.7).
      yield* (yield* Activities).move(place, [{ eventId: early[1]!.id, sessionNo: numbers[0]! }])
      yield* (yield* Sessions).remove(place, [numbers[1]!])
      assert.strictEqual((yield* tell(unitId, former))!.session.id, sessions[0]!.id)
      assert.strictEqual((yield* listed(unitId, `session:"${former}"`)).length, 2)
      assert.isNull(yield* tell(unitId, "shop:never"))
      assert.strictEqual((yield* listed(unitId, 'session:"no colon"')).length, 0)
      yield* Shop.write(place, [sessions[1]!])
      assert.strictEqual((yield* tell(unitId, former))!.session.id, former)
    })
  )

  it.effect("tells a row with all that is known of it", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("detail")
      const log = yield* ActivityLog
      yield* Shop.fill(
        unitId,
        [
          Shop.event("d1", noon, {
            type: "VisitOnSalePage",
            clientAt: noon - 5,
            receivedAt: noon + 9,
            url: "javascript:alert(1)",
            title: "</script>",
            order: { id: Ids.OrderId.make("Z/1"), value: 4900, currency: "PLN" },
            cart: { currency: "PLN", items: [{ id: "p", quantity: 1, unitPrice: 4900 }] },
            isClockWrong: true
          })
        ],
        noon
      )
      const [row] = yield* listed(unitId)
      const detail = yield* log.find(unitId, Number(row!.id))
      assert.deepInclude(detail, {
        eventId: Ids.EventId.make("d1"),
        clientAt: noon - 5,
        receivedAt: noon + 9,
        url: "javascript:alert(1)",
        title: "</script>",
        orderId: "Z/1",
        orderValue: 4900,
        orderCurrency: "PLN",
        isClockWrong: true,
        isLate: false,
        isHistory: false
      })
      assert.isNull(yield* log.find(unitId, Number(row!.id) + 1))
    })
  )
})
