import { describe, expect, it } from "@effect/vitest"
import { Session } from "../../src/index.ts"
import { api, at, cart, event, login, modify, names, only, page, product, read, sale } from "../journey.ts"

const emails = (steps: Parameters<typeof read>[0]) => read(steps).sessions.map(({ email }) => email)

describe("where a session begins (sessions.md 3)", () => {
  it("splits when a different e-mail is named, at once", () => {
    const { sessions } = read([login("10:00", "a@example.test"), page("10:01"), login("10:02", "b@example.test")])
    expect(sessions.map(({ eventIds, endedBy }) => [eventIds.length, endedBy])).toEqual([
      [2, "identity"],
      [1, null]
    ])
  })

  it("continues when the same e-mail is named again", () => {
    expect(read([login("10:00", "a@example.test"), login("10:01", "a@example.test")]).sessions).toHaveLength(1)
  })

  it("splits after a logout, though no e-mail is known", () => {
    const { sessions } = read([page("10:00", { logout: true }), page("10:01")])
    expect(sessions.map(({ endedBy }) => endedBy)).toEqual(["identity", null])
  })

  it("continues at exactly 24 hours, splits a millisecond later", () => {
    const hours = Array.from({ length: 6 }, (_, index) => page(`${String(index * 4).padStart(2, "0")}:00`))
    const rules = { inactivity: 4 * 60 * 60_000 }
    expect(read([...hours, page("00:00", { day: 1 })], { rules }).sessions).toHaveLength(1)
    const over = read([...hours, page("23:00"), page("00:00:00.001", { day: 1 })], { rules }).sessions
    expect(over.map(({ endedBy }) => endedBy)).toEqual(["capped", null])
  })

  it("holds 10,000 events and begins anew at the next", () => {
    const { sessions } = read([
      modify("10:00", cart(["mug", 1]), { sequence: -1 }),
      ...Array.from({ length: 10_000 }, (_, index) => page("10:00", { id: `e${index}`, sequence: index }))
    ])
    expect(sessions.map(({ eventIds, endedBy }) => [eventIds.length, endedBy])).toEqual([
      [10_000, "capped"],
      [1, null]
    ])
    expect(read([modify("10:00", cart(["mug", 1])), page("10:01")]).outcomes).toHaveLength(1)
  })

  it("counts its own events towards the limit, not those of sessions before", () => {
    const many = Array.from({ length: 5_001 }, (_, index) => page("10:00", { id: `e${index}` }))
    const { sessions } = read([...many, page("12:00"), page("12:01")])
    expect(sessions.map(({ eventIds, endedBy }) => [eventIds.length, endedBy])).toEqual([
      [5_001, "inactivity"],
      [2, null]
    ])
  })

  it("has no abandonment when 10,000 events capped it", () => {
    const events = Array.from({ length: 10_000 }, (_, index) => page("10:00", { id: `e${index}`, sequence: index + 1 }))
    expect(read([modify("10:00", cart(["mug", 1])), ...events]).outcomes).toEqual([])
  })

  it("ends for the first rule that holds: inactivity before identity, identity before the limit", () => {
    const both = read([login("10:00", "a@example.test", { logout: true }), login("11:00", "b@example.test")]).sessions
    expect(both.map(({ endedBy }) => endedBy)).toEqual(["inactivity", null])
    const rules = { inactivity: 4 * 60 * 60_000 }
    const day = Array.from({ length: 6 }, (_, index) => page(`${String(index * 4).padStart(2, "0")}:00`))
    const limit = read([...day, page("22:00", { logout: true }), page("01:00", { day: 1 })], { rules }).sessions
    expect(limit.map(({ endedBy }) => endedBy)).toEqual(["identity", null])
  })

  it("orders ties by sequence, then by the ID's UTF-16 code units", () => {
    // U+1F600 begins with the code unit D83D, which stands before U+FFFD; by code points it would stand after.
    const ids = ["b", "a", "Z", "\u{1F600}", "\uFFFD"].map((id) => page("10:00", { id }))
    const first = page("10:00", { id: "zz", sequence: 0 })
    const last = page("10:00", { id: "A", sequence: 1 })
    expect(only(read([last, ...ids, first]).sessions).eventIds).toEqual([
      "Z",
      "a",
      "b",
      "zz",
      "\u{1F600}",
      "\uFFFD",
      "A"
    ])
  })

  it("keeps the first stored of two events with one ID", () => {
    const session = only(
      read([page("10:00", { id: "e1", url: "/first" }), page("10:20", { id: "e1", url: "/second" })]).sessions
    )
    expect(session).toMatchObject({ landingUrl: "/first", eventIds: ["e1"], endedAt: at("10:00") })
  })

  it("takes another ID when a late event becomes the first", () => {
    expect(only(read([page("10:00"), page("09:50")]).sessions).id).toBe("shop:ann@09:50")
  })

  it("keeps two browsers apart, though they name one e-mail", () => {
    const { sessions } = read([login("10:00", "a@example.test"), login("10:01", "a@example.test", { visitor: "bob" })])
    expect(sessions.map(({ visitorId }) => visitorId)).toEqual(["ann", "bob"])
  })
})

