import { describe, expect, it } from "@effect/vitest"
import { type Activity, Lateness, Rules, Site } from "../../src/index.ts"
import { at, DAY, MINUTE, muchLater, only, page } from "../journey.ts"

describe("which events are late (sessions.md 6.2)", () => {
  const late = (...events: ReadonlyArray<Activity.Activity>) => [...Lateness.lateIds(Rules.defaults, events)]

  it("is more than L after the end that its session had without it", () => {
    const first = page("10:00")
    expect(late(first, page("09:50", { receivedAt: at("10:00") + DAY }))).toEqual([])
    expect(late(first, page("09:50", { receivedAt: at("10:00") + DAY + 1 }))).toEqual(["ann@09:50"])
  })

  it("is counted from the event itself where that is later, or where it is alone", () => {
    expect(late(page("10:00"), page("10:10", { receivedAt: at("10:10") + DAY }))).toEqual([])
    expect(late(page("10:00"), page("10:10", { receivedAt: at("10:10") + DAY + 1 }))).toEqual(["ann@10:10"])
    expect(late(page("10:00", { receivedAt: at("10:00") + DAY + 1 }))).toEqual(["ann@10:00"])
  })

  it("looks only at what had been received before", () => {
    const slow = page("10:00", { receivedAt: at("10:00") + DAY + 1 })
    expect(late(slow, page("10:20", { receivedAt: at("10:20") + DAY + 2 * MINUTE }))).toEqual([
      "ann@10:00",
      "ann@10:20"
    ])
    expect(late(slow, page("10:20"))).toEqual([])
  })

  it("keeps visitors apart", () => {
    expect(late(page("10:00", { visitor: "bob" }), page("09:50", { receivedAt: at("10:00") + DAY }))).toEqual([
      "ann@09:50"
    ])
  })

  it("keeps visitors apart, though both have events that were long on their way", () => {
    const bobs = ["10:00", "10:05"].map((clock) => page(clock, { visitor: "bob", receivedAt: at(clock) }))
    const slow = page("10:06", { visitor: "bob", receivedAt: at("10:10") + DAY })
    expect(late(...bobs, slow, page("09:50", { receivedAt: at("10:00") + DAY }))).toEqual(["bob@10:06", "ann@09:50"])
  })

  it("changes no session", () => {
    const events = [page("10:00"), page("10:10", { receivedAt: at("12:00", 5) })]
    expect(only(Site.sessionize(Rules.defaults, { events }, muchLater).sessions).eventIds).toHaveLength(2)
  })
})
