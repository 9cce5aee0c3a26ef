import { assert, layer } from "@effect/vitest"
import { Intake } from "@spoor/contracts"
import { type Activity, Ids, Rules } from "@spoor/domain"
import {
  Activities,
  DeadLetters,
  Identifications,
  Intakes,
  RejectedItems,
  ReportedOrders,
  SessionEvents,
  Sessions,
  Sites,
  Users
} from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Worker } from "../src/Worker.ts"

const MINUTE = 60_000
const noon = Date.UTC(2026, 10, 24, 12)
const siteId = Ids.SiteId.make("sklep")

const repositories = Layer.mergeAll(
  Activities.layer,
  DeadLetters.layer,
  Identifications.layer,
  Intakes.layer,
  RejectedItems.layer,
  ReportedOrders.layer,
  SessionEvents.layer,
  Sessions.layer,
  Sites.layer,
  Users.layer
)
const Everything = Worker.layer.pipe(
  Layer.provideMerge(Queue.layerMemory()),
  Layer.provideMerge(repositories),
  Layer.provideMerge(TestDatabase.layer)
)

/** A unit and site of its own for every test, so that none sees another's rows. */
const newPlace = Effect.gen(function* () {
  const sites = yield* Sites
  const unitId = yield* sites.addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  const place = { unitId, siteId }
  yield* sites.add({ ...place, name: "Sklep", url: "http://localhost" }, Rules.defaults)
  return place
})

const event = (id: string, minute: number, more: Partial<Activity.Activity> = {}): Activity.Activity => ({
  id: Ids.EventId.make(id),
  siteId,
  visitorId: Ids.VisitorId.make("v1"),
  type: "VisitOnWebsite",
  occurredAt: noon + minute * MINUTE,
  receivedAt: noon + minute * MINUTE,
  sequence: 0,
  ...more
})

const cart = { currency: "PLN", items: [{ id: "kubek", name: "Kubek", quantity: 2, unitPrice: 4900 }] }

const send = Effect.fnUntraced(function* (
  unitId: number,
  id: string,
  activities: ReadonlyArray<Activity.Activity>,
  more: Partial<Intake.Intake> = {}
) {
  const queue = yield* Queue
  const worker = yield* Worker
  const intake: Intake.Intake = {
    unitId,
    siteId,
    door: "native",
    receivedAt: noon,
    activities,
    identifications: [],
    duplicates: 0,
    rejections: [],
    ...more
  }
  const body = yield* Schema.encodeEffect(Intake.IntakeFromText)(intake)
  yield* queue.append([{ id, topic: "activity", body }])
  yield* worker.once
})

const ledger = Effect.fnUntraced(function* (unitId: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ type: string; key: string; email: string | null; superseded: boolean; recovered: boolean }>`
    select type, key, email, superseded_at is not null as superseded, recovered_by is not null as recovered
    from session_event where unit_id = ${unitId} order by id`
})

const sessionsOf = Effect.fnUntraced(function* (unitId: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ id: string; email: string | null; events: number; activities: number }>`
    select session.id, session.email, event_count as events,
      (select count(*) from activity where activity.unit_id = session.unit_id and session_no = no) as activities
    from session where unit_id = ${unitId} order by started_at`
})

