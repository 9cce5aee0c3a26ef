import { assert, layer } from "@effect/vitest"
import { RejectedItemsApi } from "@spoor/contracts"
import type { Log } from "@spoor/domain"
import { Intakes, RejectedItems, RejectedReplays } from "@spoor/postgres"
import { Clock, Duration, Effect, Fiber, Layer, Random, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Doors, type Shop } from "../Doors.ts"
import { LogWorker } from "../../src/LogWorker.ts"
import { Asked } from "../../src/rejected/Asked.ts"
import { Replay } from "../../src/rejected/Replay.ts"
import { Worker } from "../../src/Worker.ts"

const noon = Date.UTC(2026, 10, 24, 12)
const DAY = 86_400_000

const ask = Effect.fnUntraced(function* (shop: Shop | null, path: string, body?: unknown) {
  const { origin } = yield* Doors
  const headers = shop === null ? {} : { "x-api-key": shop.apiKey }
  const init: RequestInit = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }
  return yield* Effect.promise(async () => {
    const response = await fetch(`${origin}/v1/rejected-items${path}`, { ...init, headers })
    const json: unknown = await response.json()
    return { status: response.status, json }
  })
})
const list = (shop: Shop, query = "") =>
  Effect.map(ask(shop, query), ({ json }) => Schema.decodeUnknownSync(RejectedItemsApi.Page)(json))
const replay = (shop: Shop, body: RejectedItemsApi.Replay = {}) =>
  Effect.map(ask(shop, "/replay", body), ({ json }) => Schema.decodeUnknownSync(RejectedItemsApi.Replayed)(json))

const event = (id: string, more: object = {}) => ({ id, visitorId: "v1", type: "VisitOnWebsite", ...more })
const rejection = (place: number, item: unknown) => ({
  place,
  reason: "invalid" as const,
  pointer: "/cart",
  item: JSON.stringify(item)
})

/** Items that a door refused at `receivedAt`, by rules that are mended now; counted as the worker does. */
const refuse = Effect.fnUntraced(function* (
  { place }: Shop,
  batch: string,
  receivedAt: number,
  items: ReadonlyArray<unknown>,
  sentAt?: number,
  log: Log.Log = "activity"
) {
  const door = log === "activity" ? "native" : `logs/${log}`
  yield* (yield* RejectedItems).add(place, [
    { id: batch, door, receivedAt, sentAt, rejections: items.map((item, at) => rejection(at, item)) }
  ])
  const tally = { stored: 0, duplicate: 0, rejected: items.length }
  yield* (yield* Intakes).count(place, log, tally, receivedAt)
})

const send = Effect.fnUntraced(function* (writeKey: string, events: ReadonlyArray<unknown>) {
  const { origin } = yield* Doors
  const body = JSON.stringify({ writeKey, events })
  const response = yield* Effect.promise(() => fetch(`${origin}/v1/events`, { method: "POST", body }))
  assert.strictEqual(response.status, 200)
})

/** Lets the worker write what has been sent. */
const write = Effect.flatMap(Worker, ({ once }) => once)

const counted = Effect.fnUntraced(function* ({ place }: Shop) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ day: string; stored: number; duplicate: number; rejected: number }>`
    select to_char(day, 'MM-DD') as day, stored, duplicate, rejected from intake_count
    where unit_id = ${place.unitId} and stored + duplicate + rejected > 0 order by day`
})

const stored = Effect.fnUntraced(function* ({ place }: Shop) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ id: string; occurredAt: number; receivedAt: number }>`
    select event_id as id, (extract(epoch from occurred_at) * 1000)::float8 as "occurredAt",
      (extract(epoch from received_at) * 1000)::float8 as "receivedAt"
    from activity where unit_id = ${place.unitId} order by event_id`
})

