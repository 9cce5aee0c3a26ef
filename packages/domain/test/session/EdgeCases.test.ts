import { describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import { Cart, Ids, Interval, Moment, Session, Time, TimeRange } from "../../src/index.ts"
import { api, at, cart, MINUTE, modify, names, only, page, product, read, sale, SECOND } from "../journey.ts"

/** The table of sessions.md 8, as far as it concerns sections 1 to 5; doors and screens have the other rows. */
describe("sessions.md 8", () => {
  it("views at 23:55 and 00:05: 1 session", () => {
    expect(read([page("23:55"), page("00:05", { day: 1 })]).sessions).toHaveLength(1)
  })

  it("gaps 30:00.000 and 30:00.001: continues; splits", () => {
    expect(read([page("10:00"), page("10:30")]).sessions).toHaveLength(1)
    expect(read([page("10:00"), page("10:30:00.001")]).sessions).toHaveLength(2)
  })

  it("12 events, 1,000 shuffles, each doubled: identical sessions, outcomes, IDs", () => {
    const mug = cart(["mug", 1])
    const events = [
      product("10:00", "mug"),
      modify("10:01", mug),
      page("10:01", { id: "tie-1" }),
      page("10:01", { id: "tie-2", sequence: 1 }),
      sale("10:02", "O1"),
      modify("10:03", mug),
      product("11:00", "cup", { logout: true }),
      product("11:01", "cup", { email: "ann@example.test" }),
      sale("11:02", null),
      sale("11:02", "O2", { id: "tie-3" }),
      modify("13:00", mug),
      page("10:00", { visitor: "bob", email: "bob@example.test" })
    ]
    const sorted = (steps: typeof events) => {
      const { sessions, outcomes } = read(steps)
      return [
        sessions.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        outcomes.toSorted((a, b) => (a.key < b.key ? -1 : 1))
      ]
    }
    const expected = sorted(events)
    let state = 8
    for (let shuffle = 0; shuffle < 1_000; shuffle++) {
      const rest = [...events, ...events]
      const given = [...rest].map(() => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
        return only(rest.splice(state % rest.length, 1))
      })
      expect(sorted(given)).toEqual(expected)
    }
  })

  it("10:00 and 10:50, then late 10:25: 2 sessions become 1; the second's ID is an alias", () => {
    const before = read([page("10:00"), page("10:50")]).sessions
    expect(before.map(({ id }) => id)).toEqual(["shop:ann@10:00", "shop:ann@10:50"])
    const bridged = only(read([page("10:00"), page("10:50"), page("10:25")]).sessions)
    expect(bridged.id).toBe("shop:ann@10:00")
    // A former ID names an event, and the session that holds it now is the one (ADR 0007).
    expect(bridged.eventIds).toContain(Ids.partsOf("shop:ann@10:50")?.eventId)
  })

  it("cart A, buy, cart B, leave: FinalizedTransaction, AbandonedCart(B)", () => {
    const { outcomes } = read([
      modify("10:00", cart(["a", 1])),
      sale("10:01", "O1"),
      modify("10:02", cart(["b", 1])),
      page("10:03")
    ])
    expect(names(outcomes)).toEqual(["FinalizedTransaction O1", "AbandonedCart ann@10:02"])
    expect(outcomes.find(({ type }) => type === "AbandonedCart")).toMatchObject({ cart: cart(["b", 1]), segment: 1 })
  })

  it("cart, then shopping on for 25 h without a pause: 2 sessions, the first capped, no abandonment of the first", () => {
    const views = Array.from({ length: 51 }, (_, half) => {
      const minutes = half * 30
      const clock = `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${minutes % 60 === 0 ? "00" : "30"}`
      return page(clock, { day: minutes >= 24 * 60 ? 1 : 0 })
    })
    const { sessions, outcomes } = read([modify("00:00", cart(["mug", 1]), { id: "cart" }), ...views])
    expect(sessions.map(({ endedBy }) => endedBy)).toEqual(["capped", null])
    expect(sessions.map(({ startedAt }) => startedAt)).toEqual([at("00:00"), at("00:30", 1)])
    expect(names(outcomes)).toEqual([])
  })

  it("cart, emptied, leave: nothing", () => {
    expect(
      names(read([product("10:00", "mug"), modify("10:01", cart(["mug", 1])), modify("10:02", cart())]).outcomes)
    ).toEqual([])
  })

  it("cart, leave, order by API 8 min after close (G = 10): nothing but the transaction", () => {
    // Left at 10:00, closed at 10:30.
    expect(names(read([modify("10:00", cart(["mug", 1])), api("O1", "10:38")]).outcomes)).toEqual([
      "FinalizedTransaction O1"
    ])
  })

  it("cart, leave, order by API 12 min after close (G = 10): AbandonedCart, later recovered", () => {
    const { outcomes } = read([modify("10:00", cart(["mug", 1])), api("O1", "10:42")])
    expect(names(outcomes)).toEqual(["AbandonedCart ann@10:00", "FinalizedTransaction O1"])
    const transaction = outcomes.find(({ type }) => type === "FinalizedTransaction")
    expect(outcomes.find(({ type }) => type === "AbandonedCart")).toMatchObject({ recoveredBy: transaction?.key })
  })

  it("same cart left three times in one day: three rows, two marked as repeats", () => {
    const mug = cart(["mug", 1])
    const { outcomes } = read([modify("08:00", mug), modify("12:00", mug), modify("16:00", mug)])
    const first = outcomes.find(({ at: due }) => due === at("08:40"))
    expect(names(outcomes)).toEqual(["AbandonedCart ann@08:00", "AbandonedCart ann@12:00", "AbandonedCart ann@16:00"])
    expect(outcomes.map((outcome) => outcome.type === "AbandonedCart" && outcome.repeatOf)).toEqual([
      null,
      first?.key,
      first?.key
    ])
  })

  it("two orders in one session: 2 FinalizedTransaction", () => {
    const { sessions, outcomes } = read([sale("10:00", "O1"), page("10:01"), sale("10:02", "O2")])
    expect(sessions).toHaveLength(1)
    expect(names(outcomes)).toEqual(["FinalizedTransaction O1", "FinalizedTransaction O2"])
  })

  it.each([
    ["with", "O1"],
    ["without", null]
  ])("sale page reloaded five times, %s order ID: 1", (_, order) => {
    const clocks = ["10:00", "10:01", "10:02", "10:03", "10:04", "10:05"]
    expect(read(clocks.map((clock) => sale(clock, order))).outcomes).toHaveLength(1)
  })

  it.each([
    ["with", "O1"],
    ["without", null]
  ])("thank-you page opened again next day, %s order ID: no second transaction", (_, order) => {
    const { sessions, outcomes } = read([page("09:59"), sale("10:00", order), sale("09:00", order, { day: 1 })])
    expect(sessions).toHaveLength(2)
    expect(only(outcomes)).toMatchObject({ type: "FinalizedTransaction", at: at("10:00") })
  })

  it("sale page without order ID, then the same order by API 2 min later: 1, named", () => {
    const { outcomes } = read([sale("10:00", null), api("O1", "10:02")])
    expect(only(outcomes)).toMatchObject({ orderId: "O1", isInferred: false, at: at("10:00"), key: "order:shop:O1" })
  })

  it("order by API, its clock 3 min behind, then the sale page: 1, at the page's time; no AbandonedCart", () => {
    const { sessions, outcomes } = read([modify("09:58", cart(["mug", 1])), api("O1", "09:57"), sale("10:00", "O1")])
    expect(only(outcomes)).toMatchObject({ orderId: "O1", at: at("10:00"), evidence: ["ann@10:00"] })
    expect(only(sessions).left).toBeNull()
  })

  it("buy, then look at another product, leave: no AbandonedBrowse", () => {
    const { outcomes } = read([product("10:00", "mug"), sale("10:01", "O1"), product("10:02", "cup")])
    expect(names(outcomes)).toEqual(["FinalizedTransaction O1"])
  })

  it.each([
    ["+6 h", 6 * 60],
    ["−1 day", -24 * 60]
  ])("client clock %s: occurredAt within 5 min, order kept", (_, wrongByMinutes) => {
    const happened = [at("10:00"), at("10:01"), at("10:01:30")]
    const corrected = happened.map((instant) => {
      const clock = (ours: number) => ours + wrongByMinutes * MINUTE + 71 * SECOND
      const receivedAt = at("10:02")
      return Time.occurred({ clientAt: clock(instant), sentAt: clock(receivedAt), receivedAt }).occurredAt
    })
    corrected.forEach((instant, index) =>
      expect(Math.abs(instant - (happened[index] ?? NaN))).toBeLessThanOrEqual(5 * MINUTE)
    )
    expect(corrected.toSorted((a, b) => a - b)).toEqual(corrected)
  })

  it("20 s stalled request, right clock: times unchanged", () => {
    const observed = { clientAt: at("10:00"), sentAt: at("10:00:01"), receivedAt: at("10:00:21") }
    expect(Time.occurred(observed)).toEqual({ occurredAt: at("10:00"), isClockWrong: false })
  })

  it("e-mail A, logout, e-mail B in one browser: 2 sessions, never merged", () => {
    const { sessions } = read([
      page("10:00", { email: "a@example.test" }),
      page("10:01", { logout: true }),
      page("10:02", { email: "b@example.test" })
    ])
    expect(sessions.map(({ email, endedBy }) => [email, endedBy])).toEqual([
      ["a@example.test", "identity"],
      ["b@example.test", null]
    ])
  })

  it("anonymous cart, identified 3 h after close: the row gains the e-mail, the count is unchanged", () => {
    const anonymous = [modify("10:00", cart(["mug", 1]))]
    const before = read(anonymous).outcomes
    const after = read([...anonymous, page("13:30", { email: "ann@example.test" })]).outcomes
    expect(before.map(({ key, email }) => [key, email])).toEqual([["cart:shop:ann@10:00", null]])
    expect(after.map(({ key, email }) => [key, email])).toEqual([["cart:shop:ann@10:00", "ann@example.test"]])
  })

  it("carts in PLN and EUR: never summed", () => {
    const euros = { ...cart(["mug", 2, 500]), currency: "EUR" }
    const session = only(read([modify("10:00", cart(["mug", 1, 1999])), modify("10:01", euros)]).sessions)
    expect(session.left?.cart).toEqual(euros)
    expect(session.left && Cart.value(session.left.cart)).toBe(1000)
  })

  it.each([
    ["2026-03-29", 23],
    ["2026-10-25", 25]
  ])("%s in Europe/Warsaw: a day of %d hours, no row lost or double", (day, hours) => {
    const noon = Date.parse(`${day}T12:00Z`)
    const rows = Array.from({ length: 96 }, (_, hour) => noon + (hour - 48) * 60 * MINUTE)
    const days = [-2, -1, 0, 1, 2].map((away) => new Date(noon + away * 24 * 60 * MINUTE).toISOString().slice(0, 10))
    const counts = days.map((date) => {
      const range = TimeRange.resolve(
        { from: Moment.Moment.make(date), to: Moment.Moment.make(date) },
        { now: noon, zone: "Europe/Warsaw" }
      )
      return rows.filter((at) => Interval.includes(Result.getOrThrow(range), at)).length
    })
    expect(counts[2]).toBe(hours)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(rows.length)
  })

  it("tab woken hourly, pings only: no session", () => {
    // A ping is no activity type, so none reaches the domain; without events there is nothing.
    expect(read([])).toEqual({ sessions: [], outcomes: [] })
    expect(Session.isActive({ closedAt: at("10:30"), endedBy: null }, at("11:00"))).toBe(false)
  })
})
