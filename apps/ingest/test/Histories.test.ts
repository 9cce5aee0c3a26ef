import { assert, describe, it } from "@effect/vitest"
import { Activity, Ids, Rules, Timeline } from "@spoor/domain"
import { Histories, type History, nothing } from "../src/Histories.ts"

const place = { unitId: 1, siteId: Ids.SiteId.make("shop") }
const visitor = (id: string, version: string, versionBefore: string | null) => ({
  id: Ids.VisitorId.make(id),
  version,
  versionBefore
})

const rules = JSON.stringify(Rules.defaults)
const MINUTE = 60_000

/** Of a visitor who looks at a page every `pause`. *Units*: milliseconds. */
const historyOf = (events: number, pause = 0): History => ({
  ...nothing,
  timeline: Timeline.advance(Rules.defaults, Timeline.empty, {
    events: Array.from({ length: events }, (_, sequence) =>
      Activity.Activity.make({
        id: Ids.EventId.make(`e${sequence}`),
        siteId: place.siteId,
        visitorId: Ids.VisitorId.make("ann"),
        type: "VisitOnWebsite",
        occurredAt: sequence * pause,
        receivedAt: sequence * pause,
        sequence
      })
    )
  })
})

describe("Histories", () => {
  it("recalls a visitor whom nobody has held since", () => {
    const histories = new Histories()
    const history = historyOf(2)
    histories.keep(place, visitor("ann", "11", "10"), rules, history)
    assert.strictEqual(histories.recall(place, visitor("ann", "12", "11"), rules), history)
  })

  it("knows nothing of a visitor whom another transaction held, of one rolled back, of another site's, and by other rules", () => {
    const histories = new Histories()
    histories.keep(place, visitor("ann", "11", "10"), rules, historyOf(2))
    assert.isUndefined(histories.recall(place, visitor("ann", "13", "12"), rules))
    assert.isUndefined(histories.recall(place, visitor("ann", "12", "10"), rules))
    assert.isUndefined(histories.recall(place, visitor("ann", "12", null), rules))
    assert.isUndefined(histories.recall({ ...place, unitId: 2 }, visitor("ann", "12", "11"), rules))
    assert.isUndefined(histories.recall(place, visitor("ann", "12", "11"), "{}"))
  })

  it("knows of a new visitor that nothing is stored", () => {
    assert.strictEqual(new Histories().recall(place, visitor("ann", "11", "0"), rules), nothing)
  })

  it("forgets the events of sessions that are long over, and nothing that a late event may change", () => {
    const histories = new Histories()
    const hourly = historyOf(100, 60 * MINUTE)
    histories.keep(place, visitor("ann", "11", "10"), rules, hourly)
    const { timeline } = histories.recall(place, visitor("ann", "12", "11"), rules)!
    assert.strictEqual(timeline.forgotten, 96)
    assert.deepStrictEqual(Timeline.read(Rules.defaults, timeline), Timeline.read(Rules.defaults, hourly.timeline))
    for (const unforgettable of [
      { ...hourly, isSlow: true },
      { ...hourly, events: [] }
    ]) {
      histories.keep(place, visitor("ann", "12", "11"), rules, unforgettable)
      assert.strictEqual(histories.recall(place, visitor("ann", "13", "12"), rules), unforgettable)
    }
  })

  it("forgets who was not met for the longest time, once there is too much", () => {
    const histories = new Histories(100_000)
    for (const id of ["ann", "bob", "cid"]) histories.keep(place, visitor(id, "11", "10"), rules, historyOf(40_000))
    const isKnown = (id: string) => histories.recall(place, visitor(id, "12", "11"), rules) !== undefined
    assert.deepStrictEqual(["ann", "bob", "cid"].map(isKnown), [false, true, true])
    histories.keep(place, visitor("bob", "12", "11"), rules, historyOf(40_001))
    histories.keep(place, visitor("dan", "12", "10"), rules, historyOf(50_000))
    assert.isFalse(isKnown("cid"))
  })
})