layer(Doors.layer, { timeout: "60 seconds", excludeTestServices: true })("rejected items", (it) => {
  it.effect("are listed with their reasons, to their own unit", () =>
    Effect.gen(function* () {
      const { openShop } = yield* Doors
      const [shop, other] = [yield* openShop, yield* openShop]
      const bad = event("bad", { sequence: -1 })
      yield* send(shop.browserKey, [event("a"), bad, event("b"), event("c", { type: "Ping" })])
      yield* write
      const { items, next } = yield* list(shop)
      assert.deepEqual(
        items.map(({ site, door, place, reason, pointer }) => ({ site, door, place, reason, pointer })),
        [
          { site: shop.place.siteId, door: "native", place: 3, reason: "unknown-type", pointer: "/type" },
          { site: shop.place.siteId, door: "native", place: 1, reason: "invalid", pointer: "/sequence" }
        ]
      )
      assert.deepEqual(JSON.parse(items[1]!.item), bad)
      assert.isNull(next)
      assert.deepEqual((yield* list(shop, "?reason=unknown-type")).items, [items[0]!])
      assert.lengthOf((yield* list(shop, "?door=segment")).items, 0)
      assert.lengthOf((yield* list(other)).items, 0)
    })
  )

  it.effect("come page by page", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      const count = RejectedItemsApi.pageItemsMax * 2
      yield* refuse(
        shop,
        "b1",
        noon,
        Array.from({ length: count }, (_, index) => index)
      )
      const first = yield* list(shop)
      const second = yield* list(shop, `?cursor=${first.next}`)
      assert.deepEqual(
        [...first.items, ...second.items].map(({ item }) => Number(item)),
        Array.from({ length: count }, (_, index) => count - 1 - index)
      )
      assert.lengthOf((yield* list(shop, `?cursor=${second.next}`)).items, 0)
    })
  )

  const wrong: ReadonlyArray<readonly [string, string, unknown, string]> = [
    ["a reason that there is not", "?reason=ugly", undefined, "/reason"],
    ["a door that there is not", "?door=front", undefined, "/door"],
    ["a filter given twice", "?site=a&site=b", undefined, "/site"],
    ["a filter that there is not", "?raeson=invalid", undefined, "/raeson"],
    ["a cursor of its own making", "?cursor=1%20or%201=1", undefined, "/cursor"],
    ["text that PostgreSQL does not take", "?site=%00", undefined, "/site"],
    ["a replay by a filter that there is not", "/replay", { raeson: "invalid" }, "/raeson"],
    ["a replay of IDs that are none", "/replay", { ids: [1, "2"] }, "/ids/1"],
    ["a replay of too many", "/replay", { ids: Array.from({ length: 101 }, (_, index) => index + 1) }, "/ids"],
    ["a replay of a list", "/replay", [], "object"]
  ]
  for (const [name, path, body, field] of wrong) {
    it.effect(`answer ${name} with 400 that names it`, () =>
      Effect.gen(function* () {
        const shop = yield* (yield* Doors).openShop
        yield* refuse(shop, "b1", noon, [event("a")])
        const { status, json } = yield* ask(shop, path, body)
        assert.strictEqual(status, 400)
        assert.include(JSON.stringify(json), field)
        assert.lengthOf((yield* list(shop)).items, 1)
      })
    )
  }

  it.effect("are nobody's without an API key", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* ask(null, "")).status, 401)
      assert.strictEqual((yield* ask(null, "/replay", {})).status, 401)
      const shop = yield* (yield* Doors).openShop
      assert.strictEqual((yield* ask({ ...shop, apiKey: shop.serverKey }, "")).status, 401)
    })
  )

  it.effect("are read again at the time at which they came, and move in the counters of that day", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      const at = noon - 6 * 3_600_000
      // A clock six hours behind, as its sentAt tells.
      yield* refuse(shop, "b1", noon, [event("a", { at }), event("b", { at })], at)
      yield* refuse(shop, "b2", noon + DAY, [event("c"), event("a"), event("d", { type: "Ping" })])
      assert.deepEqual(yield* replay(shop), { stored: 3, duplicate: 1, rejected: 1, next: null })
      assert.deepEqual(yield* stored(shop), [
        { id: "a", occurredAt: noon + DAY, receivedAt: noon + DAY },
        { id: "b", occurredAt: noon, receivedAt: noon },
        { id: "c", occurredAt: noon + DAY, receivedAt: noon + DAY }
      ])
      assert.deepEqual(yield* counted(shop), [
        { day: "11-24", stored: 1, duplicate: 1, rejected: 0 },
        { day: "11-25", stored: 2, duplicate: 0, rejected: 1 }
      ])
      const { items } = yield* list(shop)
      assert.deepEqual(
        items.map(({ reason, pointer }) => ({ reason, pointer })),
        [{ reason: "unknown-type", pointer: "/type" }]
      )
      assert.deepEqual(yield* replay(shop), { stored: 0, duplicate: 0, rejected: 1, next: null })
      assert.lengthOf(yield* counted(shop), 2)
    })
  )

  it.effect("are read again by ID or filter, and no others", () =>
    Effect.gen(function* () {
      const { openShop } = yield* Doors
      const [shop, other] = [yield* openShop, yield* openShop]
      yield* refuse(shop, "b1", noon, [event("a"), event("b"), event("c")])
      yield* refuse(other, "b1", noon, [event("d")])
      const ids = (yield* list(shop)).items.map(({ id }) => id)
      const foreign = (yield* list(other)).items.map(({ id }) => id)
      assert.deepInclude(yield* replay(shop, { ids: [ids[0]!, ...foreign] }), { stored: 1, duplicate: 0, rejected: 0 })
      assert.deepInclude(yield* replay(shop, { reason: "missing" }), { stored: 0, duplicate: 0, rejected: 0 })
      assert.lengthOf((yield* list(shop)).items, 2)
      assert.lengthOf((yield* list(other)).items, 1)
    })
  )

  it.effect("are read again step by step when the panel asks, by one worker at a time", () =>
    Effect.gen(function* () {
      const { openShop } = yield* Doors
      const [shop, other] = [yield* openShop, yield* openShop]
      const { ask, last, settle, take } = yield* RejectedReplays
      const { once } = yield* Asked
      const count = RejectedItemsApi.replayItemsMax + 20
      const items = Array.from({ length: count }, (_, at) => event(`e${at % 100}`, at < 5 ? { type: "Ping" } : {}))
      yield* refuse(shop, "b1", noon, items)
      yield* refuse(other, "b1", noon, [event("a")])
      const { unitId } = shop.place
      assert.isTrue(yield* ask(unitId, { reason: "invalid" }, noon + 1))
      assert.isFalse(yield* ask(unitId, {}, noon + 2))
      yield* refuse(shop, "b2", noon + DAY, [event("later")])
      assert.isTrue(yield* once)
      assert.isNull((yield* last(unitId))?.finishedAt ?? null)
      const now = yield* Clock.currentTimeMillis
      const taken = (yield* take(now, Duration.hours(1)))!
      assert.strictEqual(taken.unitId, unitId)
      assert.isFalse(yield* once)
      yield* settle(taken, { stored: 0, duplicate: 0, rejected: 0 }, taken.after, now)
      assert.isTrue(yield* once)
      const { finishedAt, ...tally } = (yield* last(unitId))!
      assert.include(tally, { stored: 100, duplicate: 15, rejected: 5 })
      assert.isNotNull(finishedAt)
      assert.deepEqual(
        (yield* list(shop)).items.map(({ reason }) => reason),
        ["invalid", ...Array.from({ length: 5 }, () => "unknown-type")]
      )
      assert.lengthOf((yield* list(other)).items, 1)
      assert.isTrue(yield* ask(unitId, {}, noon + DAY + 1))
      while (yield* once);
      assert.include(yield* last(unitId), { stored: 1, duplicate: 0, rejected: 5 })
    }).pipe(Effect.provide(Asked.layer.pipe(Layer.provideMerge(RejectedReplays.layer))))
  )

  it.effect("keep what their key may not say", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      const receivedAt = "2026-11-20T08:00:01.000Z"
      yield* send(shop.browserKey, [event("a", { receivedAt, type: "Ping" })])
      yield* write
      assert.deepInclude(yield* replay(shop), { stored: 0, rejected: 1 })
      assert.strictEqual((yield* list(shop)).items[0]?.reason, "forbidden")
      // A server key may say it; what was wrong was something else.
      yield* refuse(shop, "b2", noon, [event("b", { receivedAt })])
      assert.deepInclude(yield* replay(shop), { stored: 1, rejected: 1 })
      assert.deepInclude(yield* stored(shop), {
        id: "b",
        occurredAt: Date.parse(receivedAt),
        receivedAt: Date.parse(receivedAt)
      })
    })
  )

  it.effect("of Segment's door are read by the table that the site has now", () =>
    Effect.gen(function* () {
      const { openShop, origin } = yield* Doors
      const shop = yield* openShop
      const batch = ["Basket Opened", "Order Completed"].map((event, index) => ({
        type: "track",
        messageId: `m${index}`,
        anonymousId: "v1",
        event
      }))
      const body = JSON.stringify({ writeKey: shop.browserKey, batch })
      const answer = yield* Effect.promise(() => fetch(`${origin}/v1/batch`, { method: "POST", body }))
      assert.strictEqual(answer.status, 200)
      yield* write
      assert.deepInclude(yield* replay(shop), { stored: 0, rejected: 1 })

      const sql = yield* SqlClient.SqlClient
      const map = JSON.stringify({ events: { "Basket Opened": { type: "VisitOnCartListPage" } } })
      yield* sql`update site set event_map = ${map}::text::jsonb where unit_id = ${shop.place.unitId}`
      const replayed = yield* Effect.repeat(Effect.delay(replay(shop), "200 millis"), {
        until: ({ stored }) => stored > 0,
        times: 50
      })
      assert.deepEqual(replayed, { stored: 1, duplicate: 0, rejected: 0, next: null })
      assert.deepEqual(
        (yield* stored(shop)).map(({ id }) => id),
        ["m0", "m1"]
      )
      const books = yield* (yield* Intakes).totals(shop.place, "activity")
      assert.deepEqual(books, { stored: 2, duplicate: 0, rejected: 0 })
    })
  )

  const request = { at: noon, url: "/v1/orders", method: "get", status: 200, processingMs: 3 }
  const logs: ReadonlyArray<readonly [Log.Log, object]> = [
    ["api", request],
    ["panel", request],
    ["sms", { at: noon, gateway: "smpp-1", codes: { status: "UNDELIV" }, kind: "smpp" }]
  ]
  for (const [log, item] of logs) {
    it.effect(`of the ${log} log are read again`, () =>
      Effect.gen(function* () {
        const { openShop, origin } = yield* Doors
        const shop = yield* openShop
        const body = JSON.stringify({ items: [{ id: "known", ...item }, { ...item }] })
        const headers = { authorization: `Bearer ${shop.serverKey}` }
        const answer = yield* Effect.promise(() => fetch(`${origin}/v1/logs/${log}`, { method: "POST", body, headers }))
        assert.strictEqual(answer.status, 200)
        yield* (yield* LogWorker).once
        yield* refuse(
          shop,
          "b1",
          noon,
          [
            { id: "fresh", ...item },
            { id: "known", ...item }
          ],
          noon,
          log
        )
        assert.deepEqual(yield* replay(shop), { stored: 1, duplicate: 1, rejected: 1, next: null })
        const books = yield* (yield* Intakes).totals(shop.place, log)
        assert.deepEqual(books, { stored: 2, duplicate: 1, rejected: 1 })
        const left = (yield* list(shop)).items
        assert.deepEqual(
          left.map(({ door, pointer }) => ({ door, pointer })),
          [{ door: `logs/${log}`, pointer: "/id" }]
        )
      })
    )
  }

  it.effect("are stored once when two ask at the same time", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      yield* refuse(
        shop,
        "b1",
        noon,
        Array.from({ length: 60 }, (_, index) => event(`e${index}`))
      )
      const answers = yield* Effect.all(
        Array.from({ length: 4 }, () => replay(shop)),
        { concurrency: 4 }
      )
      assert.strictEqual(
        answers.reduce((sum, answer) => sum + answer.stored + answer.duplicate, 0),
        60
      )
      assert.lengthOf(yield* stored(shop), 60)
      assert.deepEqual(yield* counted(shop), [{ day: "11-24", stored: 60, duplicate: 0, rejected: 0 }])
    })
  )

  it.effect(
    "are neither lost nor doubled when a replay dies at any moment",
    () =>
      Effect.gen(function* () {
        const shop = yield* (yield* Doors).openShop
        const { page } = yield* RejectedItems
        const { read } = yield* Replay
        const days = 4
        const perDay = 20
        for (let day = 0; day < days; day++) {
          const items = Array.from({ length: perDay }, (_, index) => event(`e${day}-${index}`))
          yield* refuse(shop, `b${day}`, noon + day * DAY, items)
        }
        let deaths = 0
        for (;;) {
          const listed = yield* page(shop.place.unitId, {}, { rowsMax: 100 })
          const rows = yield* stored(shop)
          assert.strictEqual(listed.length + rows.length, days * perDay)
          const books = yield* (yield* Intakes).totals(shop.place, "activity")
          assert.deepEqual(books, { stored: rows.length, duplicate: 0, rejected: listed.length })
          if (listed.length === 0) break
          const reading = yield* Effect.forkChild(read(shop.place.unitId, listed))
          // Longer and longer, for on a busy machine nothing would ever come to its end.
          yield* Effect.sleep(yield* Random.nextBetween(1, 40 + 10 * deaths))
          yield* Fiber.interrupt(reading)
          deaths++
        }
        assert.isAbove(deaths, 1)
      }),
    60_000
  )
})
