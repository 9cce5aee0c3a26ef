import { describe, expect, it } from "@effect/vitest"
import { Ids, OrderBook, type Outcome, Rules, Visit } from "../../src/index.ts"
import { api, at, cart, login, modify, names, only, page, product, read, sale, subject } from "../journey.ts"

type Steps = Parameters<typeof read>[0]

const [ann, bob] = ["ann@example.test", "bob@example.test"]
const mug = cart(["mug", 1])

const purchases = (...steps: Steps): ReadonlyArray<Outcome.FinalizedTransaction> =>
  read(steps)
    .outcomes.flatMap((outcome) => (outcome.type === "FinalizedTransaction" ? [outcome] : []))
    .sort((a, b) => a.at - b.at)

describe("what names an inferred purchase (sessions.md 4.3)", () => {
  const inferred = sale("10:00", null)

  it.each([
    ["a page", sale("10:01", "O1"), "ann@10:01"],
    ["an order by API", api("O1", "10:01"), "O1"]
  ])("is %s that comes after it in its session", (_, named, evidence) => {
    expect(only(purchases(inferred, named))).toMatchObject({
      key: "order:shop:O1",
      orderId: "O1",
      at: at("10:00"),
      isInferred: false,
      evidence: ["ann@10:00", evidence]
    })
  })

  it.each([
    ["a page", sale("11:00", "O1")],
    ["an order by API", api("O1", "11:01")]
  ])("is not %s of the next session, though only sale pages came between", (_, later) => {
    const found = purchases(inferred, sale("11:00", null, { id: "again" }), later)
    expect(found.map(({ orderId, isInferred }) => [orderId, isInferred])).toEqual([
      [null, true],
      ["O1", false]
    ])
  })

  it("is nothing after anything but sale pages", () => {
    expect(purchases(inferred, page("10:01"), sale("10:02", "O1"))).toHaveLength(2)
    expect(purchases(inferred, page("10:01"), api("O1", "10:02"))).toHaveLength(2)
  })

  it("is one order; the next is a purchase of its own", () => {
    expect(purchases(inferred, sale("10:01", "O1"), sale("10:02", "O2")).map(({ orderId }) => orderId)).toEqual([
      "O1",
      "O2"
    ])
    expect(purchases(inferred, api("O1", "10:01"), api("O2", "10:02")).map(({ orderId }) => orderId)).toEqual([
      "O1",
      "O2"
    ])
  })

  it("is not an order of another session of the visitor, which an e-mail tells", () => {
    const found = purchases(
      login("08:00", ann),
      login("10:00", bob, { id: "bob" }),
      sale("10:01", null),
      api("O1", "10:02", { email: ann })
    )
    expect(found.map(({ orderId, sessionId }) => [orderId, sessionId])).toEqual([
      [null, "shop:bob"],
      ["O1", "shop:ann@08:00"]
    ])
  })

  it("adds what it is worth, where the page did not say", () => {
    const order = api("O1", "10:01", { visitor: "ann", value: 900, currency: "EUR" })
    expect(only(purchases(inferred, order))).toMatchObject({ value: 900, currency: "EUR" })
    const own = { ...inferred, order: { value: 1000, currency: "PLN" } }
    expect(only(purchases(own, order))).toMatchObject({ value: 1000, currency: "PLN" })
  })
})

describe("a sale page without an order ID (sessions.md 4.2)", () => {
  it("is a reload after any purchase, as long as only sale pages follow", () => {
    expect(purchases(sale("10:00", "O1"), sale("10:01", null))).toHaveLength(1)
    expect(purchases(page("10:00"), api("O1", "10:01"), sale("10:02", null))).toHaveLength(1)
    expect(purchases(sale("10:00", "O1"), page("10:01"), sale("10:02", null))).toHaveLength(2)
  })

  it("says what it shows", () => {
    expect(only(purchases(modify("09:59", mug), sale("10:00", null, { cart: cart(["cup", 2]) })))).toMatchObject({
      orderId: null,
      isInferred: true,
      cart: cart(["cup", 2]),
      value: null,
      currency: null,
      evidence: ["ann@10:00"]
    })
  })
})

