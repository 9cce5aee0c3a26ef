import { describe, expect, it } from "vitest"
import { add, isSame, remove } from "../src/Snapshot.ts"
import type { Cart } from "../src/Wire.ts"

const cart = (...lines: ReadonlyArray<readonly [id: string, quantity: number, unitPrice?: number]>): Cart => ({
  currency: "PLN",
  items: lines.map(([id, quantity, unitPrice = 100]) => ({ id, quantity, unitPrice }))
})

describe("the next snapshot of a cart", () => {
  it("begins with what was added to an unknown cart", () => {
    expect(add(undefined, cart(["a", 2]))).toEqual(cart(["a", 2]))
  })

  it("adds up the quantity of a product that is there and takes its newest price", () => {
    expect(add(cart(["a", 1], ["b", 1]), cart(["a", 2, 90]))).toEqual(cart(["a", 3, 90], ["b", 1]))
  })

  it("takes away no more than there is", () => {
    expect(remove(cart(["a", 3], ["b", 1]), cart(["a", 1]))).toEqual(cart(["a", 2], ["b", 1]))
    expect(remove(cart(["a", 1]), cart(["a", 5]))).toEqual(cart())
    expect(remove(undefined, cart(["a", 1]))).toEqual(cart())
  })

  it("never mixes currencies", () => {
    expect(add({ ...cart(["a", 1]), currency: "EUR" }, cart(["b", 1]))).toEqual(cart(["b", 1]))
  })

  it("is the same for the same products in the same quantities, whatever their order and prices", () => {
    expect(isSame(cart(["a", 1], ["b", 2]), cart(["b", 2, 50], ["a", 1]))).toBe(true)
    expect(isSame(undefined, cart())).toBe(true)
    expect(isSame(cart(["a", 1]), cart(["a", 2]))).toBe(false)
  })
})
