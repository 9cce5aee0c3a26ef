import { describe, expect, it } from "@effect/vitest"
import { Activity } from "../../src/index.ts"
import * as Visitors from "../../src/session/Visitors.ts"
import { page, sale } from "../journey.ts"
import { numbers } from "./chance.ts"

/** Every visitor with the IDs of its events. */
const grouped = (...events: ReadonlyArray<Activity.Activity>) => {
  const { ids, timeline } = Visitors.group(events)
  return ids.map((visitor, index) => [visitor, timeline(index).map(({ id }) => id)])
}

describe("a site's events by visitor", () => {
  it("are in total order, each visitor's own", () => {
    expect(
      grouped(
        page("10:02"),
        page("10:00", { visitor: "bob" }),
        page("10:00"),
        page("10:01", { visitor: "bob" }),
        page("10:01")
      )
    ).toEqual([
      ["ann", ["ann@10:00", "ann@10:01", "ann@10:02"]],
      ["bob", ["bob@10:00", "bob@10:01"]]
    ])
  })

  it("are ordered within an instant, too, though the times alone would do", () => {
    expect(grouped(page("10:00", { id: "b" }), page("10:00", { id: "a" }))).toEqual([["ann", ["a", "b"]]])
    expect(grouped(page("10:00", { id: "a", sequence: 1 }), page("10:00", { id: "b" }))).toEqual([["ann", ["b", "a"]]])
  })

  it("are those that a sort would give, however many come late or at one instant", () => {
    const below = numbers(20260303)
    for (let round = 0; round < 200; round++) {
      const events = Array.from({ length: below(30) }, (_, index) =>
        page(`10:${10 + below(20)}`, { id: `e${index}`, sequence: below(2) })
      )
      const sorted = events.toSorted(Activity.compare).map(({ id }) => id)
      expect(grouped(...events)).toEqual(events.length === 0 ? [] : [["ann", sorted]])
    }
  })

  it("are of known visitors, and of no others", () => {
    const { isKnown } = Visitors.group([page("10:00")])
    expect([page("10:00"), page("10:00", { visitor: "bob" })].map(({ visitorId }) => isKnown(visitorId))).toEqual([
      true,
      false
    ])
  })

  it("are none of nobody", () => {
    expect(grouped()).toEqual([])
  })

  it("count once: of repeats the first, whoever gives the ID", () => {
    expect(
      grouped(
        page("10:00", { id: "e1" }),
        page("10:01", { id: "e1", visitor: "bob" }),
        page("10:02", { id: "e2", visitor: "bob" }),
        page("10:03", { id: "e1" })
      )
    ).toEqual([
      ["ann", ["e1"]],
      ["bob", ["e2"]]
    ])
  })
})

describe("the sale pages of a site that name an order", () => {
  const pagesOf = (...events: ReadonlyArray<Activity.Activity>) => Visitors.group(events).pages

  it("say what the order book asks", () => {
    expect(pagesOf(page("10:00"), sale("10:01", "O1"), sale("10:02", null))).toEqual([
      { id: "ann@10:01", occurredAt: sale("10:01", "O1").occurredAt, sequence: 0, orderId: "O1" }
    ])
  })

  it("leave out repeats", () => {
    const twice = [sale("10:00", "O1", { id: "e1" }), sale("09:00", "O2", { id: "e1" })]
    expect(pagesOf(...twice).map(({ orderId }) => orderId)).toEqual(["O1"])
  })
})
