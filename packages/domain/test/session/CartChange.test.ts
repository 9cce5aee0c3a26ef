import { describe, expect, it } from "@effect/vitest"
import { type Cart, CartChange } from "../../src/index.ts"
import { cart, event, modify, only, page, read, sale } from "../journey.ts"
import { verdictOn } from "./verdict.ts"

const change = (op: "add" | "remove", id: string, quantity = 1, more: object = {}): CartChange.CartChange => ({
  op,
  currency: "PLN",
  item: { id, quantity, unitPrice: 1000, ...more }
})
const add = (id: string, quantity?: number, more?: object) => change("add", id, quantity, more)
const remove = (id: string, quantity?: number) => change("remove", id, quantity)

describe("a difference", () => {
  const cases: ReadonlyArray<[string, Cart.Cart | null, CartChange.CartChange, Cart.Cart]> = [
    ["begins a cart where there is none", null, add("mug", 2), cart(["mug", 2])],
    ["puts a product beside others", cart(["cup", 1]), add("mug"), cart(["cup", 1], ["mug", 1])],
    ["adds to what is there", cart(["mug", 1], ["cup", 1]), add("mug", 2), cart(["mug", 3], ["cup", 1])],
    ["takes out some", cart(["mug", 3]), remove("mug", 2), cart(["mug", 1])],
    ["takes out all", cart(["mug", 2], ["cup", 1]), remove("mug", 2), cart(["cup", 1])],
    ["takes out no more than there is", cart(["mug", 2]), remove("mug", 5), cart()],
    [
      "takes out of the last line first",
      cart(["mug", 2], ["cup", 1], ["mug", 2]),
      remove("mug", 3),
      cart(["mug", 1], ["cup", 1])
    ],
    ["takes out nothing that is not there", cart(["cup", 1]), remove("mug"), cart(["cup", 1])],
    ["leaves an empty cart where there was none", null, remove("mug"), cart()],
    ["adds nothing by a quantity of 0", cart(["cup", 1]), add("mug", 0), cart(["cup", 1])],
    ["takes out nothing by a quantity below 0", cart(["cup", 1]), remove("cup", -1), cart(["cup", 1])],
    ["adds to a line that was no item", cart(["mug", -3]), add("mug"), cart(["mug", 1])],
    ["keeps a line that is no item", cart(["mug", 0]), remove("mug"), cart(["mug", 0])]
  ]
  it.each(cases)("%s", (_, before, given, after) => {
    expect(CartChange.apply(before, given)).toEqual(after)
  })

  it("has the newest name and price", () => {
    const before = cart(["mug", 1])
    expect(CartChange.apply(before, add("mug", 1, { name: "Mug", unitPrice: 900 })).items).toEqual([
      { id: "mug", name: "Mug", quantity: 2, unitPrice: 900 }
    ])
  })

  it("begins a new cart in another currency, and takes nothing out of it", () => {
    const euro = { ...cart(["cup", 1]), currency: "EUR" }
    expect(CartChange.apply(euro, add("mug"))).toEqual(cart(["mug", 1]))
    expect(CartChange.apply(euro, remove("cup"))).toEqual(euro)
  })

  it("forgets the shop's own total, which was that of another cart", () => {
    expect(CartChange.apply({ ...cart(["cup", 1]), value: 1 }, add("mug"))).toEqual(cart(["cup", 1], ["mug", 1]))
    expect(CartChange.apply({ ...cart(["cup", 2]), value: 1 }, remove("cup"))).toEqual(cart(["cup", 1]))
  })

  it("stays within the limits of a cart", () => {
    const full = cart(...Array.from({ length: 500 }, (_, index) => [`p${index}`, 1] as const))
    expect(CartChange.apply(full, add("mug"))).toEqual(full)
    expect(CartChange.apply(full, add("p499"))?.items.at(-1)).toMatchObject({ id: "p499", quantity: 2 })
    expect(CartChange.apply(cart(["mug", 99_999]), add("mug", 5))).toEqual(cart(["mug", 100_000]))
  })

  it("changes neither the cart that was nor the difference", () => {
    const before = cart(["mug", 1])
    CartChange.apply(before, add("mug"))
    expect(before).toEqual(cart(["mug", 1]))
  })
})

describe("what a difference may say", () => {
  const verdict = verdictOn(CartChange.CartChange, add("mug"))

  it.each([
    ["op", "add", "kept"],
    ["op", "remove", "kept"],
    ["op", "", "invalid /op"],
    ["op", undefined, "missing /op"],
    ["currency", undefined, "missing /currency"],
    ["currency", "zl", "invalid /currency"],
    ["item", undefined, "missing /item"],
    ["item", { id: "mug", quantity: 1 }, "missing /item/unitPrice"]
  ])("%s %#: %3$s", (field, value, expected) => {
    expect(verdict(field, value)).toBe(expected)
  })
})

describe("a session of differences", () => {
  const at = (clock: string, cartChange: CartChange.CartChange) => modify(clock, undefined, { cartChange })
  const left = (...steps: Parameters<typeof read>[0]) => only(read(steps).sessions).left

  it("ends with the cart that they amount to, named by the last of them", () => {
    const steps = [at("10:00", add("mug", 2)), at("10:01", add("cup")), at("10:02", remove("mug"))]
    const expected = { eventId: "ann@10:02", cart: cart(["mug", 1], ["cup", 1]) }
    expect(left(...steps)).toEqual(expected)
    expect(left(...steps.toReversed())).toEqual(expected)
    expect(only(read(steps).outcomes)).toMatchObject({ type: "AbandonedCart", cart: expected.cart })
  })

  it("reads one that comes late where it belongs", () => {
    const steps = [at("10:00", add("mug")), at("10:02", remove("mug")), at("10:01", add("mug"))]
    expect(left(...steps)?.cart).toEqual(cart(["mug", 1]))
  })

  it("counts from a snapshot, which knows better", () => {
    const steps = [at("10:00", add("mug")), modify("10:01", cart(["cup", 1])), at("10:02", add("cup"))]
    expect(left(...steps)?.cart).toEqual(cart(["cup", 2]))
  })

  it("begins anew after a purchase, and in a new session", () => {
    expect(left(at("10:00", add("mug")), sale("10:01", "O1"), at("10:02", add("cup")))?.cart).toEqual(cart(["cup", 1]))
    const { sessions } = read([at("10:00", add("mug")), at("12:00", add("cup"))])
    expect(sessions.map((session) => session.left?.cart)).toEqual([cart(["mug", 1]), cart(["cup", 1])])
  })

  it("is left without a cart where all was taken out, and is no abandonment", () => {
    const { sessions, outcomes } = read([at("10:00", add("mug")), at("10:01", remove("mug"))])
    expect(only(sessions)).toMatchObject({ left: null, cartFilledBy: "ann@10:00" })
    expect(outcomes).toEqual([])
  })

  it("takes a snapshot beside a difference for what is there, and no difference from a sale page", () => {
    const both = modify("10:00", cart(["cup", 1]), { cartChange: add("mug") })
    expect(left(both)?.cart).toEqual(cart(["cup", 1]))
    expect(left(page("10:00"), event("VisitOnSalePage", "10:01", { cartChange: add("mug") }))).toBeNull()
  })
})
