import { assert, layer } from "@effect/vitest"
import { CustomersApi, OrdersApi, Platform } from "@spoor/contracts"
import { Ids, type Rejection, Rules } from "@spoor/domain"
import { CustomEvents, Sites } from "@spoor/postgres"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { LogWorker } from "../../src/LogWorker.ts"
import { Doors } from "../Doors.ts"
import { call } from "./Client.ts"

const customer = { id: "k-1", email: " Anna@Example.PL ", phone: "0048 600 700-800", attributes: { vip: true } }
const order = { id: " Z-1 ", email: "anna@example.pl", value: 9_800, currency: "PLN", at: "2026-01-02T03:04:05Z" }
const event = { id: "c-1", name: "newsletter", email: "anna@example.pl", properties: { list: "wiosna" } }

const refusal = Schema.decodeUnknownSync(Platform.PlatformRefusal)
const customerIn = Schema.decodeUnknownSync(CustomersApi.Customer)
const pages = [
  ["/customers", Schema.decodeUnknownSync(CustomersApi.CustomerPage)],
  ["/orders", Schema.decodeUnknownSync(OrdersApi.OrderPage)]
] as const

layer(Doors.layer, { timeout: "60 seconds", excludeTestServices: true })("the platform's API", (it) => {
  it.effect("adds, reads, updates and removes a customer", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      const added = yield* call(shop, "POST", "/customers", customer)
      assert.strictEqual(added.status, 201)
      assert.strictEqual(added.headers.get("location"), "/customers/k-1")
      assert.match(added.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/)
      const shown = { id: "k-1", email: "anna@example.pl", phone: "+48600700800", attributes: { vip: true } }
      assert.deepInclude(added.json, shown)
      assert.deepEqual((yield* call(shop, "GET", "/customers/k-1")).json, added.json)

      const updated = yield* call(shop, "PUT", "/customers/k-1", { email: "jan@example.pl" })
      assert.strictEqual(updated.status, 200)
      assert.deepInclude(updated.json, { id: "k-1", email: "jan@example.pl", phone: null, attributes: {} })
      assert.strictEqual(customerIn(updated.json).createdAt, customerIn(added.json).createdAt)

      assert.strictEqual((yield* call(shop, "DELETE", "/customers/k-1")).status, 204)
      for (const [method, body] of [["GET"], ["PUT", { phone: "+48600700800" }], ["DELETE"]] as const) {
        assert.strictEqual((yield* call(shop, method, "/customers/k-1", body)).status, 404)
      }
    })
  )

  it.effect("adds, reads, updates and removes an order, whose ID is used up then", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      const added = yield* call(shop, "POST", "/orders", order)
      assert.strictEqual(added.status, 201)
      assert.deepInclude(added.json, { verdict: "stored", id: "Z-1", visitorId: null, value: 9_800, currency: "PLN" })
      assert.deepInclude(added.json, { at: "2026-01-02T03:04:05.000Z", siteId: shop.place.siteId })

      const again = yield* call(shop, "POST", "/orders", { ...order, value: 1 })
      assert.strictEqual(again.status, 200)
      assert.deepInclude(again.json, { verdict: "duplicate", value: 9_800 })

      const updated = yield* call(shop, "PUT", "/orders/Z-1", { value: 5_000, currency: "PLN", email: order.email })
      assert.strictEqual(updated.status, 200)
      assert.deepInclude((yield* call(shop, "GET", "/orders/Z-1")).json, { value: 5_000, currency: "PLN" })
      const sql = yield* SqlClient.SqlClient
      assert.deepEqual(
        yield* sql`select first_value as first, value from reported_order where unit_id = ${shop.place.unitId}`,
        [{ first: 9_800, value: 5_000 }]
      )

      assert.strictEqual((yield* call(shop, "DELETE", "/orders/Z-1")).status, 204)
      for (const [method, body] of [["GET"], ["PUT", { value: 1, currency: "PLN" }], ["DELETE"]] as const) {
        assert.strictEqual((yield* call(shop, method, "/orders/Z-1", body)).status, 404)
      }
      const late = yield* call(shop, "POST", "/orders", order)
      assert.strictEqual(late.status, 409)
      assert.strictEqual(refusal(late.json).pointer, "/id")
    })
  )

  it.effect("takes a custom event once", () =>
    Effect.gen(function* () {
      const { unitId } = (yield* (yield* Doors).openShop).place
      const shop = yield* (yield* Doors).openShop
      const added = yield* call(shop, "POST", "/scenariocustomevents", event)
      assert.strictEqual(added.status, 201)
      assert.deepInclude(added.json, { verdict: "stored", ...event })
      const again = yield* call(shop, "POST", "/scenariocustomevents", { ...event, name: "other" })
      assert.strictEqual(again.status, 200)
      assert.deepInclude(again.json, { verdict: "duplicate", name: "newsletter" })
      const nameless = yield* call(shop, "POST", "/scenariocustomevents", { name: "x", visitorId: "v1" })
      assert.strictEqual(nameless.status, 201)

      const repository = yield* CustomEvents
      const { rows } = yield* repository.page(shop.place.unitId, { name: "newsletter" }, { direction: "newest" })
      assert.deepEqual(
        rows.map(({ itemId, properties }) => ({ itemId, properties })),
        [{ itemId: "c-1", properties: { list: "wiosna" } }]
      )
      assert.lengthOf((yield* repository.page(shop.place.unitId, {}, { direction: "newest" })).rows, 2)
      assert.lengthOf((yield* repository.page(unitId, {}, { direction: "newest" })).rows, 0)
    })
  )

  const text = "x".repeat(130)
  const wrong: ReadonlyArray<readonly [string, string, string, unknown, Rejection.RejectionReason, string]> = [
    ["no JSON", "POST", "/customers", "{", "malformed", ""],
    ["an array", "POST", "/customers", "[]", "malformed", ""],
    ["no body", "POST", "/orders", "", "malformed", ""],
    ["a customer without an ID", "POST", "/customers", { email: "a@b.pl" }, "missing", "/id"],
    ["a customer without an e-mail or phone", "POST", "/customers", { id: "1" }, "missing", "/email"],
    ["an e-mail that is none", "POST", "/customers", { id: "1", email: "anna" }, "invalid", "/email"],
    ["a phone that is none", "POST", "/customers", { id: "1", phone: "12" }, "invalid", "/phone"],
    ["a phone that is a number", "POST", "/customers", { id: "1", phone: 48600700800 }, "invalid", "/phone"],
    ["NUL in an ID", "POST", "/customers", { id: "a\u0000", phone: "+48600700800" }, "unstorable-text", "/id"],
    ["a long ID", "POST", "/customers", { id: text, phone: "+48600700800" }, "too-large", "/id"],
    [
      "an attribute that is no plain value",
      "POST",
      "/customers",
      { id: "1", email: "a@b.pl", attributes: { a: [1] } },
      "invalid",
      "/attributes/a"
    ],
    [
      "NUL in an attribute",
      "POST",
      "/customers",
      { id: "1", email: "a@b.pl", attributes: { "a/b": "\u0000" } },
      "invalid",
      "/attributes/a~1b"
    ],
    [
      "visitors without an e-mail",
      "POST",
      "/customers",
      { id: "1", phone: "+48600700800", visitorIds: ["v"] },
      "missing",
      "/email"
    ],
    ["another ID than the address", "PUT", "/customers/1", { id: "2", email: "a@b.pl" }, "invalid", "/id"],
    ["an order of nobody", "POST", "/orders", { id: "1" }, "missing", "/email"],
    ["an order with a blank ID", "POST", "/orders", { id: "  ", email: "a@b.pl" }, "invalid", "/id"],
    ["a value without a currency", "POST", "/orders", { id: "1", email: "a@b.pl", value: 1 }, "missing", "/currency"],
    ["a value in major units", "POST", "/orders", { ...order, value: 98.5 }, "invalid", "/value"],
    ["a currency that is none", "POST", "/orders", { ...order, currency: "zł" }, "invalid", "/currency"],
    ["a time that is none", "POST", "/orders", { ...order, at: "yesterday" }, "invalid", "/at"],
    ["an event without a name", "POST", "/scenariocustomevents", { email: "a@b.pl" }, "missing", "/name"],
    ["an event of nobody", "POST", "/scenariocustomevents", { name: "x" }, "missing", "/email"],
    ["a cursor that is none", "GET", "/customers?after=%00", undefined, "unstorable-text", "/after"],
    ["a limit that is none", "GET", "/customers?limit=0", undefined, "invalid", "/limit"],
    ["an e-mail in the query that is none", "GET", "/orders?email=x", undefined, "invalid", "/email"]
  ]
  it.effect("names the field that is missing or wrong, and keeps nothing", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      for (const [name, method, path, body, reason, pointer] of wrong) {
        const { status, json } = yield* call(shop, method, path, body)
        assert.strictEqual(status, 400, name)
        const { error, message, ...rest } = refusal(json)
        assert.deepInclude(rest, { reason, pointer }, name)
        assert.strictEqual(error, "malformed", name)
        assert.isNotEmpty(message, name)
      }
      assert.deepEqual((yield* call(shop, "GET", "/customers")).json, { items: [], next: null })
      assert.deepEqual((yield* call(shop, "GET", "/orders")).json, { items: [], next: null })
    })
  )

  it.effect("takes a hostile body for what it is", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      const proto = '{"id":"p","email":"a@b.pl","attributes":{"__proto__":"x","toString":"y"}}'
      const { status, json } = yield* call(shop, "POST", "/customers", proto)
      assert.isBelow(status, 500)
      if (status === 201) assert.deepEqual((yield* call(shop, "GET", "/customers/p")).json, json)
      const deep = `{"id":"d","email":"c@b.pl","attributes":${"[".repeat(100_000)}${"]".repeat(100_000)}}`
      assert.strictEqual((yield* call(shop, "POST", "/customers", deep)).status, 400)
      assert.strictEqual((yield* call(shop, "POST", "/customers", "x".repeat(Platform.bytesMax + 1))).status, 413)
      for (const id of ["%E0%A4", "%00", "a%2Fb", "..%2f", "x".repeat(500), "%ED%A0%80"]) {
        for (const path of ["/customers", "/orders"]) {
          const answer = yield* call(shop, "GET", `${path}/${id}`)
          assert.include([400, 404], answer.status, `${path}/${id}`)
        }
      }
    })
  )

  it.effect("refuses who has no key, before anything else", () =>
    Effect.gen(function* () {
      for (const key of [null, { apiKey: "ak_unknown" }, { apiKey: "" }]) {
        for (const path of ["/customers", "/customers/1", "/orders", "/orders/1", "/scenariocustomevents"]) {
          const { status, json } = yield* call(key, "POST", path, "{")
          assert.strictEqual(status, 401)
          assert.strictEqual(refusal(json).error, "unauthorized")
        }
      }
    })
  )

  it.effect("shows and changes nothing of another unit, and refuses its site", () =>
    Effect.gen(function* () {
      const doors = yield* Doors
      const [shop, other] = [yield* doors.openShop, yield* doors.openShop]
      yield* call(other, "POST", "/customers", customer)
      yield* call(other, "POST", "/orders", order)
      for (const path of ["/customers/k-1", "/orders/Z-1"]) {
        assert.strictEqual((yield* call(shop, "GET", path)).status, 404)
        assert.strictEqual((yield* call(shop, "PUT", path, { email: "x@y.pl" })).status, 404)
        assert.strictEqual((yield* call(shop, "DELETE", path)).status, 404)
      }
      assert.deepEqual((yield* call(shop, "GET", "/customers")).json, { items: [], next: null })
      const { siteId } = other.place
      const foreign = [
        ["POST", "/orders", { ...order, siteId }],
        ["POST", "/customers", { ...customer, siteId, visitorIds: ["v"] }],
        ["GET", `/orders?siteId=${siteId}`],
        ["GET", `/orders/Z-1?siteId=${siteId}`],
        ["POST", "/orders", { ...order, siteId: "nowhere" }]
      ] as const
      for (const [method, path, body] of foreign) {
        const { status, json } = yield* call(shop, method, path, body)
        assert.strictEqual(status, 403, path)
        assert.deepInclude(refusal(json), { error: "forbidden", pointer: "/siteId" })
      }
      assert.strictEqual((yield* call(other, "GET", "/orders/Z-1")).status, 200)
      assert.strictEqual((yield* call(shop, "POST", "/customers", customer)).status, 201)
    })
  )

  it.effect("asks which site where a unit has several", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      const second = { ...shop.place, siteId: Ids.SiteId.make("second") }
      yield* (yield* Sites).add({ ...second, name: "Second", url: "https://second.example" }, Rules.defaults)
      const { status, json } = yield* call(shop, "POST", "/orders", order)
      assert.strictEqual(status, 400)
      assert.deepInclude(refusal(json), { reason: "missing", pointer: "/siteId" })
      assert.strictEqual((yield* call(shop, "POST", "/orders", { ...order, siteId: "second" })).status, 201)
      assert.strictEqual((yield* call(shop, "GET", "/orders/Z-1?siteId=second")).status, 200)
      assert.strictEqual((yield* call(shop, "GET", `/orders/Z-1?siteId=${shop.place.siteId}`)).status, 404)
    })
  )

  it.effect("says what stands in the way", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      yield* call(shop, "POST", "/customers", customer)
      const conflicts = [
        ["POST", "/customers", { ...customer, email: "other@example.pl" }, "/id"],
        ["POST", "/customers", { ...customer, id: "k-2" }, "/email"]
      ] as const
      for (const [method, path, body, pointer] of conflicts) {
        const { status, json } = yield* call(shop, method, path, body)
        assert.strictEqual(status, 409)
        assert.deepInclude(refusal(json), { error: "conflict", pointer })
      }
      yield* call(shop, "POST", "/customers", { id: "k-2", email: "jan@example.pl" })
      const taken = yield* call(shop, "PUT", "/customers/k-2", { email: "anna@example.pl" })
      assert.strictEqual(taken.status, 409)

      yield* call(shop, "POST", "/orders", order)
      for (const [field, value] of [
        ["email", "jan@example.pl"],
        ["visitorId", "v9"],
        ["at", "2026-01-02T03:04:06Z"]
      ]) {
        const { status, json } = yield* call(shop, "PUT", "/orders/Z-1", { [field!]: value })
        assert.strictEqual(status, 409, field)
        assert.strictEqual(refusal(json).pointer, `/${field}`)
      }
    })
  )

  it.effect("says which methods an address takes", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      const others: ReadonlyArray<readonly [string, string, string]> = [
        ["GET", "/scenariocustomevents", "POST"],
        ["DELETE", "/scenariocustomevents", "POST"],
        ["PUT", "/customers", "GET, POST"],
        ["PATCH", "/customers/1", "GET, PUT, DELETE"],
        ["POST", "/orders/1", "GET, PUT, DELETE"]
      ]
      for (const [method, path, allow] of others) {
        const answer = yield* call(shop, method, path)
        assert.strictEqual(answer.status, 405)
        assert.strictEqual(answer.headers.get("allow"), allow)
      }
    })
  )

  it.effect("lists page by page, no item lost or twice", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      const ids = Array.from({ length: 7 }, (_, index) => `k-${index}`)
      for (const id of ids) {
        yield* call(shop, "POST", "/customers", { id, email: `${id}@example.pl` })
        yield* call(shop, "POST", "/orders", { id, email: `${id}@example.pl` })
      }
      for (const [path, pageIn] of pages) {
        const seen: Array<string> = []
        let query = "?limit=3"
        for (let turn = 0; turn < 3; turn++) {
          const { items, next } = pageIn((yield* call(shop, "GET", `${path}${query}`)).json)
          seen.push(...items.map(({ id }) => String(id)))
          query = `?limit=3&after=${next}`
          assert.strictEqual(next === null, turn === 2)
        }
        assert.deepEqual(seen, ids)
        const { json } = yield* call(shop, "GET", `${path}?email=K-3@example.pl`)
        assert.deepEqual(
          pageIn(json).items.map(({ id }) => String(id)),
          ["k-3"]
        )
      }
    })
  )

  it.effect("is a row of the API log, request by request", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      const logWorker = yield* LogWorker
      const sql = yield* SqlClient.SqlClient
      const asked = [
        ["POST", "/orders", order, 201],
        ["GET", "/orders/Z-1", undefined, 200],
        ["POST", "/customers", { id: "k-1" }, 400],
        ["GET", "/customers/k-9", undefined, 404],
        ["GET", "/orders?siteId=nowhere", undefined, 403]
      ] as const
      for (const [method, path, body, status] of asked) {
        assert.strictEqual((yield* call(shop, method, path, body)).status, status)
      }
      const written = Effect.andThen(
        logWorker.once,
        sql<object>`
          select method, url, status, key_name as key, key_prefix as prefix from api_log
          where unit_id = ${shop.place.unitId} and url not like '/v1/%' order by occurred_at, id`
      )
      assert.deepEqual(
        yield* Effect.repeat(written, { until: (rows) => rows.length >= asked.length }),
        asked.map(([method, url, , status]) => ({ method, url, status, key: "Platform", prefix: "ak_" }))
      )
    })
  )
})
