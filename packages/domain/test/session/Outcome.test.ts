import { describe, expect, it } from "@effect/vitest"
import { Ids, Outcome } from "../../src/index.ts"
import { api, at, cart, login, modify, muchLater, names, only, product, read, sale } from "../journey.ts"

const mug = cart(["mug", 1])

describe("what an outcome is called (sessions.md 5)", () => {
  const keys = (...steps: Parameters<typeof read>[0]) => read(steps).outcomes.map(({ key }) => key)

  it.each([
    ["order:shop:O:1", [sale("10:00", "O:1")]],
    ["order:shop:O1", [api("O1", "10:00")]],
    ["sale:shop:ann@10:00", [sale("10:00", null)]],
    ["cart:shop:ann@10:00", [modify("10:00", mug)]],
    ["browse:shop:ann@10:00", [product("10:00", "mug"), product("10:01", "cup")]]
  ])("%s", (key, steps) => {
    expect(keys(...steps)).toEqual([key])
  })

  it("is never the same on two sites, whatever they are called", () => {
    const on = (site: string, order: string) =>
      only(Outcome.alone([{ ...api(order, "10:00"), siteId: Ids.SiteId.make(site) }], muchLater)).key
    expect(on("a:b", "c")).toBe("order:a%3Ab:c")
    expect(on("a%3Ab", "c")).toBe("order:a%253Ab:c")
    expect(on("a", "b:c")).toBe("order:a:b:c")
  })
})

describe("what there is at an instant (sessions.md 5)", () => {
  const steps = [sale("09:00", "O1"), modify("10:00", mug), sale("12:00", "O2")]
  const then = (clock: string) => read(steps, { now: at(clock) }).outcomes

  it("is a purchase from its time on, an abandonment once its due time is past", () => {
    expect(names(then("08:59:59.999"))).toEqual([])
    expect(names(then("09:00"))).toEqual(["FinalizedTransaction O1"])
    expect(names(then("10:40"))).toEqual(["FinalizedTransaction O1"])
    expect(names(then("10:40:00.001"))).toEqual(["FinalizedTransaction O1", "AbandonedCart ann@10:00"])
  })

  it("does not yet know what recovers it, and differs in nothing else from what it will be", () => {
    const later = read(steps).outcomes.filter(({ at: due }) => due < at("12:00"))
    const recovered = only(later.filter(({ type }) => type === "AbandonedCart"))
    expect(recovered).toMatchObject({ recoveredBy: "order:shop:O2" })
    expect(then("11:00")).toStrictEqual(
      later.map((item) => (item === recovered ? { ...item, recoveredBy: null } : item))
    )
  })

  it("keeps what recovered it once that has happened, though more is to come", () => {
    const more = [...steps, modify("15:00", cart(["cup", 1]))]
    expect(read(more, { now: at("15:01") }).outcomes).toStrictEqual(
      read(more).outcomes.filter(({ key }) => key !== "cart:shop:ann@15:00")
    )
  })

  it("is an order that stands alone from its time on", () => {
    const order = api("O1", "10:00", {})
    expect(Outcome.alone([order], at("09:59:59.999"))).toEqual([])
    expect(only(Outcome.alone([order], at("10:00")))).toMatchObject({ sessionId: null, visitorId: null, email: null })
  })

  it("says of an order that stands alone what was reported of it", () => {
    const order = api("O1", "10:00", { visitor: "eve", email: "eve@example.test", value: 990, currency: "PLN" })
    expect(read([order]).outcomes).toEqual([
      {
        type: "FinalizedTransaction",
        key: "order:shop:O1",
        siteId: "shop",
        visitorId: "eve",
        email: "eve@example.test",
        sessionId: null,
        session: null,
        segment: 0,
        at: at("10:00"),
        orderId: "O1",
        isInferred: false,
        cart: null,
        value: 990,
        currency: "PLN",
        evidence: ["O1"]
      }
    ])
  })
})

describe("the same cart left again (sessions.md 5.4)", () => {
  const repeats = (...steps: Parameters<typeof read>[0]) =>
    Object.fromEntries(
      read(steps).outcomes.flatMap((outcome) =>
        outcome.type === "AbandonedCart" ? [[outcome.evidence[0], outcome.repeatOf]] : []
      )
    )

  it("is a repeat within a day of when the first was due, a day included", () => {
    expect(repeats(modify("10:00", mug), modify("10:00", mug, { day: 1 }))).toEqual({
      "ann@10:00": null,
      "ann@10:00+1": "cart:shop:ann@10:00"
    })
    expect(repeats(modify("10:00", mug), modify("10:00:00.001", mug, { day: 1 }))).toEqual({
      "ann@10:00": null,
      "ann@10:00:00.001+1": null
    })
  })

  it("is a repeat of the latest that is none itself", () => {
    const times = [modify("10:00", mug), modify("12:00", mug, { day: 1 }), modify("20:00", mug, { day: 1 })]
    expect(repeats(...times)).toEqual({
      "ann@10:00": null,
      "ann@12:00+1": null,
      "ann@20:00+1": "cart:shop:ann@12:00+1"
    })
  })

  it("is no repeat of what somebody else left in the same browser", () => {
    const by = (email: string, clock: string) => [
      login(clock, email),
      modify(clock, mug, { id: `${email} ${clock}`, sequence: 1 })
    ]
    const [ann, bob] = ["ann@example.test", "bob@example.test"]
    expect(repeats(...by(ann, "10:00"), ...by(bob, "12:00"), ...by(ann, "14:00"), ...by(bob, "16:00"))).toEqual({
      [`${ann} 10:00`]: null,
      [`${bob} 12:00`]: null,
      [`${ann} 14:00`]: `cart:shop:${ann} 10:00`,
      [`${bob} 16:00`]: `cart:shop:${bob} 12:00`
    })
  })

  it("is another cart with another quantity", () => {
    expect(repeats(modify("10:00", mug), modify("12:00", cart(["mug", 2])))).toEqual({
      "ann@10:00": null,
      "ann@12:00": null
    })
  })
})
