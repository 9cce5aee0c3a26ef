import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { Page } from "playwright-core"
import { openPages } from "../src/Browser.ts"
import * as FaultProxy from "../src/FaultProxy.ts"
import { House } from "../src/House.ts"
import * as Tracks from "../src/Tracks.ts"

/** With all tries of a client, on a busy machine. *Units*: milliseconds. */
const testTimeout = 90_000

/** One Chromium for all tests of this file; every test has a visitor and a page of its own. */
class Pages extends Context.Service<Pages, Effect.Success<typeof openPages>>()("@spoor/clients/test/Pages") {
  static readonly layer = Layer.effect(Pages, openPages)
}

const retries = { minRetryDelay: 200, maxRetryDelay: 1_000 }
const modes = {
  "one by one": { queueOptions: retries },
  "in batches": { queueOptions: { ...retries, batch: { enabled: true, maxItems: 4, flushInterval: 300 } } }
}
const beacon = { useBeacon: true, beaconQueueOptions: { maxItems: 4, flushQueueInterval: 300 } }

const openVisit = Effect.fnUntraced(function* (mode: object, faults: ReadonlyArray<FaultProxy.Fault> = []) {
  const { openShop, origin } = yield* House
  const shop = yield* openShop
  const proxy = yield* FaultProxy.open(origin, faults)
  const page = yield* (yield* Pages)()
  const options = { ...mode, configUrl: proxy.origin }
  yield* Effect.promise(() =>
    page.evaluate(`
      window.rudder = new RudderAnalytics()
      rudder.load("${shop.browserKey}", "${proxy.origin}", ${JSON.stringify(options)})
      void 0`)
  )
  return { place: shop.place, key: shop.browserKey, proxy, page }
})

const act = (page: Page) =>
  Effect.promise(() =>
    page.evaluate(`
      const mug = { product_id: "KUB-1", name: "Mug", price: 19.99, currency: "PLN" }
      rudder.page("Home")
      rudder.track("Product Viewed", mug)
      rudder.identify("u1", { email: "Anna@example.com" })
      rudder.track("Coupon Entered")
      void 0`)
  )

/** All four calls, each once: two activities, an e-mail, and one that no rule knows. */
const assertAll = ({ activities, identifications, rejected }: Tracks.Tracks) => {
  assert.deepEqual(activities.map(({ type }) => type).toSorted(), ["VisitOnProductPage", "VisitOnWebsite"])
  assert.deepEqual(
    identifications.map(({ email }) => email),
    ["anna@example.com"]
  )
  assert.deepEqual([...new Set(rejected.map(({ pointer }) => pointer))], ["/event"])
  assert.lengthOf(new Set([...activities, ...identifications].map(({ visitor }) => visitor)), 1)
}

layer(Pages.layer.pipe(Layer.provideMerge(House.layer)), {
  timeout: "90 seconds",
  excludeTestServices: true,
  concurrent: true
})("@rudderstack/analytics-js", (it) => {
  const delivered: ReadonlyArray<readonly [string, ReadonlyArray<FaultProxy.Fault>]> = [
    ["with nothing in its way", []],
    ["a connection that breaks after the door answered", [{ _tag: "reset", when: "after" }]],
    ["a slow answer", [{ _tag: "slow", delay: 1_500 }]]
  ]
  const repeated: ReadonlyArray<readonly [string, ReadonlyArray<FaultProxy.Fault>]> = [
    ["a 429 that says when to come again", [{ _tag: "refuse", status: 429, retryAfter: 1 }]],
    [
      "a 503, twice",
      [
        { _tag: "refuse", status: 503, retryAfter: 1 },
        { _tag: "refuse", status: 503 }
      ]
    ],
    ["a connection that breaks before the door hears of it", [{ _tag: "reset", when: "before" }]]
  ]
  for (const [name, mode] of Object.entries(modes)) {
    for (const [obstacle, faults] of [...delivered, ...repeated]) {
      it.effect(
        `delivers everything exactly once, ${name}: ${obstacle}`,
        () =>
          Effect.gen(function* () {
            const { page, place, proxy } = yield* openVisit(mode, faults)
            yield* act(page)
            assertAll(yield* Tracks.until(place, 4))
            const paths = new Set(proxy.sent.map(({ path }) => path))
            const expected = name === "in batches" ? ["/v1/batch"] : ["/v1/identify", "/v1/page", "/v1/track"]
            assert.deepEqual([...paths].toSorted(), expected)
          }).pipe(Effect.scoped),
        testTimeout
      )
    }
  }

  for (const [obstacle, faults] of delivered) {
    it.effect(
      `delivers everything exactly once, by beacon: ${obstacle}`,
      () =>
        Effect.gen(function* () {
          const { key, page, place, proxy } = yield* openVisit(beacon, faults)
          yield* act(page)
          assertAll(yield* Tracks.until(place, 4))
          assert.isTrue(proxy.sent.every(({ path }) => path === `/beacon/v1/batch?writeKey=${key}`))
        }).pipe(Effect.scoped),
      testTimeout
    )
  }

  for (const status of [429, 503] as const) {
    it.effect(
      `loses what met a ${status} by beacon, whose answers no page can read, and nothing after it`,
      () =>
        Effect.gen(function* () {
          const { page, place, proxy } = yield* openVisit({ ...beacon, beaconQueueOptions: { maxItems: 1 } }, [
            { _tag: "refuse", status, retryAfter: 1 }
          ])
          yield* Effect.promise(() => page.evaluate(`rudder.page("Lost")`))
          yield* Effect.promise(async () => {
            while (proxy.sent.length === 0) await page.waitForTimeout(50)
          })
          yield* Effect.promise(() => page.evaluate(`rudder.page("Cart")`))
          const { activities } = yield* Tracks.until(place, 1)
          assert.deepEqual(
            activities.map(({ type }) => type),
            ["VisitOnCartListPage"]
          )
          assert.lengthOf(proxy.sent, 2)
        }).pipe(Effect.scoped),
      testTimeout
    )
  }

  it.effect(
    "leaves the key of a beacon's address in no log",
    () =>
      Effect.gen(function* () {
        const { openShop, origin } = yield* House
        const { browserKey, place } = yield* openShop
        const answer = yield* Effect.promise(() =>
          fetch(`${origin}/beacon/v1/batch?writeKey=${browserKey}`, { method: "POST", body: "{" })
        )
        assert.strictEqual(answer.status, 400)
        const sql = yield* SqlClient.SqlClient
        const rows = yield* sql<{ readonly url: string }>`select url from api_log where unit_id = ${place.unitId}`.pipe(
          Effect.repeat({ until: (rows) => rows.length > 0, times: 10_000 })
        )
        assert.deepEqual(rows, [{ url: "/beacon/v1/batch?writeKey=***" }])
      }),
    testTimeout
  )
})
