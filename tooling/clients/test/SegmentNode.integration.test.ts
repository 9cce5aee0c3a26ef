import { assert, layer } from "@effect/vitest"
import { Analytics } from "@segment/analytics-node"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as FaultProxy from "../src/FaultProxy.ts"
import { House } from "../src/House.ts"
import * as Tracks from "../src/Tracks.ts"

const mug = { product_id: "KUB-1", name: "Mug", price: 19.99, quantity: 1, currency: "PLN" }
const who = { anonymousId: "v1", userId: "u1" }

/** With all tries of a client, on a busy machine. *Units*: milliseconds. */
const testTimeout = 90_000

/** Opens a client whose requests meet these faults. *Units*: milliseconds. */
const openClient = Effect.fnUntraced(function* (faults: ReadonlyArray<FaultProxy.Fault>) {
  const { openShop, origin } = yield* House
  const shop = yield* openShop
  const proxy = yield* FaultProxy.open(origin, faults)
  const client = new Analytics({
    writeKey: shop.serverKey,
    host: proxy.origin,
    flushAt: 4,
    flushInterval: 100,
    httpRequestTimeout: 1_000
  })
  const failed: Array<unknown> = []
  client.on("error", (error) => failed.push(error))
  const flush = Effect.promise(() => client.closeAndFlush({ timeout: 20_000 }))
  return { place: shop.place, proxy, client, failed, flush }
})

layer(House.layer, { timeout: "60 seconds", excludeTestServices: true, concurrent: true })(
  "@segment/analytics-node",
  (it) => {
    const faults: ReadonlyArray<readonly [string, ReadonlyArray<FaultProxy.Fault>, number]> = [
      ["with nothing in its way", [], 1],
      ["a 429 that says when to come again", [{ _tag: "refuse", status: 429, retryAfter: 1 }], 2],
      [
        "a 503, twice",
        [
          { _tag: "refuse", status: 503 },
          { _tag: "refuse", status: 503, retryAfter: 1 }
        ],
        3
      ],
      ["a connection that breaks before the door hears of it", [{ _tag: "reset", when: "before" }], 2],
      ["a connection that breaks after the door answered", [{ _tag: "reset", when: "after" }], 2],
      ["an answer slower than it waits", [{ _tag: "slow", delay: 1_500 }], 2]
    ]
    for (const [name, given, requests] of faults) {
      it.effect(
        `delivers everything exactly once: ${name}`,
        () =>
          Effect.gen(function* () {
            const { client, failed, flush, place, proxy } = yield* openClient(given)
            client.page({ ...who, messageId: "e1", name: "Home" })
            client.track({ ...who, messageId: "e2", event: "Product Viewed", properties: mug })
            client.identify({ ...who, messageId: "e3", traits: { email: "Anna@example.com" } })
            client.track({ ...who, event: "Coupon Entered" })
            yield* flush
            const { activities, identifications, rejected } = yield* Tracks.until(place, 4)
            assert.deepEqual(activities.map(({ id, type, visitor }) => [id, type, visitor]).toSorted(), [
              ["e1", "VisitOnWebsite", "v1"],
              ["e2", "VisitOnProductPage", "v1"]
            ])
            assert.deepEqual(identifications, [{ id: "e3", email: "anna@example.com", visitor: "v1" }])
            assert.deepEqual(
              [...new Set(rejected.map(({ reason, pointer }) => `${reason} ${pointer}`))],
              ["unknown-type /event"]
            )
            assert.isAtLeast(proxy.sent.length, requests)
            assert.isTrue(proxy.sent.every(({ path }) => path === "/v1/batch"))
            assert.deepEqual(failed, [])
          }).pipe(Effect.scoped),
        testTimeout
      )
    }

    it.effect(
      "waits as long as a 429 says",
      () =>
        Effect.gen(function* () {
          const { client, flush, proxy } = yield* openClient([{ _tag: "refuse", status: 429, retryAfter: 1 }])
          client.page({ ...who, name: "Home" })
          yield* flush
          const [first, second] = proxy.sent
          assert.isAtLeast((second?.at ?? 0) - (first?.at ?? 0), 950)
        }).pipe(Effect.scoped),
      testTimeout
    )

    it.effect(
      "has messageIds of its own, which are no UUIDs, and events that are larger than it may send",
      () =>
        Effect.gen(function* () {
          const { client, flush, place } = yield* openClient([])
          client.track({ ...who, event: "Product Viewed", properties: { ...mug, description: "x".repeat(60_000) } })
          yield* flush
          const { activities } = yield* Tracks.until(place, 1)
          assert.match(activities[0]?.id ?? "", /^node-next-\d+-/)
        }).pipe(Effect.scoped),
      testTimeout
    )

    it.effect(
      "tells differences of a cart, which amount to a snapshot, and who the customer is",
      () =>
        Effect.gen(function* () {
          const { client, flush, place } = yield* openClient([])
          const at = (minute: number) => new Date(Date.now() - (10 - minute) * 60_000)
          const step = (minute: number, event: string, properties: object) =>
            client.track({ ...who, event, properties, timestamp: at(minute) })
          step(0, "Product Added", { ...mug, quantity: 3 })
          step(2, "Product Removed", mug)
          step(1, "Product Added", { product_id: "MIS-2", price: "5,50", currency: "PLN" })
          client.identify({ ...who, traits: { email: "jan@example.com" }, timestamp: at(3) })
          yield* flush
          yield* Tracks.until(place, 4)
          const sql = yield* SqlClient.SqlClient
          const sessions = yield* sql`
          select email, cart, cart_value::float8 as value from session where unit_id = ${place.unitId}`
          assert.deepEqual(sessions, [
            {
              email: "jan@example.com",
              cart: {
                currency: "PLN",
                items: [
                  { id: "KUB-1", name: "Mug", quantity: 2, unitPrice: 1999 },
                  { id: "MIS-2", quantity: 1, unitPrice: 550 }
                ]
              },
              value: 4548
            }
          ])
        }).pipe(Effect.scoped),
      testTimeout
    )
  }
)
