import { describe, expect, it } from "@effect/vitest"
import { ReportedOrder } from "../../src/index.ts"
import { api } from "../journey.ts"
import { verdictOn } from "./verdict.ts"

describe("what a report of an order may say", () => {
  const verdict = verdictOn(ReportedOrder.ReportedOrder, api("O1", "10:00"))

  it.each([
    ["orderId", undefined, "missing /orderId"],
    ["orderId", "", "invalid /orderId"],
    ["siteId", undefined, "missing /siteId"],
    ["at", undefined, "missing /at"],
    ["at", 0.5, "invalid /at"],
    ["visitorId", undefined, "kept"],
    ["visitorId", "", "invalid /visitorId"],
    ["email", "ann@example.test", "kept"],
    ["email", "ann", "invalid /email"],
    ["value", 1, "kept"],
    ["value", 0.5, "invalid /value"],
    ["currency", "PLN", "kept"],
    ["currency", "zl", "invalid /currency"]
  ])("%s %#: %3$s", (field, value, expected) => {
    expect(verdict(field, value)).toBe(expected)
  })
})

describe("the order of reports (sessions.md 1.3)", () => {
  const inOrder = [api("O9", "09:59"), api("O1", "10:00"), api("O2", "10:00"), api("O0", "10:01")]

  it("is by time, then by order ID", () => {
    expect(inOrder.toReversed().sort(ReportedOrder.compare)).toEqual(inOrder)
  })

  it("tells of any two which is first, either way round", () => {
    inOrder.forEach((a, index) =>
      inOrder.forEach((b, other) => expect(Math.sign(ReportedOrder.compare(a, b))).toBe(Math.sign(index - other)))
    )
  })
})
