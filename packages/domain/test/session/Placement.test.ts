import { describe, expect, it } from "@effect/vitest"
import { type Activity, Ids, Placement, type ReportedOrder } from "../../src/index.ts"
import { api, login, page, read } from "../journey.ts"

const email = "ann@example.test"
const emails = new Set([Ids.Email.make(email)])

/** The candidates among the sessions of one visitor. */
const candidates = (...events: ReadonlyArray<Activity.Activity>) =>
  Placement.candidates(read(events).sessions, events, emails)

/** Where these orders go, of whom "ann" and "bob" are known; null for no visitor. */
const place = (found: ReadonlyArray<Placement.Candidate>, ...orders: ReadonlyArray<ReportedOrder.ReportedOrder>) => {
  const { byVisitor, alone } = Placement.place(orders, (id) => id === "ann" || id === "bob", found)
  const placed = [...byVisitor].flatMap(([visitor, own]) =>
    own.map(({ order, sessionId }) => [order.orderId, visitor, sessionId])
  )
  return [...placed, ...alone.map(({ orderId }) => [orderId, null, null])]
}

describe("the e-mails that orders ask for", () => {
  it("are those of orders that name no visitor", () => {
    const orders = [
      api("O1", "10:00", { email }),
      api("O2", "10:00", { visitor: "ann", email: "bob@example.test" }),
      api("O3", "10:00", {}),
      api("O4", "10:00", { email })
    ]
    expect([...Placement.emailsOf(orders)]).toEqual([email])
  })
})

describe("the sessions that an order by e-mail may belong to (sessions.md 4.4)", () => {
  it("are those with the e-mail, back-fill included, each by its first event", () => {
    const events = [
      page("08:00"),
      page("08:01"),
      login("09:00", email),
      page("11:00"),
      login("13:00", "b@example.test")
    ]
    expect(candidates(...events)).toEqual([
      { visitorId: "ann", email, sessionId: "shop:ann@08:00", first: events[0] },
      { visitorId: "ann", email, sessionId: "shop:ann@09:00", first: events[2] }
    ])
  })

  it("are none without an e-mail", () => {
    expect(candidates(page("08:00"))).toEqual([])
  })
})

describe("where an order by API belongs (sessions.md 4.4)", () => {
  const anns = candidates(login("10:00", email), login("12:00", email))
  const bobs = candidates(login("11:00", email, { visitor: "bob" }))

  it("is with the visitor that it names, whatever its e-mail", () => {
    const named = [api("O1", "09:00"), api("O2", "13:00", { visitor: "ann", email })]
    expect(place(bobs, ...named)).toEqual([
      ["O1", "ann", null],
      ["O2", "ann", null]
    ])
  })

  it("is nowhere if nobody knows the visitor, though the e-mail is known", () => {
    expect(place(anns, api("O1", "13:00", { visitor: "eve", email }))).toEqual([["O1", null, null]])
  })

  it.each([
    ["09:59:59.999", null, null],
    ["10:00", "ann", "shop:ann@10:00"],
    ["10:59", "ann", "shop:ann@10:00"],
    ["11:00", "bob", "shop:bob@11:00"],
    ["23:00", "ann", "shop:ann@12:00"]
  ])("is at %s in the last session with its e-mail that had begun: %s, %s", (clock, visitor, session) => {
    expect(place([...anns, ...bobs], api("O1", clock, { email }))).toEqual([["O1", visitor, session]])
  })

  it("is nowhere without a visitor and an e-mail, or with an e-mail that nobody has", () => {
    const orders = [api("O1", "13:00", {}), api("O2", "13:00", { email: "eve@example.test" })]
    expect(place(anns, ...orders)).toEqual([
      ["O1", null, null],
      ["O2", null, null]
    ])
  })

  it("is of two sessions that began at one instant the second in total order", () => {
    const [b = [], a = []] = ["b", "a"].map((id) => candidates(login("10:00", email, { id, visitor: "bob" })))
    expect(place([...b, ...a], api("O1", "10:00", { email }))).toEqual([["O1", "bob", "shop:b"]])
  })
})
