import { assert, layer } from "@effect/vitest"
import Rudder from "@rudderstack/rudder-sdk-node"
import { Effect } from "effect"
import * as FaultProxy from "../src/FaultProxy.ts"
import { House } from "../src/House.ts"
import * as Tracks from "../src/Tracks.ts"

const mug = { product_id: "KUB-1", name: "Mug", price: 19.99, quantity: 1, currency: "PLN" }
const who = { anonymousId: "v1", userId: "u1" }

/** With all tries of a client, on a busy machine. *Units*: milliseconds. */
const testTimeout = 90_000

const openClient = Effect.fnUntraced(function* (faults: ReadonlyArray<FaultProxy.Fault>) {
  const { openShop, origin } = yield* House
  const shop = yield* openShop
  const proxy = yield* FaultProxy.open(origin, faults)
  const failed: Array<unknown> = []
  const client = new Rudder(shop.serverKey, {
    dataPlaneUrl: proxy.origin,
    flushInterval: 100,
    logLevel: "none",
    errorHandler: (error) => void failed.push(error)
  })
  return { place: shop.place, proxy, client, failed }
})

layer(House.layer, { timeout: "60 seconds", excludeTestServices: true, concurrent: true })(
  "@rudderstack/rudder-sdk-node",
  (it) => {
    // Its first event goes out alone at once, so that one request is the least there can be of two.
    const faults: ReadonlyArray<readonly [string, ReadonlyArray<FaultProxy.Fault>, number]> = [
      ["with nothing in its way", [], 2],
      ["a 429 that says when to come again", [{ _tag: "refuse", status: 429, retryAfter: 1 }], 3],
      [
        "a 503, twice",
        [
          { _tag: "refuse", status: 503, retryAfter: 1 },
          { _tag: "refuse", status: 503 }
        ],
        4
      ],
      ["a connection that breaks before the door hears of it", [{ _tag: "reset", when: "before" }], 3],
      ["a connection that breaks after the door answered", [{ _tag: "reset", when: "after" }], 3],
      ["a slow answer, which it waits for", [{ _tag: "slow", delay: 1_500 }], 2]
    ]
    for (const [name, given, requests] of faults) {
      it.effect(
        `delivers everything exactly once: ${name}`,
        () =>
          Effect.gen(function* () {
            const { client, failed, place, proxy } = yield* openClient(given)
            client.page({ ...who, name: "Home" })
            client.track({ ...who, event: "Product Viewed", properties: mug })
            client.identify({ ...who, traits: { email: "Anna@example.com" } })
            client.track({ ...who, event: "Coupon Entered" })
            const { activities, identifications, rejected } = yield* Tracks.until(place, 4)
            assert.deepEqual(activities.map(({ type }) => type).toSorted(), ["VisitOnProductPage", "VisitOnWebsite"])
            assert.deepEqual(
              identifications.map(({ email, visitor }) => [email, visitor]),
              [["anna@example.com", "v1"]]
            )
            assert.deepEqual([...new Set(rejected.map(({ pointer }) => pointer))], ["/event"])
            assert.isAtLeast(proxy.sent.length, requests)
            assert.isTrue(
              proxy.sent.every(({ path, headers }) => path === "/v1/batch" && headers["content-encoding"] === "gzip")
            )
            assert.deepEqual(failed, [])
          }).pipe(Effect.scoped),
        testTimeout
      )
    }

    it.effect(
      "sends gzip under the name of a form, more than a megabyte in one request",
      () =>
        Effect.gen(function* () {
          const { openShop, origin } = yield* House
          const shop = yield* openShop
          const proxy = yield* FaultProxy.open(origin)
          const client = new Rudder(shop.serverKey, {
            dataPlaneUrl: proxy.origin,
            flushAt: 2_000,
            maxQueueSize: 5e6,
            logLevel: "none"
          })
          // It measures all of its queue at every event: thousands would keep it busy, not us.
          for (let index = 0; index < 401; index++) {
            client.track({ ...who, event: "Product Viewed", properties: { ...mug, description: "x".repeat(3_000) } })
          }
          yield* Effect.promise(() => client.flush())
          const { activities } = yield* Tracks.until(shop.place, 401)
          assert.lengthOf(activities, 401)
          assert.lengthOf(proxy.sent, 2)
          assert.strictEqual(proxy.sent[1]?.headers["content-type"], "application/x-www-form-urlencoded")
        }).pipe(Effect.scoped),
      testTimeout
    )
  }
)
