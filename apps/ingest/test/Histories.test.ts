import { assert, describe, it } from "@effect/vitest"
import { Activity, Ids } from "@spoor/domain"
import { Histories, type History } from "../src/Histories.ts"

const place = { unitId: 1, siteId: Ids.SiteId.make("shop") }
const visitor = (id: string, version: string, versionBefore: string | null) => ({
  id: Ids.VisitorId.make(id),
  version,
  versionBefore
})

const historyOf = (events: number): History => ({
  sessions: new Map([[7, "{}"]]),
  stored: Array.from({ length: events }, (_, sequence) => ({
    sessionNo: 7,
    activity: Activity.Activity.make({
      id: Ids.EventId.make(`e${sequence}`),
      siteId: place.siteId,
      visitorId: Ids.VisitorId.make("ann"),
      type: "VisitOnWebsite",
      occurredAt: sequence,
      receivedAt: sequence,
      sequence
    })
  }))
})

describe("Histories", () => {
  it("recalls a visitor whom nobody has held since", () => {
    const histories = new Histories()
    const history = historyOf(2)
    histories.keep(place, visitor("ann", "11", "10"), history)
    assert.strictEqual(histories.recall(place, visitor("ann", "12", "11")), history)
  })

  it("knows nothing of a visitor whom another transaction held, of one rolled back, and of another site's", () => {
    const histories = new Histories()
    histories.keep(place, visitor("ann", "11", "10"), historyOf(2))
    assert.isUndefined(histories.recall(place, visitor("ann", "13", "12")))
    assert.isUndefined(histories.recall(place, visitor("ann", "12", "10")))
    assert.isUndefined(histories.recall(place, visitor("ann", "12", null)))
    assert.isUndefined(histories.recall({ ...place, unitId: 2 }, visitor("ann", "12", "11")))
  })

  it("knows of a new visitor that nothing is stored", () => {
    assert.deepStrictEqual(new Histories().recall(place, visitor("ann", "11", "0")), {
      stored: [],
      sessions: new Map()
    })
  })

  it("forgets who was not met for the longest time, once there is too much", () => {
    const histories = new Histories()
    for (const id of ["ann", "bob", "cid"]) histories.keep(place, visitor(id, "11", "10"), historyOf(40_000))
    const isKnown = (id: string) => histories.recall(place, visitor(id, "12", "11")) !== undefined
    assert.deepStrictEqual(["ann", "bob", "cid"].map(isKnown), [false, true, true])
    histories.keep(place, visitor("bob", "12", "11"), historyOf(40_001))
    histories.keep(place, visitor("dan", "12", "10"), historyOf(50_000))
    assert.isFalse(isKnown("cid"))
  })
})
