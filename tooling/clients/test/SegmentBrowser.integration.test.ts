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

const modes = {
  "one by one": {},
  "in batches": { deliveryStrategy: { strategy: "batching", config: { size: 4, timeout: 300 } } }
}

const openVisit = Effect.fnUntraced(function* (
  mode: object,
  faults: ReadonlyArray<FaultProxy.Fault> = [],
  path?: string
) {
  const { openShop, origin } = yield* House
  const shop = yield* openShop
  const proxy = yield* FaultProxy.open(origin, faults)
  const page = yield* (yield* Pages)(path)
  const load = { key: shop.browserKey, cdnURL: proxy.origin, options: { integrations: { "Segment.io": mode } } }
  return { place: shop.place, proxy, page, load }
})

/** The snippet as a shop has it, but for the address. What it gives is `window.analytics`, as in a shop. */
const start = (page: Page, load: Effect.Success<ReturnType<typeof openVisit>>["load"]) =>
  Effect.promise(() =>
    page.evaluate(`
      const { key: writeKey, cdnURL, options } = ${JSON.stringify(load)}
      window.analytics = AnalyticsNext.AnalyticsBrowser.load({ writeKey, cdnURL }, options)
      void 0`)
  )

const act = (page: Page) =>
  Effect.promise(() =>
    page.evaluate(`
      const mug = { product_id: "KUB-1", name: "Mug", price: 19.99, currency: "PLN" }
      analytics.page("Home")
      analytics.track("Product Viewed", mug)
      analytics.identify("u1", { email: "Anna@example.com" })
      analytics.track("Coupon Entered")
      void 0`)
  )

layer(Pages.layer.pipe(Layer.provideMerge(House.layer)), {
  timeout: "90 seconds",
  excludeTestServices: true,
  concurrent: true
})("@segment/analytics-next", (it) => {
  const faults: ReadonlyArray<readonly [string, ReadonlyArray<FaultProxy.Fault>]> = [
    ["with nothing in its way", []],
    ["a 429 that says when to come again", [{ _tag: "refuse", status: 429, retryAfter: 1 }]],
    [
      "a 503, twice",
      [
        { _tag: "refuse", status: 503, retryAfter: 1 },
        { _tag: "refuse", status: 503 }
      ]
    ],
    ["a connection that breaks before the door hears of it", [{ _tag: "reset", when: "before" }]],
    ["a connection that breaks after the door answered", [{ _tag: "reset", when: "after" }]],
    ["a slow answer", [{ _tag: "slow", delay: 1_500 }]]
  ]
  for (const [name, mode] of Object.entries(modes)) {
    for (const [obstacle, given] of faults) {
      it.effect(
        `delivers everything exactly once, ${name}: ${obstacle}`,
        () =>
          Effect.gen(function* () {
            const { load, page, place, proxy } = yield* openVisit(mode, given)
            yield* start(page, load)
            yield* act(page)
            const { activities, identifications, rejected } = yield* Tracks.until(place, 4)
            assert.deepEqual(activities.map(({ type }) => type).toSorted(), ["VisitOnProductPage", "VisitOnWebsite"])
            assert.deepEqual(
              identifications.map(({ email }) => email),
              ["anna@example.com"]
            )
            assert.deepEqual([...new Set(rejected.map(({ pointer }) => pointer))], ["/event"])
            assert.match(activities[0]?.id ?? "", /^ajs-next-\d+-/)
            assert.lengthOf(new Set([...activities, ...identifications].map(({ visitor }) => visitor)), 1)
            const paths = new Set(proxy.sent.map(({ path }) => path))
            assert.deepEqual([...paths].toSorted(), name === "in batches" ? ["/v1/b"] : ["/v1/i", "/v1/p", "/v1/t"])
          }).pipe(Effect.scoped),
        testTimeout
      )
    }
  }

  it.effect(
    "waits as long as a 429 says, because it may read it",
    () =>
      Effect.gen(function* () {
        const { load, page, place, proxy } = yield* openVisit(modes["in batches"], [
          { _tag: "refuse", status: 429, retryAfter: 2 }
        ])
        yield* start(page, load)
        yield* Effect.promise(() => page.evaluate(`analytics.page("Home")`))
        yield* Tracks.until(place, 1)
        const [first, second] = proxy.sent
        assert.isAtLeast((second?.at ?? 0) - (first?.at ?? 0), 1_900)
      }).pipe(Effect.scoped),
    testTimeout
  )

  it.effect(
    "sends what is left when its page is left",
    () =>
      Effect.gen(function* () {
        const waiting = { deliveryStrategy: { strategy: "batching", config: { size: 100, timeout: 600_000 } } }
        const { load, page, place } = yield* openVisit(waiting)
        yield* start(page, load)
        yield* Effect.promise(() => page.evaluate(`analytics.page("Home")`))
        yield* Effect.promise(() => page.goto("about:blank"))
        assert.lengthOf((yield* Tracks.until(place, 1)).activities, 1)
      }).pipe(Effect.scoped),
    testTimeout
  )

  it.effect(
    "tells where and on what, without the e-mail in its address",
    () =>
      Effect.gen(function* () {
        const { load, page, place } = yield* openVisit({}, [], "/cart?email=anna%40example.com&page=2")
        yield* start(page, load)
        yield* Effect.promise(() => page.evaluate("analytics.page()"))
        yield* Tracks.until(place, 1)
        const sql = yield* SqlClient.SqlClient
        const [row] = yield* sql<Readonly<Record<string, string>>>`
          select url, title, device, type::text as type from activity where unit_id = ${place.unitId}`
        assert.match(row?.["url"] ?? "", /\/cart\?email=\*\*\*&page=2$/)
        assert.deepInclude(row, { type: "VisitOnCartListPage", title: "Shop", device: "desktop" })
      }).pipe(Effect.scoped),
    testTimeout
  )
})
