import { describe, expect, it } from "vitest"
import { read } from "../src/Signal.ts"

const mug = { item_id: "KUB-1", item_name: "Kubek Łąka", price: 64.9, quantity: 2 }
const mugLine = { id: "KUB-1", name: "Kubek Łąka", quantity: 2, unitPrice: 6490 }

describe("a push to the data layer", () => {
  it("is read in the spelling of tag managers and in that of gtag", () => {
    const expected = { kind: "add", cart: { currency: "PLN", items: [mugLine], value: undefined } }
    const fields = { currency: "PLN", value: 64.9, items: [mug] }
    expect(read({ event: "add_to_cart", ecommerce: fields }, undefined)).toEqual(expected)
    expect(read({ event: "add_to_cart", ...fields }, undefined)).toEqual(expected)
    expect(read({ 0: "event", 1: "add_to_cart", 2: fields, length: 3 }, undefined)).toEqual(expected)
  })

  it("gives a product view its product, priced in the event's currency", () => {
    expect(read({ event: "view_item", ecommerce: { currency: "PLN", items: [mug] } }, undefined)).toMatchObject({
      kind: "view",
      subject: { product: { id: "KUB-1", name: "Kubek Łąka", price: 6490, currency: "PLN" } }
    })
  })

  it("gives a purchase its order and what was bought, and the e-mail that came with it", () => {
    const ecommerce = { transaction_id: "Z/1 ", value: 129.8, currency: "PLN", items: [mug] }
    const push = { event: "purchase", user_data: { email_address: " Anna@Example.com" }, ecommerce }
    expect(read(push, undefined)).toMatchObject({
      email: "anna@example.com",
      subject: { order: { id: "Z/1", value: 12980, currency: "PLN" }, cart: { items: [mugLine], value: 12980 } }
    })
  })

  it("takes the currency from the items or the configuration when the event names none", () => {
    expect(read({ event: "view_cart", items: [{ ...mug, currency: "eur" }] }, "PLN")).toMatchObject({
      subject: { cart: { currency: "EUR" } }
    })
    expect(read({ event: "view_cart", items: [mug] }, "PLN")).toMatchObject({ subject: { cart: { currency: "PLN" } } })
    expect(read({ event: "add_to_cart", items: [mug] }, undefined)).toBeUndefined()
  })

  it("takes no e-mail from an event that is not about the customer", () => {
    expect(read({ event: "tell_a_friend", email: "friend@example.com" }, undefined)).toMatchObject({ email: undefined })
    expect(read({ event: "login", email: "me@example.com" }, undefined)).toMatchObject({ email: "me@example.com" })
  })

  it("changes the cart, or says what all of it is", () => {
    const goods = { currency: "PLN", value: 129.8, items: [mug] }
    const cart = { currency: "PLN", items: [mugLine], value: undefined }
    expect(read({ event: "remove_from_cart", ecommerce: goods }, undefined)).toEqual({ kind: "remove", cart })
    expect(read({ event: "begin_checkout", ecommerce: goods }, undefined)).toEqual({
      kind: "whole",
      cart: { ...cart, value: 12980 }
    })
    expect(read({ event: "begin_checkout" }, "PLN")).toBeUndefined()
  })

  it("is a logout", () => {
    expect(read({ event: "logout" }, undefined)).toEqual({ kind: "logout" })
  })

  it("means nothing when it belongs to another tool", () => {
    for (const push of [undefined, 1, "x", {}, { 0: "config", 1: "G-1" }, () => 1, [], { event: "" }]) {
      expect(read(push, "PLN")).toBeUndefined()
    }
  })
})