layer(Everything, { timeout: "60 seconds" })("Worker", (it) => {
  it.effect("writes of a message what an earlier try left, and counts it once", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon + 2 * MINUTE)
      const sql = yield* SqlClient.SqlClient
      const { unitId } = yield* newPlace
      const of = (id: string, visitor: string) => event(id, 0, { visitorId: Ids.VisitorId.make(visitor) })
      // The worker ended when one of the two lanes was written.
      yield* sql`insert into intake (unit_id, batch_id) values (${unitId}, 'half')`
      yield* send(unitId, "half", [of("h1", "klient-1"), of("h2", "klient-2"), of("h3", "klient-1")], { duplicates: 4 })
      const stored = yield* sql<{ id: string }>`select event_id as id from activity where unit_id = ${unitId}`
      assert.deepStrictEqual([...stored], [{ id: "h2" }])
      const totals = yield* (yield* Intakes).totals({ unitId, siteId }, "activity")
      assert.deepStrictEqual({ ...totals }, { stored: 1, duplicate: 0, rejected: 0 })
    })
  )

  it.effect("stores activity and an abandoned cart once the grace is over", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon + 2 * MINUTE)
      const { unitId } = yield* newPlace
      const worker = yield* Worker
      yield* send(unitId, "w1", [
        event("a", 0, { type: "VisitOnProductPage" }),
        event("b", 1, { type: "ModifyCart", cart })
      ])
      assert.deepStrictEqual(yield* ledger(unitId), [])

      yield* TestClock.setTime(noon + 41 * MINUTE)
      yield* Effect.repeat(worker.emitDue, { until: (settled) => settled === 0 })
      assert.deepStrictEqual(yield* ledger(unitId), [])
      yield* TestClock.setTime(noon + 41 * MINUTE + 1)
      yield* Effect.repeat(worker.emitDue, { until: (settled) => settled === 0 })
      assert.deepStrictEqual(yield* ledger(unitId), [
        { type: "AbandonedCart", key: "cart:sklep:b", email: null, superseded: false, recovered: false }
      ])
      yield* Effect.repeat(worker.emitDue, { until: (settled) => settled === 0 })
      assert.lengthOf(yield* ledger(unitId), 1)
    })
  )

  it.effect("obeys a site's new rules from when they hold, and leaves what was emitted before", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon)
      const place = yield* newPlace
      const { unitId } = place
      const worker = yield* Worker
      const users = yield* Users
      const settleAt = (minute: number) =>
        Effect.andThen(
          TestClock.setTime(noon + minute * MINUTE + 1),
          Effect.repeat(worker.emitDue, { until: (settled) => settled === 0 })
        )
      yield* send(unitId, "r1", [event("a", 0, { type: "ModifyCart", cart })])
      yield* settleAt(40)
      const [emitted] = yield* ledger(unitId)
      assert.include(emitted, { key: "cart:sklep:a", superseded: false })

      yield* users.create({ unitId, id: "anna", email: "anna@shop.pl", role: "administrator" }, "")
      const { changeRules } = yield* Sites
      const rules = { ...Rules.defaults, inactivity: 5 * MINUTE, grace: 0 }
      const change = { version: 1, rules, userId: "anna", changedAt: noon, appliesFrom: noon + 100 * MINUTE }
      assert.isTrue(yield* changeRules(place, change))
      // A session that began before goes on as it began, over a pause that the new rules would end it at.
      yield* send(unitId, "r2", [event("b", 95, { type: "ModifyCart", cart }), event("c", 115)])
      yield* send(unitId, "r3", [event("d", 200, { type: "ModifyCart", cart })])
      yield* settleAt(206)
      const sql = yield* SqlClient.SqlClient
      const closed = yield* sql<{ readonly minutes: number }>`
        select (extract(epoch from closed_at - ended_at) / 60)::float8 as minutes from session
        where unit_id = ${unitId} order by started_at`
      assert.deepStrictEqual(
        closed.map(({ minutes }) => minutes),
        [30, 30, 5]
      )
      const rows = yield* ledger(unitId)
      assert.deepStrictEqual(
        rows.map(({ key, superseded }) => [key, superseded]),
        [
          ["cart:sklep:a", false],
          ["cart:sklep:b", false],
          ["cart:sklep:d", false]
        ]
      )
    })
  )

  it.effect("emits a purchase at once, enriches and recovers later", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon + 90 * MINUTE)
      const { unitId } = yield* newPlace
      yield* send(unitId, "p1", [event("b", 0, { type: "ModifyCart", cart })])
      assert.deepStrictEqual(
        (yield* ledger(unitId)).map(({ type }) => type),
        ["AbandonedCart"]
      )
      const email = Ids.Email.make("anna@example.pl")
      const order = { id: Ids.OrderId.make("Z1"), value: 9800, currency: "PLN" }
      yield* send(unitId, "p2", [event("s", 85, { type: "VisitOnSalePage", order, email })])
      assert.deepStrictEqual(yield* ledger(unitId), [
        { type: "AbandonedCart", key: "cart:sklep:b", email, superseded: false, recovered: true },
        { type: "FinalizedTransaction", key: "order:sklep:Z1", email, superseded: false, recovered: false }
      ])
    })
  )

  it.effect("bridges two sessions when a late event comes, and moves their rows", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon + 60 * MINUTE)
      const { unitId } = yield* newPlace
      yield* send(unitId, "l1", [event("a", 0), event("c", 50)])
      assert.deepStrictEqual(
        (yield* sessionsOf(unitId)).map(({ id }) => id),
        ["sklep:a", "sklep:c"]
      )
      yield* send(unitId, "l2", [event("b", 25)])
      assert.deepStrictEqual(yield* sessionsOf(unitId), [{ id: "sklep:a", email: null, events: 3, activities: 3 }])
      yield* send(unitId, "l3", [event("0", -5)])
      assert.deepStrictEqual(yield* sessionsOf(unitId), [{ id: "sklep:0", email: null, events: 4, activities: 4 }])
    })
  )

  it.effect("fills an e-mail back into earlier sessions", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon + 60 * MINUTE)
      const { unitId } = yield* newPlace
      yield* send(unitId, "m1", [event("a", 0), event("b", 50)])
      yield* send(unitId, "m2", [event("c", 51, { type: "VisitOnLoginPage", email: Ids.Email.make("jan@example.pl") })])
      assert.deepStrictEqual(
        (yield* sessionsOf(unitId)).map(({ email }) => email),
        ["jan@example.pl", "jan@example.pl"]
      )
    })
  )

  it.effect("emits a purchase whose browser's clock is ahead when its time has come", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon)
      const { unitId } = yield* newPlace
      const worker = yield* Worker
      const order = { id: Ids.OrderId.make("F1") }
      yield* send(unitId, "f1", [event("f", 2, { type: "VisitOnSalePage", order })])
      assert.deepStrictEqual(yield* ledger(unitId), [])
      yield* TestClock.setTime(noon + 2 * MINUTE)
      yield* Effect.repeat(worker.emitDue, { until: (settled) => settled === 0 })
      assert.deepStrictEqual(
        (yield* ledger(unitId)).map(({ key }) => key),
        ["order:sklep:F1"]
      )
    })
  )

  it.effect("links a superseded row to the one that took its place", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon + 60 * MINUTE)
      const { unitId } = yield* newPlace
      yield* send(unitId, "r1", [event("b", 0, { type: "ModifyCart", cart })])
      yield* send(unitId, "r2", [event("s", 1, { type: "VisitOnSalePage", order: { id: Ids.OrderId.make("R1") } })])
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql`
        select row.key, row.superseded_reason as reason, replacement.key as replacement
        from session_event as row left join session_event as replacement on replacement.id = row.superseded_by
        where row.unit_id = ${unitId} order by row.id`
      assert.deepStrictEqual(rows, [
        { key: "cart:sklep:b", reason: "no-longer-computed", replacement: "order:sklep:R1" },
        { key: "order:sklep:R1", reason: null, replacement: null }
      ])
    })
  )

  it.effect("flags what came too late, and lets it change no outcome", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon + 60 * MINUTE)
      const { unitId } = yield* newPlace
      yield* send(unitId, "t1", [event("b", 0, { type: "ModifyCart", cart })])
      yield* TestClock.setTime(noon + 26 * 60 * MINUTE)
      const receivedAt = noon + 26 * 60 * MINUTE
      const order = { id: Ids.OrderId.make("T1") }
      yield* send(unitId, "t2", [event("s", 1, { type: "VisitOnSalePage", order, receivedAt })])
      const sql = yield* SqlClient.SqlClient
      assert.deepStrictEqual(
        yield* sql`select event_id as id, is_late as late from activity where unit_id = ${unitId} order by id`,
        [
          { id: "b", late: false },
          { id: "s", late: true }
        ]
      )
      assert.deepStrictEqual(
        yield* sql`select key, superseded_at is null as stands, is_historic as historic from session_event
          where unit_id = ${unitId} order by id`,
        [
          { key: "cart:sklep:b", stands: true, historic: false },
          { key: "order:sklep:T1", stands: true, historic: true }
        ]
      )
    })
  )

  it.effect("gives a purchase to the visitor whose page reported the order first", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon + 60 * MINUTE)
      const { unitId } = yield* newPlace
      const order = { id: Ids.OrderId.make("Z9") }
      const v2 = Ids.VisitorId.make("v2")
      yield* send(unitId, "o1", [event("late", 10, { type: "VisitOnSalePage", order })])
      yield* send(unitId, "o2", [event("early", 5, { type: "VisitOnSalePage", order, visitorId: v2 })])
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql`
        select visitor_id as visitor, superseded_at is null as stands from session_event where unit_id = ${unitId} order by id`
      assert.deepStrictEqual(rows, [
        { visitor: "v1", stands: false },
        { visitor: "v2", stands: true }
      ])
    })
  )

  it.effect("folds differences of a cart in the order in which they happened, whatever came first", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon + 60 * MINUTE)
      const { unitId } = yield* newPlace
      const item = cart.items[0]!
      const change = (op: "add" | "remove", quantity: number) => ({
        type: "ModifyCart" as const,
        cartChange: { op, currency: "PLN", item: { ...item, quantity } }
      })
      yield* send(unitId, "k1", [event("b", 2, change("remove", 1))])
      yield* send(unitId, "k2", [event("c", 3, change("add", 4))])
      yield* send(unitId, "k3", [event("a", 1, change("add", 3))])
      const sql = yield* SqlClient.SqlClient
      const [session] = yield* sql`select cart from session where unit_id = ${unitId}`
      assert.deepStrictEqual(session, { cart: { currency: "PLN", items: [{ ...item, quantity: 6 }] } })
      const left = yield* sql`select key, cart from session_event where unit_id = ${unitId} and superseded_at is null`
      assert.deepStrictEqual(left, [{ key: "cart:sklep:c", cart: session?.["cart"] }])
    })
  )

  it.effect("counts sent = stored + duplicate + rejected, and a redelivered batch once", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon + 60 * MINUTE)
      const place = yield* newPlace
      const intakes = yield* Intakes
      const batch = [event("a", 0), event("b", 1), event("a", 0)]
      const rejections = [0, 1, 2].map((place) => ({ place, reason: "missing" as const, pointer: "/id", item: "{}" }))
      yield* send(place.unitId, "c1", batch, { duplicates: 2, rejections })
      yield* send(place.unitId, "c2", [event("b", 1), event("d", 2)])
      assert.deepStrictEqual(yield* intakes.totals(place, "activity"), { stored: 3, duplicate: 4, rejected: 3 })
    })
  )
})
