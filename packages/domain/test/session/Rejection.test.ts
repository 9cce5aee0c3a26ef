import { describe, expect, it } from "@effect/vitest"
import { Schema, SchemaTransformation } from "effect"
import { Activity, Ids, Rejection, Time } from "../../src/index.ts"
import { cart, page } from "../journey.ts"
import { verdictOf } from "./verdict.ts"

describe("why an item is rejected (sessions.md 2.6)", () => {
  const verdict = verdictOf(Activity.Activity)
  const right = page("10:00")

  it.each([
    ["kept", right],
    ["malformed", "text"],
    ["malformed", null],
    ["malformed", []],
    ["missing /id", {}],
    ["unknown-type /type", { ...right, type: "Ping" }],
    ["invalid /type", { ...right, type: 7 }],
    ["invalid /sequence", { ...right, sequence: "1" }],
    ["unstorable-text /title", { ...right, title: "\u0000" }],
    ["too-large /title", { ...right, title: "t".repeat(513) }],
    // Both are wrong with it: what it is too long for is said, as the first.
    ["too-large /title", { ...right, title: "\u0000".repeat(513) }],
    ["missing /cart/items/1/id", { ...right, cart: { ...cart(), items: [...cart(["mug", 1]).items, {}] } }],
    ["invalid /cart/currency", { ...right, cart: { ...cart(), currency: "zl" } }]
  ])("%s: %#", (expected, item) => {
    expect(verdict(item)).toBe(expected)
  })

  it("is said of the item itself where a check of the whole failed", () => {
    expect(verdictOf(Ids.text(3))("text")).toBe("too-large")
    expect(verdictOf(Ids.text(3))("\u0000")).toBe("unstorable-text")
    expect(verdictOf(Ids.EventId)("")).toBe("malformed")
  })

  it("knows a type from one that lies deeper, or that is an item's only by name", () => {
    const deeper = Schema.Struct({ event: Schema.Struct({ type: Activity.ActivityType }) })
    expect(verdictOf(deeper)({ event: { type: "Ping" } })).toBe("invalid /event/type")
  })

  it("follows a field through what it is decoded from", () => {
    const wire = Schema.Struct({ at: Time.InstantFromWire })
    expect(verdictOf(wire)({ at: "tomorrow" })).toBe("invalid /at")
    const trimmed = Schema.Struct({ name: Ids.text(3).pipe(Schema.decode(SchemaTransformation.trim())) })
    expect(verdictOf(trimmed)({ name: "name" })).toBe("too-large /name")
  })

  it("points as RFC 6901 writes it", () => {
    const odd = Schema.Struct({ "a/b~c~/": Schema.String })
    expect(verdictOf(odd)({ "a/b~c~/": 1 })).toBe("invalid /a~1b~0c~0~1")
  })

  it("is one of a closed list", () => {
    const isReason = Schema.is(Rejection.RejectionReason)
    const listed = ["malformed", "missing", "invalid", "unknown-type", "unstorable-text", "too-large", "forbidden"]
    expect(listed.filter(isReason)).toEqual(listed)
    expect(isReason("")).toBe(false)
    expect(verdictOf(Rejection.Rejection)({ reason: "forbidden", pointer: "" })).toBe("kept")
    expect(verdictOf(Rejection.Rejection)({ reason: "other", pointer: "" })).toBe("invalid /reason")
    expect(verdictOf(Rejection.Rejection)({ reason: "forbidden" })).toBe("missing /pointer")
  })
})