describe("when a session is active (sessions.md 3.4)", () => {
  const [first, last] = [
    read([page("10:00"), page("12:00")]).sessions.at(0),
    read([page("10:00"), page("12:00")]).sessions.at(1)
  ]
  const active = (session: typeof first, clock: string) => session !== undefined && Session.isActive(session, at(clock))

  it("is active until closedAt, included", () => {
    expect(last?.closedAt).toBe(at("12:30"))
    expect(active(last, "12:30")).toBe(true)
    expect(active(last, "12:30:00.001")).toBe(false)
  })

  it("is not active once a later session exists", () => {
    expect(active(first, "10:10")).toBe(false)
  })

  it("has no end reason while active, and inactivity when nothing followed, also after a logout", () => {
    const out = only(read([page("10:00", { logout: true })]).sessions)
    expect(Session.endReason(out, at("10:30"))).toBeNull()
    expect(Session.endReason(out, at("10:30:00.001"))).toBe("inactivity")
  })
})

describe("whether two sessions are of the same visitor (sessions.md 5)", () => {
  const [ann, bob] = ["ann@example.test", "bob@example.test"]
  const session = (visitor: string, email?: string) =>
    only(read([email === undefined ? page("10:00", { visitor }) : login("10:00", email, { visitor })]).sessions)

  it.each([
    [true, "one browser, no e-mail", session("v"), session("v")],
    [true, "one browser, the first with an e-mail", session("v", ann), session("v")],
    [true, "one browser, the second with an e-mail", session("v"), session("v", ann)],
    [true, "one browser, one e-mail", session("v", ann), session("v", ann)],
    [false, "one browser, two e-mails", session("v", ann), session("v", bob)],
    [false, "two browsers, one e-mail", session("v", ann), session("w", ann)],
    [false, "two browsers, no e-mail", session("v"), session("w")]
  ])("is %s for %s", (expected, _, a, b) => {
    expect(Session.isSameVisitor(a, b)).toBe(expected)
  })
})

describe("whose session it is (sessions.md 3.5)", () => {
  it("holds for the whole session when it is named in the middle", () => {
    expect(emails([page("10:00"), login("10:01", "a@example.test"), page("10:02")])).toEqual(["a@example.test"])
  })

  it("holds backwards for earlier sessions that have none, up to one that has", () => {
    const steps = [
      page("08:00"),
      login("09:00", "a@example.test"),
      page("10:00"),
      page("11:00"),
      login("12:00", "b@example.test")
    ]
    expect(emails(steps)).toEqual([
      "a@example.test",
      "a@example.test",
      "b@example.test",
      "b@example.test",
      "b@example.test"
    ])
  })

  it("never holds forwards", () => {
    expect(emails([login("10:00", "a@example.test"), page("11:00")])).toEqual(["a@example.test", null])
  })

  it("passes no logout: neither the session that it ended nor any before takes a later e-mail", () => {
    const steps = [
      page("08:00"),
      page("09:00"),
      page("09:01", { logout: true }),
      page("10:00"),
      login("11:00", "a@example.test")
    ]
    expect(emails(steps)).toEqual([null, null, "a@example.test", "a@example.test"])
  })

  it("is not held up by a logout when another rule began the next session", () => {
    expect(emails([page("08:00", { logout: true }), login("11:00", "a@example.test")])).toEqual([
      null,
      "a@example.test"
    ])
  })

  it("is the logged-out session's own, and that goes backwards", () => {
    const steps = [
      page("08:00"),
      login("09:00", "a@example.test"),
      page("09:01", { logout: true }),
      login("10:00", "b@example.test")
    ]
    expect(emails(steps)).toEqual(["a@example.test", "a@example.test", "b@example.test"])
  })

  it("comes from events, never from an order by API", () => {
    expect(emails([page("10:00"), api("O1", "10:00", { visitor: "ann", email: "a@example.test" })])).toEqual([null])
  })
})

