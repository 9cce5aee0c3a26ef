import { describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import * as Line from "../../src/input/Line.ts"

const at = "2026-03-02T10:00:00.000Z"
const instant = Date.UTC(2026, 2, 2, 10)
const event = { id: "e1", visitorId: "ann", type: "VisitOnWebsite", at }
const order = { kind: "order", orderId: "O1", visitorId: "ann", at }

const manyItems = Array.from({ length: 501 }, () => ({ id: "mug", quantity: 1, unitPrice: 1 }))

const decode = (line: unknown) => Line.decode(typeof line === "string" ? line : JSON.stringify(line))
const accepted = (line: unknown) => Result.getOrThrow(decode(line))

describe("an event", () => {
  it("is taken with what it must say, on the default site", () => {
    expect(accepted(event)).toEqual({
      id: "e1",
      siteId: "default",
      visitorId: "ann",
      type: "VisitOnWebsite",
      occurredAt: instant,
      receivedAt: instant,
      sequence: 0
    })
  })

  it("is taken with all it may say; what nobody knows is ignored", () => {
    const full = {
      ...event,
      siteId: "shop",
      sequence: 7,
      email: " Ann@Example.Test ",
      logout: true,
      cart: {
        currency: "PLN",
        items: [{ id: "mug", name: "Mug", quantity: 2, unitPrice: 2499, colour: "red" }],
        value: "?"
      },
      order: { id: " O1 ", value: 4998, currency: "PLN" },
      product: { id: "mug", name: "Mug", price: "?" },
      kind: "event",
      url: 5
    }
    expect(accepted(full)).toEqual({
      id: "e1",
      siteId: "shop",
      visitorId: "ann",
      type: "VisitOnWebsite",
      occurredAt: instant,
      receivedAt: instant,
      sequence: 7,
      email: "ann@example.test",
      logout: true,
      cart: { currency: "PLN", items: [{ id: "mug", name: "Mug", quantity: 2, unitPrice: 2499 }] },
      order: { id: "O1", value: 4998, currency: "PLN" },
      product: { id: "mug", name: "Mug" }
    })
  })

  it("may say null for what it does not say", () => {
    const nulls = { siteId: null, email: null, cart: null, order: { id: null }, product: null, logout: null }
    expect(accepted({ ...event, ...nulls })).toEqual({ ...accepted(event), order: {} })
  })

  it("with a blank order ID names no order", () => {
    expect(accepted({ ...event, order: { id: " " } })).toMatchObject({ order: {} })
  })

  it("may give its time in epoch milliseconds, and be no logout", () => {
    expect(accepted({ ...event, at: instant, logout: false })).toEqual(accepted(event))
  })
})

describe("an order by API", () => {
  it("is taken with a visitor or an e-mail", () => {
    expect(accepted(order)).toEqual({ orderId: "O1", siteId: "default", visitorId: "ann", at: instant })
    expect(
      accepted({ ...order, orderId: " O1 ", visitorId: null, email: "A@B", siteId: "shop", value: 5, currency: "PLN" })
    ).toEqual({ orderId: "O1", siteId: "shop", email: "a@b", at: instant, value: 5, currency: "PLN" })
  })
})

describe("a line is rejected", () => {
  const cases: ReadonlyArray<readonly [what: string, line: unknown, reason: string, pointer: string]> = [
    ["no JSON", "{", "malformed", ""],
    ["two values", "{}{}", "malformed", ""],
    ["raw NUL", '{"id":"\u0000"}', "malformed", ""],
    ["an array", [], "malformed", ""],
    ["null", "null", "malformed", ""],
    ["a number", "1", "malformed", ""],
    ["no ID", { ...event, id: undefined }, "missing", "/id"],
    ["an ID that is null", { ...event, id: null }, "missing", "/id"],
    ["an empty ID", { ...event, id: "" }, "invalid", "/id"],
    ["an ID that is a number", { ...event, id: 5 }, "invalid", "/id"],
    ["an ID of 129 characters", { ...event, id: "x".repeat(129) }, "too-large", "/id"],
    ["an ID with NUL", { ...event, id: "\u0000" }, "unstorable-text", "/id"],
    [
      "an ID with a lone surrogate",
      '{"id":"\\ud800","visitorId":"ann","type":"VisitOnWebsite","at":0}',
      "unstorable-text",
      "/id"
    ],
    ["no visitor", { ...event, visitorId: undefined }, "missing", "/visitorId"],
    ["a visitor of 65 characters", { ...event, visitorId: "x".repeat(65) }, "too-large", "/visitorId"],
    ["a site that is empty", { ...event, siteId: "" }, "invalid", "/siteId"],
    ["no type", { ...event, type: undefined }, "missing", "/type"],
    ["a type of its own", { ...event, type: "Ping" }, "unknown-type", "/type"],
    ["a type that is no text", { ...event, type: 1 }, "invalid", "/type"],
    ["no time", { ...event, at: undefined }, "missing", "/at"],
    ["a time that is none", { ...event, at: "soon" }, "invalid", "/at"],
    ["a time out of range", { ...event, at: 1e18 }, "invalid", "/at"],
    ["a time that is true", { ...event, at: true }, "invalid", "/at"],
    ["a day that does not exist", { ...event, at: "2026-02-30T10:00:00.000Z" }, "invalid", "/at"],
    ["a broken sequence", { ...event, sequence: 1.5 }, "invalid", "/sequence"],
    ["a negative sequence", { ...event, sequence: -1 }, "invalid", "/sequence"],
    ["an e-mail without @", { ...event, email: "ann" }, "invalid", "/email"],
    ["an e-mail of 321 characters", { ...event, email: `${"x".repeat(319)}@x` }, "too-large", "/email"],
    ["a logout that is text", { ...event, logout: "yes" }, "invalid", "/logout"],
    ["a cart without items", { ...event, cart: { currency: "PLN" } }, "missing", "/cart/items"],
    ["a cart without currency", { ...event, cart: { items: [] } }, "missing", "/cart/currency"],
    ["a currency in small letters", { ...event, cart: { currency: "pln", items: [] } }, "invalid", "/cart/currency"],
    [
      "an item without a price",
      { ...event, cart: { currency: "PLN", items: [{ id: "mug", quantity: 1 }] } },
      "missing",
      "/cart/items/0/unitPrice"
    ],
    [
      "an item with a price in major units",
      { ...event, cart: { currency: "PLN", items: [{ id: "mug", quantity: 1, unitPrice: 24.99 }] } },
      "invalid",
      "/cart/items/0/unitPrice"
    ],
    ["501 items", { ...event, cart: { currency: "PLN", items: manyItems } }, "too-large", "/cart/items"],
    ["an order value that is text", { ...event, order: { value: "5" } }, "invalid", "/order/value"],
    ["a product without ID", { ...event, product: {} }, "missing", "/product/id"],
    ["an order of nobody", { ...order, visitorId: undefined }, "missing", "/visitorId"],
    ["an order without ID", { ...order, orderId: undefined }, "missing", "/orderId"],
    ["an order with a blank ID", { ...order, orderId: " " }, "invalid", "/orderId"],
    ["an order without time", { ...order, at: undefined }, "missing", "/at"],
    ["an order whose time is none", { ...order, at: "?" }, "invalid", "/at"]
  ]
  it.each(cases)("%s", (_, line, reason, pointer) => {
    expect(decode(line)).toEqual(Result.fail({ reason, pointer }))
  })

  it("however deep it is nested", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`
    expect(decode(`{"x":${deep}}`)).toEqual(Result.fail({ reason: "missing", pointer: "/id" }))
    expect(accepted(`{"id":"e1","visitorId":"ann","type":"VisitOnWebsite","at":0,"x":${deep}}`)).toMatchObject({
      id: "e1"
    })
  })
})
