import { assert, layer } from "@effect/vitest"
import { type Activity, Ids, LogRow, SmsLog } from "@spoor/domain"
import { Array as Arr, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import type { Page } from "../src/Keyset.ts"
import { LogReader } from "../src/LogReader.ts"
import type { Identity } from "../src/PersonIdentity.ts"
import { type Entry, kinds, PersonStory, type PersonTurn, personEntriesMax } from "../src/PersonStory.ts"
import * as Logs from "./Logs.ts"
import * as Shop from "./Shop.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const now = Logs.noon + 240 * HOUR

const Database = Layer.mergeAll(LogReader.layer, PersonStory.layer).pipe(Layer.provideMerge(Shop.layer))

const anna = Ids.Email.make("anna@example.pl")
const adam = Ids.Email.make("adam@example.pl")
const phone = SmsLog.Phone.make("+48600100200")
const byAnna = { by: "email", value: anna } as const
const byPhone = { by: "phone", value: phone } as const
const byBrowser = { by: "visitor", value: Ids.VisitorId.make("browser") } as const

const cart = { currency: "PLN", items: [{ id: "p1", name: "Kubek", quantity: 2, unitPrice: 5_000 }] }

/**
 * One browser that Anna and Adam share, and one of Anna's own: she leaves a cart on the first day, comes back on the second and
 * buys, and looks around on the third without saying who she is.
 */
const events: ReadonlyArray<Activity.Activity> = [
  Shop.event("a1", Logs.noon, { visitor: "browser", email: anna, type: "ModifyCart", cart }),
  Shop.event("a2", Logs.noon + 24 * HOUR, {
    visitor: "browser",
    email: anna,
    type: "VisitOnSalePage",
    order: { id: Ids.OrderId.make("Z 1"), value: 10_000, currency: "PLN" }
  }),
  Shop.event("b1", Logs.noon + 30 * HOUR, { visitor: "browser", email: adam }),
  Shop.event("c1", Logs.noon + 48 * HOUR, { visitor: "browser" }),
  Shop.event("d1", Logs.noon + 50 * HOUR, { visitor: "own", email: anna })
]

/** Rows of this person in the logs that others write, and one each of somebody else. */
const write = Effect.fn(function* (unitId: number) {
  const sql = yield* SqlClient.SqlClient
  const row = (item_id: string, hours: number) => ({
    unit_id: unitId,
    item_id,
    occurred_at: new Date(Logs.noon + hours * HOUR)
  })
  const request = { method: "GET", status: 200, processing_ms: 1, request_id: "r" }
  yield* sql`insert into panel_log ${sql.insert([
    { ...row("p1", 3), ...request, url: "/activity", user_email: anna },
    { ...row("p2", 3), ...request, url: "/activity", user_email: adam }
  ])}`
  yield* sql`insert into api_log ${sql.insert(
    Arr.map(["/customers/c%201", "/customers/c%202", "/orders/Z%209", "/orders/Z"] as const, (url, index) => ({
      ...row(`a${index}`, 4),
      ...request,
      url
    }))
  )}`
  const failure = {
    gateway: "g",
    error_code: "1",
    error_text: "",
    protocol: "http",
    permanence: "unknown",
    category: "unknown"
  }
  yield* sql`insert into sms_log ${sql.insert([
    { ...row("s1", 5), ...failure, phone },
    { ...row("s2", 5), ...failure, phone: "+48600100201" }
  ])}`
  yield* sql`insert into customer ${sql.insert([
    { unit_id: unitId, id: "c 1", email: anna, phone, created_at: new Date(now), updated_at: new Date(now) },
    { unit_id: unitId, id: "c 2", email: adam, phone: null, created_at: new Date(now), updated_at: new Date(now) }
  ])}`
  yield* sql`insert into reported_order ${sql.insert({
    unit_id: unitId,
    site_id: Shop.siteId,
    id: "Z 9",
    email: anna,
    occurred_at: new Date(now),
    received_at: new Date(now),
    updated_at: new Date(now)
  })}`
})

const furnish = Effect.fnUntraced(function* (name: string) {
  yield* TestClock.setTime(now)
  const unitId = yield* Shop.open(name)
  yield* Shop.fill(unitId, events, now)
  yield* write(unitId)
  return unitId
})

const all = Effect.fnUntraced(function* (unitId: number, identity: Identity) {
  const story = yield* PersonStory
  const entries: Array<Entry> = []
  let turn: PersonTurn = { direction: "newest" }
  for (;;) {
    const page: Page<Entry> = yield* story.page(unitId, identity, turn)
    entries.push(...page.rows)
    if (!page.hasOlder) return entries
    turn = { direction: "older", cursor: page.rows.at(-1)! }
  }
})

/** A session as the IDs of its events, anything else as the log it is in. */
const told = Effect.fnUntraced(function* (unitId: number, entries: ReadonlyArray<Entry>) {
  const story = yield* PersonStory
  const reader = yield* LogReader
  const visits = yield* story.visits(
    unitId,
    entries.flatMap(({ kind, id }) => (kind === "session" ? [id] : []))
  )
  return yield* Effect.forEach(entries, ({ kind, id }) =>
    Effect.gen(function* () {
      if (kind !== "session")
        return (yield* reader.rows(unitId, kind, [LogRow.LogId.make(String(id))])).length === 1 ? kind : ""
      const visit = visits.find(({ no }) => no === id)!
      const rows = yield* reader.rows(unitId, "activity", visit.activityIds)
      return rows.map(({ details }) => details.eventId).join()
    })
  )
})

layer(Database, { timeout: "60 seconds" })("a person's story", (it) => {
  it.effect("holds all five logs of an e-mail, newest first, and nobody else's", () =>
    Effect.gen(function* () {
      const unitId = yield* furnish("one")
      const { identify, facts } = yield* PersonStory
      const identity = yield* identify(unitId, byAnna)
      assert.deepStrictEqual(identity.phones, [phone])
      assert.deepStrictEqual(identity.customerIds, ["c 1"])
      assert.deepStrictEqual(identity.subjects, ["/customers/c%201", "/orders/Z%209"])
      // Adam's session in the shared browser is missing, the one without a name is there.
      assert.deepStrictEqual(yield* told(unitId, yield* all(unitId, identity)), [
        "d1",
        "c1",
        "a2",
        "sms",
        "api",
        "api",
        "panel",
        "a1"
      ])
      const known = yield* facts(unitId, identity)
      assert.strictEqual(known.sessions, 3)
      assert.strictEqual(known.anonymous, 1)
      assert.strictEqual(known.firstAt, Logs.noon)
      assert.strictEqual(known.lastAt, Logs.noon + 50 * HOUR)
      assert.deepStrictEqual(
        known.visitors.map(({ value, sessions }) => [value, sessions]),
        [
          ["own", 1],
          ["browser", 2]
        ]
      )
      assert.deepStrictEqual(known.sums, [
        { type: "AbandonedCart", currency: "PLN", count: 1, recovered: 1, value: 10_000 },
        { type: "FinalizedTransaction", currency: "PLN", count: 1, recovered: 0, value: 10_000 }
      ])
    })
  )

  it.effect("leads from a phone to the same, and from a browser to what happened in it alone", () =>
    Effect.gen(function* () {
      const unitId = yield* furnish("two")
      const { identify, facts } = yield* PersonStory
      const [mail, dialled] = yield* Effect.all([identify(unitId, byAnna), identify(unitId, byPhone)])
      assert.deepStrictEqual(yield* all(unitId, dialled), yield* all(unitId, mail))
      const browser = yield* identify(unitId, byBrowser)
      assert.deepStrictEqual(yield* told(unitId, yield* all(unitId, browser)), ["c1", "b1", "a2", "a1"])
      const known = yield* facts(unitId, browser)
      assert.deepStrictEqual(
        known.emails.map(({ value }) => value),
        [adam, anna]
      )
      assert.strictEqual(known.anonymous, 0)
    })
  )

  it.effect("shows nothing of another unit", () =>
    Effect.gen(function* () {
      yield* furnish("theirs")
      yield* TestClock.setTime(now)
      const ours = yield* Shop.open("ours")
      const { identify, facts, visits } = yield* PersonStory
      const sql = yield* SqlClient.SqlClient
      const numbers = yield* sql<{ readonly no: number }>`select no from session`
      assert.deepStrictEqual(
        yield* visits(
          ours,
          numbers.map(({ no }) => no)
        ),
        []
      )
      for (const who of [byAnna, byPhone, byBrowser]) {
        const identity = yield* identify(ours, who)
        assert.deepStrictEqual(identity.customerIds, [])
        assert.deepStrictEqual(yield* all(ours, identity), [])
        // Whatever was found out about one unit says nothing about another.
        const known = yield* facts(ours, { ...identity, visitorIds: [byBrowser.value] })
        assert.deepStrictEqual(
          [known.sessions, known.anonymous, known.sums.length, known.visitors.length],
          [0, 0, 0, 0]
        )
      }
    })
  )

  it.effect("pages both ways without loss, among many rows of one instant", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const unitId = yield* Shop.open("many")
      const sql = yield* SqlClient.SqlClient
      const rows = (prefix: string) =>
        Arr.makeBy(35, (index) => ({
          unit_id: unitId,
          item_id: `${prefix}${index}`,
          occurred_at: new Date(Logs.noon + Math.floor(index / 9) * MINUTE)
        }))
      yield* sql`insert into panel_log ${sql.insert(
        Arr.map(rows("p"), (row) => ({
          ...row,
          url: "/",
          method: "GET",
          status: 200,
          processing_ms: 1,
          user_email: anna
        }))
      )}`
      const failure = {
        gateway: "g",
        error_code: "1",
        error_text: "",
        protocol: "http",
        permanence: "unknown",
        category: "unknown"
      }
      yield* sql`insert into sms_log ${sql.insert(Arr.map(rows("s"), (row) => ({ ...row, ...failure, phone })))}`
      yield* sql`insert into customer ${sql.insert({ unit_id: unitId, id: "c", email: anna, phone, created_at: new Date(now), updated_at: new Date(now) })}`
      yield* Shop.fill(
        unitId,
        Arr.makeBy(12, (index) => Shop.event(`e${index}`, Logs.noon + MINUTE, { visitor: `v${index}`, email: anna })),
        now
      )
      const { identify, page } = yield* PersonStory
      const identity = yield* identify(unitId, byAnna)
      const entries = yield* all(unitId, identity)
      assert.lengthOf(entries, 82)
      assert.lengthOf(new Set(entries.map(({ kind, id }) => `${kind} ${id}`)), 82)
      const sorted = entries.toSorted(
        (a, b) => b.at - a.at || kinds.indexOf(b.kind) - kinds.indexOf(a.kind) || b.id - a.id
      )
      assert.deepStrictEqual(entries, sorted)
      const back = yield* page(unitId, identity, { direction: "newer", cursor: entries[50]! })
      assert.deepStrictEqual(back.rows, entries.slice(50 - personEntriesMax, 50))
      assert.isTrue(back.hasNewer && back.hasOlder)
    })
  )
})
