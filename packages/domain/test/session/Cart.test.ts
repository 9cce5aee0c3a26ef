import { describe, expect, it } from "@effect/vitest"
import { Cart } from "../../src/index.ts"
import { cart } from "../journey.ts"
import { verdictOf, verdictOn } from "./verdict.ts"

describe("what a cart may hold", () => {
  const lines = (count: number) => cart(...Array.from({ length: count }, () => ["mug", 1] as const)).items
  const verdict = verdictOn(Cart.Cart, cart(["mug", 1]))
  const line = verdictOn(Cart.CartItem, { id: "mug", quantity: 1, unitPrice: 1000 })

  it("is a currency and lines, and little more", () => {
    expect(verdictOf(Cart.Cart)({ currency: "PLN", items: [{ id: "mug", quantity: 1, unitPrice: 1 }] })).toBe("kept")
    expect(verdict("items", [{ quantity: 1, unitPrice: 1 }])).toBe("missing /items/0/id")
  })

  it.each([
    ["currency", "EUR", "kept"],
    ["currency", "eur", "invalid /currency"],
    ["currency", "EURO", "invalid /currency"],
    ["currency", "EU", "invalid /currency"],
    ["currency", undefined, "missing /currency"],
    ["items", [], "kept"],
    ["items", lines(500), "kept"],
    ["items", lines(501), "too-large /items"],
    ["items", undefined, "missing /items"],
    ["value", 1e10, "kept"],
    ["value", -1e10, "kept"],
    ["value", 1e10 + 1, "invalid /value"],
    ["value", -1e10 - 1, "invalid /value"],
    ["value", 0.5, "invalid /value"]
  ])("%s %#: %3$s", (field, value, expected) => {
    expect(verdict(field, value)).toBe(expected)
  })

  it.each([
    ["id", "m".repeat(128), "kept"],
    ["id", "m".repeat(129), "too-large /id"],
    ["id", "", "invalid /id"],
    ["id", undefined, "missing /id"],
    ["name", "m".repeat(512), "kept"],
    ["name", "m".repeat(513), "too-large /name"],
    ["quantity", 1e5, "kept"],
    ["quantity", -1e5, "kept"],
    ["quantity", 0.5, "kept"],
    ["quantity", 1e5 + 1, "invalid /quantity"],
    ["quantity", -1e5 - 1, "invalid /quantity"],
    ["quantity", Infinity, "invalid /quantity"],
    ["quantity", undefined, "missing /quantity"],
    ["unitPrice", -1, "kept"],
    ["unitPrice", 0.5, "invalid /unitPrice"],
    ["unitPrice", undefined, "missing /unitPrice"]
  ])("a line's %s %#: %3$s", (field, value, expected) => {
    expect(line(field, value)).toBe(expected)
  })
})

describe("what a cart amounts to (sessions.md 4.1)", () => {
  it("is worth what the shop says", () => {
    expect(Cart.value({ ...cart(["mug", 1, 1000]), value: 990 })).toBe(990)
    expect(Cart.value({ ...cart(["mug", 1, 1000]), value: 0 })).toBe(0)
  })

  it("is else worth its items, without lines that are none", () => {
    expect(Cart.value(cart(["mug", 2, 1000], ["cup", 3, 50], ["pen", -1, 9999]))).toBe(2150)
    expect(Cart.value(cart())).toBe(0)
  })

  it("is worth whole minor units, though pieces may be parts", () => {
    expect(Cart.value(cart(["cheese", 0.333, 1000], ["ham", 0.333, 1000]))).toBe(666)
  })

  it("is never more than an amount may be", () => {
    const lines = Array.from({ length: 500 }, () => ["gold", 1e5, 1e10] as const)
    expect(Cart.value(cart(...lines))).toBe(1e10)
    expect(Cart.value(cart(...lines.map(([id, quantity, price]) => [id, quantity, -price] as const)))).toBe(-1e10)
  })

  it("counts the pieces of its items", () => {
    expect(Cart.pieces(cart(["mug", 2], ["cup", 0.5], ["pen", -1], ["pot", 0]))).toBe(2.5)
  })

  it("is empty without items", () => {
    expect(Cart.isEmpty(cart())).toBe(true)
    expect(Cart.isEmpty(cart(["mug", 0], ["cup", -1]))).toBe(true)
    expect(Cart.isEmpty(cart(["mug", 0], ["cup", 0.1]))).toBe(false)
    expect(Cart.itemsOf(cart(["mug", 0], ["cup", 1])).map(({ id }) => id)).toEqual(["cup"])
  })
})

describe("whether two carts are equal (sessions.md 5.4)", () => {
  const isEqual = (a: Cart.Cart, b: Cart.Cart) => Cart.fingerprint(a) === Cart.fingerprint(b)

  it("sums quantities per product, in any order, whatever the prices", () => {
    expect(isEqual(cart(["mug", 1], ["cup", 2], ["mug", 1]), cart(["cup", 2, 1], ["mug", 2, 1]))).toBe(true)
    expect(isEqual(cart(["c", 1], ["a", 1], ["b", 1]), cart(["b", 1], ["c", 1], ["a", 1]))).toBe(true)
  })

  it.each([
    ["another quantity", cart(["mug", 1], ["cup", 1])],
    ["a quantity that another line takes away", cart(["mug", 3], ["mug", -1], ["cup", 1])],
    ["another product", cart(["mug", 2], ["pen", 1])],
    ["one product more", cart(["mug", 2], ["cup", 1], ["pen", 1])],
    ["quantities changed over", cart(["mug", 1], ["cup", 2])],
    ["nothing", cart()]
  ])("tells it from %s", (_, other) => {
    expect(isEqual(cart(["mug", 2], ["cup", 1]), other)).toBe(false)
  })
})

describe("a cart that holds the same and is worth the same", () => {
  const one = cart(["mug", 2], ["cup", 1])
  it.each([
    ["may be in another order", cart(["cup", 1], ["mug", 2]), true],
    ["may be in other lines, one of them no item", cart(["mug", 1], ["cup", 1], ["mug", 1], ["jug", 0]), true],
    ["is not of other quantities", cart(["mug", 1], ["cup", 2]), false],
    ["may be at other prices that amount to the same", cart(["mug", 2, 900], ["cup", 1, 1200]), true],
    ["is not worth something else", cart(["mug", 2, 900], ["cup", 1]), false],
    ["is not, by the shop's own total", { ...one, value: 1 }, false],
    ["is not in another currency", { ...one, currency: "EUR" }, false]
  ])("%s", (_, other, isSame) => {
    expect(Cart.isSame(one, other)).toBe(isSame)
  })
})