describe("what is kept of a session (sessions.md 3.6)", () => {
  it("sums it up", () => {
    const session = only(
      read([
        page("10:00", { url: "https://shop.test/", referrer: "https://search.test/" }),
        product("10:01", "mug", { url: "https://shop.test/mug", device: "mobile" }),
        product("10:02", "cup"),
        product("10:03", "mug"),
        event("VisitOnProductPage", "10:04"),
        modify("10:05", { ...cart(["mug", 2]), value: 1990 })
      ]).sessions
    )
    expect(session).toMatchObject({
      productViews: 4,
      productsViewed: 2,
      firstProductView: "ann@10:01",
      landingUrl: "https://shop.test/",
      referrer: "https://search.test/",
      device: "mobile",
      left: { eventId: "ann@10:05", cart: { value: 1990, currency: "PLN" } }
    })
    expect(session.eventIds).toHaveLength(6)
  })

  it("takes the landing page from the first event alone", () => {
    expect(only(read([page("10:00"), page("10:01", { url: "/later", referrer: "/r" })]).sessions)).toMatchObject({
      landingUrl: null,
      referrer: null
    })
  })

  it("counts only product pages as product views", () => {
    const other = page("10:00", { product: { id: "mug" } })
    expect(only(read([other]).sessions)).toMatchObject({ productViews: 0, productsViewed: 0 })
    expect(only(read([other, product("10:01", "cup")]).sessions)).toMatchObject({ productViews: 1, productsViewed: 1 })
  })
})

describe("the cart of a session (sessions.md 4.1)", () => {
  const left = (...steps: Parameters<typeof read>[0]) => read(steps).sessions.at(-1)?.left?.eventId ?? null

  it("is the last snapshot, whatever the type", () => {
    expect(left(modify("10:00", cart(["mug", 1])), page("10:01", { cart: cart(["cup", 1]) }))).toBe("ann@10:01")
  })

  it("begins empty in every session", () => {
    expect(left(modify("10:00", cart(["mug", 1])), page("11:00"))).toBeNull()
  })

  it("says nothing by a ModifyCart without a snapshot", () => {
    expect(left(modify("10:00", cart(["mug", 1])), modify("10:01"))).toBe("ann@10:00")
  })

  it("takes lines with a quantity of 0 or less for no items", () => {
    expect(left(modify("10:00", cart(["mug", 1])), modify("10:01", cart(["mug", 0], ["cup", -2])))).toBeNull()
    expect(left(modify("10:00", cart(["mug", 0], ["cup", 1])))).toBe("ann@10:00")
  })

  it("is not filled by an empty snapshot, and does not hide what was only looked at", () => {
    const { sessions, outcomes } = read([product("10:00", "mug"), page("10:01", { cart: cart() })])
    expect(only(sessions)).toMatchObject({ left: null, cartFilledBy: null })
    expect(names(outcomes)).toEqual(["AbandonedBrowse ann@10:00"])
  })

  it("is never what a sale page shows, even when the page is no purchase", () => {
    expect(left(sale("10:00", "O1", { cart: cart(["mug", 1]) }))).toBeNull()
    const again = [
      sale("10:00", "O1"),
      modify("10:01", cart(["cup", 1])),
      sale("10:02", "O1", { cart: cart(["mug", 1]) })
    ]
    expect(left(...again)).toBe("ann@10:01")
  })

  it("is not touched when an order is seen again", () => {
    expect(left(sale("10:00", "O1"), modify("10:01", cart(["mug", 1])), sale("10:02", "O1"))).toBe("ann@10:01")
  })
})

describe("what names an inferred purchase (sessions.md 4.3)", () => {
  const emailed = (order: string, clock: string) => api(order, clock, { email: "a@example.test" })
  const inferred = sale("10:00", null, { email: "a@example.test", logout: true })

  it("is not held up by a sale page of another session: it is a sale page, too", () => {
    const { outcomes } = read([inferred, sale("10:01", "O1"), emailed("O2", "10:02")])
    expect(names(outcomes)).toEqual(["FinalizedTransaction O2", "FinalizedTransaction O1"])
    expect(outcomes.find(({ key }) => key === "order:shop:O2")).toMatchObject({
      at: at("10:00"),
      sessionId: "shop:ann@10:00",
      segment: 0,
      isInferred: false,
      evidence: ["ann@10:00", "O2"]
    })
  })

  it("comes too late after an order by API of another session: that is no sale page", () => {
    const { outcomes } = read([inferred, sale("10:01", null), api("O1", "10:02"), emailed("O2", "10:03")])
    expect(names(outcomes)).toEqual([
      "FinalizedTransaction ann@10:00",
      "FinalizedTransaction O1",
      "FinalizedTransaction O2"
    ])
  })

  it("says what the order was worth, where the first page did not", () => {
    const named = event("VisitOnSalePage", "10:01", {})
    const worth = { ...named, order: { ...sale("10:01", "O1").order, value: 4900, currency: "PLN" } }
    expect(only(read([sale("10:00", null), worth]).outcomes)).toMatchObject({
      orderId: "O1",
      value: 4900,
      currency: "PLN"
    })
  })

  it("comes too late after any other page", () => {
    const { outcomes } = read([sale("10:00", null), page("10:01"), sale("10:02", "O1")])
    expect(names(outcomes)).toEqual(["FinalizedTransaction ann@10:00", "FinalizedTransaction O1"])
  })
})
