import { describe, expect, it } from "@effect/vitest"
import { Activity } from "../../src/index.ts"
import { at, cart, page } from "../journey.ts"
import { verdictOn } from "./verdict.ts"

const characters = (count: number) => "c".repeat(count)

describe("what an event may say", () => {
  const verdict = verdictOn(Activity.Activity, page("10:00"))

  it.each(["id", "siteId", "visitorId", "type", "occurredAt", "receivedAt", "sequence"])("says its %s", (field) => {
    expect(verdict(field, undefined)).toBe(`missing /${field}`)
  })

  it.each([
    "VisitOnWebsite",
    "VisitOnProductPage",
    "VisitOnCartListPage",
    "VisitOnLoginPage",
    "ModifyCart",
    "VisitOnSalePage"
  ])("is a %s", (type) => {
    expect(verdict("type", type)).toBe("kept")
  })

  it.each([
    ["type", "Ping", "unknown-type /type"],
    ["type", "", "unknown-type /type"],
    ["type", 1, "invalid /type"],
    ["id", characters(128), "kept"],
    ["id", characters(129), "too-large /id"],
    ["siteId", characters(65), "too-large /siteId"],
    ["visitorId", characters(65), "too-large /visitorId"],
    ["occurredAt", 0.5, "invalid /occurredAt"],
    ["clientAt", 0.5, "invalid /clientAt"],
    ["receivedAt", 0.5, "invalid /receivedAt"],
    ["sequence", -1, "kept"],
    ["sequence", 0.5, "invalid /sequence"],
    ["email", "ann@example.test", "kept"],
    ["email", "ann", "invalid /email"],
    ["logout", true, "kept"],
    ["logout", false, "invalid /logout"],
    ["url", characters(2048), "kept"],
    ["url", characters(2049), "too-large /url"],
    ["title", characters(512), "kept"],
    ["title", characters(513), "too-large /title"],
    ["referrer", characters(2048), "kept"],
    ["referrer", characters(2049), "too-large /referrer"],
    ["device", "desktop", "kept"],
    ["device", "mobile", "kept"],
    ["device", "tablet", "kept"],
    ["device", "watch", "invalid /device"],
    ["device", "", "invalid /device"],
    ["product", { id: "mug" }, "kept"],
    ["product", { id: characters(128), name: characters(512), price: 1, currency: "PLN" }, "kept"],
    ["product", {}, "missing /product/id"],
    ["product", { id: "" }, "invalid /product/id"],
    ["product", { id: characters(129) }, "too-large /product/id"],
    ["product", { id: "mug", name: characters(513) }, "too-large /product/name"],
    ["product", { id: "mug", price: 0.5 }, "invalid /product/price"],
    ["product", { id: "mug", currency: "zl" }, "invalid /product/currency"],
    ["cart", cart(["mug", 1]), "kept"],
    ["cart", { items: [] }, "missing /cart/currency"],
    ["order", {}, "kept"],
    ["order", { id: "O1", value: 1, currency: "PLN" }, "kept"],
    ["order", { id: "" }, "invalid /order/id"],
    ["order", { value: 0.5 }, "invalid /order/value"],
    ["order", { currency: "zl" }, "invalid /order/currency"],
    ["isClockWrong", true, "kept"],
    ["isClockWrong", false, "invalid /isClockWrong"],
    ["isHistory", true, "kept"],
    ["isHistory", false, "invalid /isHistory"]
  ])("%s %#: %3$s", (field, value, expected) => {
    expect(verdict(field, value)).toBe(expected)
  })
})

describe("the total order of a visitor's events (sessions.md 1.3)", () => {
  const place = (clock: string, sequence: number, id: string): Activity.Position => ({
    occurredAt: at(clock),
    sequence,
    id
  })
  const inOrder = [
    place("10:00", 1, "b"),
    place("10:01", 0, "a"),
    place("10:01", 0, "b"),
    place("10:01", 1, "a"),
    // U+1F600 begins with the code unit D83D, which stands before U+FFFD; by code points it would stand after.
    place("10:01", 1, "\u{1F600}"),
    place("10:01", 1, "\uFFFD")
  ]

  it("is by time, then by sequence, then by the ID's code units", () => {
    expect(inOrder.toReversed().sort(Activity.compare)).toEqual(inOrder)
  })

  it("tells of any two which is first, either way round", () => {
    inOrder.forEach((a, index) =>
      inOrder.forEach((b, other) => expect(Math.sign(Activity.compare(a, b))).toBe(Math.sign(index - other)))
    )
  })
})
