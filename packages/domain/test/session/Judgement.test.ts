import { describe, expect, it } from "@effect/vitest"
import { Judgement, type Purchase, Rules, type Session, Visit } from "../../src/index.ts"
import { api, at, cart, login, modify, names, only, page, read, sale } from "../journey.ts"

const mug = cart(["mug", 1])

describe("the first purchase of the same visitor", () => {
  const session = (email?: string, visitor = "ann"): Session.Session =>
    only(read([email === undefined ? page("09:00", { visitor }) : login("09:00", email, { visitor })]).sessions)
  const bought = (clock: string, by: Session.Session | null): Purchase.Purchase => ({
    ...Visit.standAlone(api(clock, clock)),
    session: by
  })
  const first = (...purchases: ReadonlyArray<Purchase.Purchase>) =>
    Judgement.firstPurchase(session("ann@example.test"), purchases, at("10:00"), at("11:00"))?.orderId

  it.each([
    ["10:00", undefined],
    ["10:00:00.001", "10:00:00.001"],
    ["11:00", "11:00"],
    ["11:00:00.001", undefined]
  ])("lies after 10:00 and until 11:00, included: %s", (clock, found) => {
    expect(first(bought(clock, session()))).toBe(found)
  })

  it("is the earliest of them", () => {
    const purchases = ["09:00", "09:30", "10:00", "10:10", "10:20", "12:00"].map((clock) => bought(clock, session()))
    expect(first(...purchases)).toBe("10:10")
    expect(first()).toBeUndefined()
  })

  it("passes over other people in the same browser, and orders that stand alone", () => {
    const others = [bought("10:10", session("bob@example.test")), bought("10:20", null)]
    expect(first(...others)).toBeUndefined()
    expect(first(...others, bought("10:30", session("ann@example.test")))).toBe("10:30")
  })
})

describe("what a purchase soon after a session says of its cart (sessions.md 5.1 and 5.5)", () => {
  // Left at 10:00, closed at 10:30, due at 10:40.
  const after = (clock: string, day = 0) => read([modify("10:00", mug), api("O1", clock, { visitor: "ann", day })])
  const recovery = (outcomes: ReturnType<typeof after>["outcomes"]) =>
    outcomes.map((outcome) => (outcome.type === "FinalizedTransaction" ? outcome.type : outcome.recoveredBy))

  it("suppresses the abandonment up to the end of grace, included", () => {
    expect(names(after("10:40").outcomes)).toEqual(["FinalizedTransaction O1"])
    expect(names(after("10:40:00.001").outcomes)).toEqual(["AbandonedCart ann@10:00", "FinalizedTransaction O1"])
  })

  it("recovers it up to the end of the recovery window, included", () => {
    expect(recovery(after("10:40", 7).outcomes)).toContain("order:shop:O1")
    expect(recovery(after("10:40:00.001", 7).outcomes)).toContain(null)
  })

  it("says nothing of a cart that somebody else left in the same browser", () => {
    const steps = [login("10:00", "ann@example.test"), modify("10:01", mug), login("10:02", "bob@example.test")]
    expect(names(read([...steps, sale("10:03", "O1")]).outcomes)).toEqual([
      "FinalizedTransaction O1",
      "AbandonedCart ann@10:01"
    ])
  })

  it("is due when the grace after the close is over", () => {
    expect(Judgement.dueAt(Rules.defaults, only(read([page("10:00")]).sessions))).toBe(at("10:40"))
  })
})
