import { describe, expect, it } from "@effect/vitest"
import { Rules } from "../../src/index.ts"
import { DAY, HOUR, MINUTE } from "../journey.ts"
import { verdictOf, verdictOn } from "./verdict.ts"

describe("what a site may decide", () => {
  const verdict = verdictOn(Rules.Rules, Rules.defaults)

  it.each([
    ["inactivity", MINUTE, 4 * HOUR],
    ["grace", 0, DAY],
    ["repeatWindow", 0, 365 * DAY],
    ["recoveryWindow", 0, 365 * DAY],
    ["allowedLateness", 0, 365 * DAY]
  ])("%s is whole milliseconds from %d to %d", (rule, least, most) => {
    expect(verdict(rule, least)).toBe("kept")
    expect(verdict(rule, most)).toBe("kept")
    expect(verdict(rule, least - 1)).toBe(`invalid /${rule}`)
    expect(verdict(rule, most + 1)).toBe(`invalid /${rule}`)
    expect(verdict(rule, most - 0.5)).toBe(`invalid /${rule}`)
    expect(verdict(rule, undefined)).toBe(`missing /${rule}`)
  })

  it("has defaults, which it may decide (sessions.md 3.1, 5 and 6.1)", () => {
    expect(verdictOf(Rules.Rules)(Rules.defaults)).toBe("kept")
    expect(Rules.defaults).toEqual({
      inactivity: 30 * MINUTE,
      grace: 10 * MINUTE,
      repeatWindow: DAY,
      recoveryWindow: 7 * DAY,
      allowedLateness: DAY
    })
  })

  it("cannot decide how long a session may be (sessions.md 3.3)", () => {
    expect([Rules.sessionLengthMax, Rules.sessionEventsMax]).toEqual([DAY, 10_000])
  })
})