describe("what a purchase takes from its session (sessions.md 4.4 and 4.5)", () => {
  it.each([
    ["a page", sale("10:01", "O1"), "ann@10:01"],
    ["an order by API", api("O1", "10:01"), "O1"]
  ])("is the cart, and with it the segment ends: %s", (_, bought, evidence) => {
    const { sessions, outcomes } = read([modify("10:00", mug), bought, page("10:02")])
    expect(only(outcomes)).toMatchObject({ cart: mug, segment: 0, sessionId: "shop:ann@10:00", evidence: [evidence] })
    expect(only(sessions)).toMatchObject({ left: null, cartFilledBy: null, segments: 1 })
  })

  it("is nothing where there was none", () => {
    expect(only(purchases(page("10:00"), api("O1", "10:01"), page("10:02")))).toMatchObject({ cart: null, value: null })
    expect(only(purchases(sale("10:00", "O1")))).toMatchObject({ cart: null, value: null, currency: null })
  })

  it("counts segments on", () => {
    const found = purchases(sale("10:00", "O1"), page("10:01"), api("O2", "10:02"), page("10:03"), sale("10:04", "O3"))
    expect(found.map(({ segment }) => segment)).toEqual([0, 1, 2])
  })

  it.each([
    ["10:05", "at the session's end, included", null, 1],
    ["10:05:00.001", "after its end", "ann@10:00", 0]
  ])("is in the session until its end: an order by API at %s, %s", (clock, _, left, segments) => {
    const steps = [modify("10:00", mug), page("10:05"), api("O1", clock)]
    expect(only(read(steps).sessions)).toMatchObject({ segments, left: left === null ? null : { eventId: left } })
    const [first] = read([...steps, page("12:00")]).sessions
    expect(first).toMatchObject({ segments, left: left === null ? null : { eventId: left } })
    expect(only(purchases(...steps, page("12:00")))).toMatchObject({ sessionId: "shop:ann@10:00", cart: mug })
  })

  it("is nothing of an order before the visitor's first session: it stands alone", () => {
    const { sessions, outcomes } = read([api("O1", "09:59:59.999"), modify("10:00", mug)])
    expect(only(sessions).segments).toBe(0)
    expect(names(outcomes)).toEqual(["FinalizedTransaction O1", "AbandonedCart ann@10:00"])
    expect(outcomes.find(({ at: time }) => time < at("10:00"))).toMatchObject({ visitorId: "ann", sessionId: null })
  })

  it("is in the next session from its very start", () => {
    expect(purchases(page("08:00"), page("10:00"), api("O1", "10:00")).map(({ sessionId }) => sessionId)).toEqual([
      "shop:ann@10:00"
    ])
  })

  it("is in the first session from its very start, once", () => {
    expect(purchases(page("10:00"), api("O1", "10:00")).map(({ sessionId }) => sessionId)).toEqual(["shop:ann@10:00"])
  })
})

describe("an order that an e-mail gives to an earlier session (sessions.md 4.4)", () => {
  const identified = [login("10:00", ann), modify("10:01", mug), page("10:05")]

  it("takes nothing from a session that was over, but shows what was left", () => {
    const { sessions, outcomes } = read([
      ...identified,
      login("10:06", bob),
      page("10:10"),
      api("O1", "10:07", { email: ann })
    ])
    expect(sessions.map(({ segments }) => segments)).toEqual([0, 0])
    expect(only(outcomes)).toMatchObject({ at: at("10:07"), sessionId: "shop:ann@10:00", segment: 0, cart: mug })
  })

  it("is found, however many sessions came since", () => {
    const others = [login("12:00", bob), login("14:00", "carol@example.test")]
    expect(only(purchases(...identified, ...others, api("O1", "14:01", { email: ann })))).toMatchObject({
      sessionId: "shop:ann@10:00",
      email: ann
    })
  })

  it("stands alone as long as its session is not there", () => {
    const order = { order: api("O1", "10:05", { email: ann }), sessionId: Ids.SessionId.make("shop:gone") }
    const { purchases } = Visit.fold(Rules.defaults, [page("10:00"), page("10:10")], [order], OrderBook.empty)
    expect(only(purchases)).toMatchObject({ orderId: "O1", session: null })
  })

  it("is in the session where the next began at its very instant", () => {
    const before = [sale("08:00", "O8"), sale("10:00:30", "O0"), product("10:00:40", "mug")]
    const { sessions, outcomes } = read([
      ...before,
      ...identified,
      login("10:05", bob, { id: "bob", sequence: 1 }),
      api("O1", "10:05", { email: ann })
    ])
    expect(sessions.map(({ id, segments, left }) => [id, segments, left])).toEqual([
      ["shop:ann@08:00", 1, null],
      ["shop:ann@10:00", 2, null],
      ["shop:bob", 0, null]
    ])
    const found = outcomes.map((outcome) => [
      subject(outcome.key),
      sessions.findIndex((session) => session === outcome.session),
      outcome.segment,
      outcome.type === "FinalizedTransaction" && outcome.cart
    ])
    expect(found).toEqual([
      ["O8", 0, 0, null],
      ["O0", 1, 0, null],
      ["O1", 1, 1, mug]
    ])
  })
})

describe("a visitor all of whose events are repeats (sessions.md 2.1)", () => {
  it("has no session, and its orders stand alone", () => {
    const { sessions, outcomes } = read([
      page("10:00", { id: "e1" }),
      page("10:00", { id: "e1", visitor: "bob" }),
      api("O1", "10:00", { visitor: "bob" })
    ])
    expect(only(sessions).visitorId).toBe("ann")
    expect(only(outcomes)).toMatchObject({ visitorId: "bob", sessionId: null })
  })
})
