import { describe, expect, it } from "@effect/vitest"
import { Rules, WhatIf } from "../../src/index.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"
import { api, cart, HOUR, MINUTE, modify, muchLater, names, page } from "../journey.ts"
import { Cases, caseSize } from "./journeys.ts"

describe("what if (sessions.md 7)", () => {
  const input = { events: [modify("10:00", cart(["mug", 1])), page("10:20")], orders: [api("O1", "11:05")] }
  const ask = (others: Partial<Rules.Rules>) =>
    WhatIf.ask(input, Rules.defaults, { ...Rules.defaults, ...others }, muchLater)

  it("removes what a longer grace suppresses", () => {
    const answer = ask({ grace: HOUR })
    expect(names(answer.removed)).toEqual(["AbandonedCart ann@10:00"])
    expect(names(answer.unchanged)).toEqual(["FinalizedTransaction O1"])
    expect(answer.added).toEqual([])
  })

  it("adds what it takes away the other way round", () => {
    const answer = WhatIf.ask(input, { ...Rules.defaults, grace: HOUR }, Rules.defaults, muchLater)
    expect(names(answer.added)).toEqual(["AbandonedCart ann@10:00"])
    expect(names(answer.unchanged)).toEqual(["FinalizedTransaction O1"])
    expect(answer.removed).toEqual([])
  })

  it("leaves unchanged what is only due at another time, as the other rules see it", () => {
    const answer = ask({ inactivity: 25 * MINUTE })
    expect(names(answer.unchanged)).toContain("AbandonedCart ann@10:00")
    expect(answer.unchanged.find(({ type }) => type === "AbandonedCart")?.at).toBe(
      input.events[1]!.occurredAt + 35 * MINUTE
    )
  })

  it.prop(
    "changes nothing for the same rules",
    [Cases],
    ([{ rules, events, orders, now }]) => {
      expect(WhatIf.ask({ events, orders }, rules, { ...rules }, now)).toMatchObject({ added: [], removed: [] })
    },
    { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed, size: caseSize } }
  )
})
