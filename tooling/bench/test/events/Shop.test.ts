import { assert, describe, it } from "@effect/vitest"
import { Activity } from "@spoor/domain"
import * as Shop from "../../src/events/Shop.ts"
import { delayMax } from "../../src/events/Visit.ts"

const count = 50_000
const events = Shop.arrivals(1, count)
const seen = new Set<string>()
const once = events.filter(({ id }) => seen.size < seen.add(id).size)

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const tally = (keys: ReadonlyArray<string>) => Map.groupBy(keys, (key) => key)

describe("Shop", () => {
  it("gives the same events for the same seed, and others for another", () => {
    assert.deepStrictEqual(Shop.arrivals(7, 2_000), Shop.arrivals(7, 2_000))
    assert.notDeepEqual(Shop.arrivals(7, 2_000), Shop.arrivals(8, 2_000))
  })

  it("delivers as many events as asked for, 1 % of them for the second time", () => {
    assert.strictEqual(events.length, count)
    assert.strictEqual(once.length, count * 0.99)
    assert.isTrue([...tally(events.map(({ id }) => id)).values()].every(({ length }) => length <= 2))
  })

  it("delivers in order of arrival, 2 % after an event that happened later, none of them by more than 2 hours", () => {
    let latest = 0
    let late = 0
    for (const { occurredAt, receivedAt } of once) {
      assert.isAtLeast(receivedAt, occurredAt)
      assert.isAtMost(receivedAt, occurredAt + delayMax)
      if (occurredAt < latest) late++
      latest = Math.max(latest, occurredAt)
    }
    assert.deepStrictEqual(
      events,
      events.toSorted((a, b) => a.receivedAt - b.receivedAt)
    )
    assert.approximately(late / once.length, 0.02, 0.003)
  })

  it("has visitors by Zipf's law: the first comes ten times as often as the tenth", () => {
    const sizes = [...tally(once.map(({ visitorId }) => visitorId)).values()].map(({ length }) => length)
    const [first = 0, ...others] = sizes.toSorted((a, b) => b - a)
    assert.approximately(first / once.length, 1 / 12.09, 0.015)
    assert.approximately(others[8]! / first, 1 / 10, 0.03)
    assert.isAbove(sizes.length, count / 25)
  })

  it("has all six types, carts, orders, e-mails and logouts, with UUIDs for names", () => {
    const share = (type: Activity.ActivityType) => once.filter((event) => event.type === type).length / count
    for (const type of Activity.ActivityType.literals) assert.isAbove(share(type), 0.005, type)
    assert.isAbove(share("VisitOnWebsite") + share("VisitOnProductPage"), 0.8)
    assert.isTrue(once.some(({ logout }) => logout === true))
    assert.isTrue(once.some(({ email }) => email !== undefined))
    assert.isTrue(once.some(({ cart }) => cart !== undefined && cart.items.length > 1))
    assert.isTrue(once.some(({ order }) => order?.id !== undefined))
    for (const { id, visitorId } of once) {
      assert.match(id, uuid)
      assert.match(visitorId, uuid)
    }
  })

  it("gives the same shop visitor by visitor, each in total order", () => {
    const timelines = [...Shop.timelines(1, 5_000)]
    assert.strictEqual(timelines.flat().length, 5_000)
    assert.strictEqual(new Set(timelines.map(([first]) => first!.visitorId)).size, timelines.length)
    for (const timeline of timelines) {
      assert.strictEqual(new Set(timeline.map(({ visitorId }) => visitorId)).size, 1)
      assert.deepStrictEqual(timeline, timeline.toSorted(Activity.compare))
    }
  })
})
