import { assert, layer } from "@effect/vitest"
import { Ids } from "@spoor/domain"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { Activities } from "../src/Activities.ts"
import { type ActivityFilter, ActivityLog } from "../src/ActivityLog.ts"
import { countMax, pageRowsMax, type Turn } from "../src/Keyset.ts"
import { Sessions } from "../src/Sessions.ts"
import { SessionStory } from "../src/SessionStory.ts"
import * as Shop from "./Shop.ts"

const MINUTE = 60_000
const noon = Date.UTC(2026, 10, 24, 12)
const newest: Turn = { direction: "newest" }

/** All rows by turning pages from the newest to the oldest, or back from the last page reached. */
const walk = Effect.fn(function* (unitId: number, filter: ActivityFilter, direction: "older" | "newer") {
  const log = yield* ActivityLog
  const first = yield* log.page(unitId, filter, newest)
  const pages = [first]
  let page = first
  while (page.hasOlder) {
    page = yield* log.page(unitId, filter, { direction: "older", cursor: cursorOf(page.rows.at(-1)!) })
    pages.push(page)
  }
  if (direction === "older") return pages.flatMap(({ rows }) => rows)
  const back = [page]
  while (page.hasNewer) {
    page = yield* log.page(unitId, filter, { direction: "newer", cursor: cursorOf(page.rows[0]!) })
    back.unshift(page)
  }
  return back.flatMap(({ rows }) => rows)
})

const cursorOf = (row: { readonly occurredAt: number; readonly id: number }) => ({ at: row.occurredAt, id: row.id })

layer(Shop.layer, { timeout: "60 seconds" })("the activity log", (it) => {
  it.effect("turns pages without gaps and doubles where many rows share one millisecond", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("equal times")
      const events = Array.from({ length: 3 * pageRowsMax + 7 }, (_, index) =>
        Shop.event(`e${String(index).padStart(3, "0")}`, noon + Math.floor(index / 60), { visitor: `v${index % 5}` })
      )
      yield* Shop.fill(unitId, events, noon)
      const older = yield* walk(unitId, {}, "older")
      const ids = older.map(({ id }) => id)
      assert.strictEqual(new Set(ids).size, events.length)
      assert.deepStrictEqual(
        ids,
        [...older].sort((a, b) => b.occurredAt - a.occurredAt || b.id - a.id).map(({ id }) => id)
      )
      assert.deepStrictEqual(
        (yield* walk(unitId, {}, "newer")).map(({ id }) => id),
        ids
      )
      assert.strictEqual(
        (yield* walk(unitId, { visitor: "v3" }, "older")).length,
        events.filter((e) => e.visitorId === "v3").length
      )
    })
  )

  it.effect("shows rows that came in above without moving the pages below", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("arrivals")
      const log = yield* ActivityLog
      const first = Array.from({ length: pageRowsMax + 5 }, (_, index) => Shop.event(`a${index}`, noon + index))
      yield* Shop.fill(unitId, first, noon)
      const top = yield* log.page(unitId, {}, newest)
      yield* Shop.fill(unitId, [Shop.event("b1", noon + MINUTE, { visitor: "v2" })], noon)
      const below = yield* log.page(unitId, {}, { direction: "older", cursor: cursorOf(top.rows.at(-1)!) })
      const above = yield* log.page(unitId, {}, { direction: "newer", cursor: cursorOf(top.rows[0]!) })
      assert.strictEqual(below.rows.length, 5)
      assert.isFalse(below.hasOlder)
      assert.deepStrictEqual(
        above.rows.map(({ visitorId }) => visitorId),
        [Ids.VisitorId.make("v2")]
      )
      assert.isFalse(above.hasNewer)
    })
  )

  it.effect("never shows, counts or finds another unit's rows", () =>
    Effect.gen(function* () {
      const log = yield* ActivityLog
      const { tell } = yield* SessionStory
      const own = yield* Shop.open("own")
      const other = yield* Shop.open("other")
      const theirs = [Shop.event("x1", noon, { email: Ids.Email.make("a@example.com") })]
      const { sessions } = yield* Shop.fill(other, theirs, noon)
      const [row] = (yield* log.page(other, {}, newest)).rows
      const sessionId = sessions[0]!.id
      for (const filter of [
        {},
        { email: "a@example.com" },
        { visitor: "v1" },
        { session: sessionId },
        { site: "shop" }
      ]) {
        assert.strictEqual((yield* log.page(own, filter, newest)).rows.length, 0)
        assert.strictEqual(yield* log.count(own, filter), 0)
        assert.strictEqual((yield* log.page(other, filter, newest)).rows.length, 1)
      }
      assert.isNull(yield* log.find(own, row!.id))
      assert.isNull(yield* tell(own, sessionId))
      assert.isFalse(yield* log.isFilled(own, undefined))
      const turn = { direction: "older", cursor: { at: noon + 1, id: row!.id + 1 } } as const
      assert.strictEqual((yield* log.page(own, {}, turn)).rows.length, 0)
    })
  )

  it.effect("carries the session's e-mail on rows from before it was named", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("e-mail")
      const log = yield* ActivityLog
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
      const found = yield* log.page(unitId, { email }, newest)
      assert.deepStrictEqual(
        found.rows.map((row) => [row.occurredAt - noon, row.email]),
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
      const log = yield* ActivityLog
      const { tell } = yield* SessionStory
      const { sessions } = yield* Shop.fill(
        unitId,
        [Shop.event("s1", noon), Shop.event("s2", noon + 31 * MINUTE)],
        noon
      )
      const active = log
        .page(unitId, {}, newest)
        .pipe(Effect.map(({ rows }) => rows.map(({ isSessionActive }) => isSessionActive)))
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
      const log = yield* ActivityLog
      const { tell } = yield* SessionStory
      const place = { unitId, siteId: Shop.siteId }
      const early = [Shop.event("t1", noon), Shop.event("t3", noon + 50 * MINUTE)]
      const { sessions, numbers } = yield* Shop.fill(unitId, early, noon)
      const former = sessions[1]!.id
      // What the worker does when a late event bridges two sessions (sessions.md 3.7).
      yield* (yield* Activities).move(place, [{ eventId: early[1]!.id, sessionNo: numbers[0]! }])
      yield* (yield* Sessions).remove(place, [numbers[1]!])
      assert.strictEqual((yield* tell(unitId, former))!.session.id, sessions[0]!.id)
      assert.strictEqual((yield* log.page(unitId, { session: former }, newest)).rows.length, 2)
      assert.isNull(yield* tell(unitId, "shop:never"))
      assert.strictEqual((yield* log.page(unitId, { session: "no colon" }, newest)).rows.length, 0)
      yield* (yield* Sessions).write(place, [{ no: null, session: sessions[1]!, dueAt: null }])
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
      const [row] = (yield* log.page(unitId, {}, newest)).rows
      const detail = yield* log.find(unitId, row!.id)
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
      assert.isNull(yield* log.find(unitId, row!.id + 1))
    })
  )

  it.effect("stops counting where nobody reads on", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("many")
      const log = yield* ActivityLog
      const events = Array.from({ length: countMax + 50 }, (_, index) =>
        Shop.event(`n${index}`, noon + index, { visitor: `v${index % 500}` })
      )
      yield* Shop.fill(unitId, events, noon)
      assert.strictEqual(yield* log.count(unitId, {}), countMax + 1)
      assert.strictEqual(yield* log.count(unitId, { visitor: "v7" }), 21)
    })
  )
})
