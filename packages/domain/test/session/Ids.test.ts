import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { Ids } from "../../src/index.ts"
import { verdictOn } from "./verdict.ts"

describe("text that can be stored (sessions.md 2.6)", () => {
  const text = verdictOn(Schema.Struct({ text: Ids.text(3) }), {})

  it.each([
    ["nothing", "", "kept"],
    ["as many characters as fit", "abc", "kept"],
    ["one more than fit", "abcd", "too-large /text"],
    ["a character of two code units, which count", "a\u{1F600}", "kept"],
    ["one of two code units where one fits", "ab\u{1F600}", "too-large /text"],
    ["NUL", "a\u0000b", "unstorable-text /text"],
    ["half of a character", "a\uD83D", "unstorable-text /text"],
    ["a number", 1, "invalid /text"]
  ])("is %s: %j, %s", (_, value, verdict) => {
    expect(text("text", value)).toBe(verdict)
  })
})

describe("IDs (sessions.md 2)", () => {
  const { SiteId, EventId, VisitorId, OrderId, SessionId, Email } = Ids
  const lengths = [
    ["SiteId", SiteId, 64],
    ["EventId", EventId, 128],
    ["VisitorId", VisitorId, 64],
    ["OrderId", OrderId, 128],
    ["SessionId", SessionId, 384]
  ] as const

  it.each(lengths)("%s has between one character and its most", (_, schema, most) => {
    const id = verdictOn(Schema.Struct({ id: schema }), {})
    expect(id("id", "i")).toBe("kept")
    expect(id("id", "i".repeat(most))).toBe("kept")
    expect(id("id", "")).toBe("invalid /id")
    expect(id("id", "i".repeat(most + 1))).toBe("too-large /id")
    expect(id("id", "i\u0000")).toBe("unstorable-text /id")
  })

  it.each([...lengths, ["Email", Email, 320] as const])("%s is branded with its name", (name, { identifier }) => {
    expect(identifier).toBe(name)
  })

  it.each([
    ["ann@example.test", "kept"],
    ["a@b", "kept"],
    [`${"a".repeat(307)}@example.test`, "kept"],
    [`${"a".repeat(308)}@example.test`, "too-large /email"],
    ["ann", "invalid /email"],
    ["@example.test", "invalid /email"],
    ["ann@", "invalid /email"],
    ["ann@bob@example.test", "invalid /email"],
    [" ann@example.test", "invalid /email"],
    ["ann@example.test ", "invalid /email"]
  ])("an e-mail has one @ between two parts without spaces: %j, %s", (value, verdict) => {
    expect(verdictOn(Schema.Struct({ email: Email }), {})("email", value)).toBe(verdict)
  })
})

describe("the ID of a session (sessions.md 2.3)", () => {
  it("names the site and the first event", () => {
    expect(Ids.sessionId(Ids.SiteId.make("shop"), Ids.EventId.make("e:1"))).toBe("shop:e:1")
  })

  it("never is the ID of a session of another site", () => {
    const [one, other] = [Ids.sessionId(Ids.SiteId.make("a:b"), Ids.EventId.make("c")), "a:b:c"]
    expect(one).not.toBe(other)
    expect(Ids.partsOf(one)).toEqual({ siteId: "a:b", eventId: "c" })
  })

  it.each([
    ["shop:e:1", { siteId: "shop", eventId: "e:1" }],
    ["a%3Ab%253A:e1", { siteId: "a:b%3A", eventId: "e1" }],
    [":e1", { siteId: "", eventId: "e1" }],
    ["shop:", { siteId: "shop", eventId: "" }],
    ["e1", undefined]
  ])("is taken apart at its first colon: %s", (id, parts) => {
    expect(Ids.partsOf(id)).toEqual(parts)
  })
})
