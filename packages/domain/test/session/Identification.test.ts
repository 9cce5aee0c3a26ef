import { describe, expect, it } from "@effect/vitest"
import { Struct } from "effect"
import { Identification, Ids, Rules, Site } from "../../src/index.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"
import { at, cart, type Details, type event, login, modify, page, sale } from "../journey.ts"
import { numbers, shuffled } from "./chance.ts"
import { type Case, Cases, caseSize } from "./journeys.ts"
import { verdictOn } from "./verdict.ts"

const options = { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed, size: caseSize } }

const identify = (clock: string, email: string, { visitor = "ann", day = 0 } = {}): Identification.Identification => ({
  id: Ids.EventId.make(`${visitor} is ${email} at ${clock}+${day}`),
  siteId: Ids.SiteId.make("shop"),
  visitorId: Ids.VisitorId.make(visitor),
  email: Ids.Email.make(email),
  occurredAt: at(clock, day),
  receivedAt: at(clock, day)
})

const [ann, bob] = ["ann@example.test", "bob@example.test"]

/** Which event names which e-mail once the identifications are attached. */
const named = (
  steps: ReadonlyArray<ReturnType<typeof event>>,
  ...given: ReadonlyArray<Identification.Identification>
): Record<string, string> =>
  Object.fromEntries(
    Identification.attach(Rules.defaults, steps, given).flatMap(({ id, email }) =>
      email === undefined ? [] : [[String(id), email]]
    )
  )

describe("an e-mail given to a visitor", () => {
  const visit = [page("10:00"), page("10:10"), page("10:20"), page("10:30"), page("10:40")]

  it("is named by the next event", () => {
    expect(named(visit, identify("10:05", ann))).toEqual({ "ann@10:10": ann })
  })

  it("is named by the event of its instant", () => {
    expect(named(visit, identify("10:10", ann))).toEqual({ "ann@10:10": ann })
  })

  it("makes the whole visit known, though four later events were there before it", () => {
    const attached = Identification.attach(Rules.defaults, visit, [identify("10:05", ann)])
    const { sessions } = Site.sessionize(Rules.defaults, { events: attached }, at("12:00"))
    expect(sessions).toMatchObject([{ email: ann, eventIds: visit.map(({ id }) => id) }])
  })

  it("is named by the last event where none follows within the inactivity", () => {
    expect(named(visit, identify("13:40", ann))).toEqual({ "ann@10:40": ann })
    expect(named([...visit, page("14:10")], identify("13:40", ann))).toEqual({ "ann@14:10": ann })
    expect(named([...visit, page("14:10:00.001")], identify("13:40", ann))).toEqual({ "ann@10:40": ann })
  })

  it("gives an abandoned cart its e-mail 3 hours after the session closed, and adds no outcome", () => {
    const left = [modify("10:00", cart(["mug", 1]))]
    const events = Identification.attach(Rules.defaults, left, [identify("13:30", ann)])
    expect(Site.sessionize(Rules.defaults, { events }, at("14:00")).outcomes).toMatchObject([
      { type: "AbandonedCart", email: ann }
    ])
  })

  it("is named by the event before where the next one names an e-mail itself", () => {
    expect(named([page("10:00"), login("10:10", bob)], identify("10:05", ann))).toEqual({
      "ann@10:00": ann,
      "ann@10:10": bob
    })
  })

  it.each([
    ["there is no event at all", [], "10:05"],
    ["the only event is much later", [page("14:00")], "10:05"],
    ["the last visit has another e-mail", [login("10:00", bob), page("10:10")], "10:15"],
    ["the last event was a logout", [page("10:00"), page("10:10", { logout: true })], "10:15"],
    ["the events are of another visitor", [page("10:00", { visitor: "bob" })], "10:05"]
  ])("is nothing where %s", (_, steps, clock) => {
    expect(Identification.attach(Rules.defaults, steps, [identify(clock, ann)])).toEqual(steps)
  })

  it("is another person's from the next event on: the visit is split, never merged", () => {
    const events = Identification.attach(
      Rules.defaults,
      [login("10:00", bob), page("10:10"), page("10:20")],
      [identify("10:15", ann)]
    )
    expect(Site.sessionize(Rules.defaults, { events }, at("12:00")).sessions).toMatchObject([
      { email: bob, endedBy: "identity" },
      { email: ann }
    ])
  })

  it("belongs to the visit before up to the very inactivity, and to nobody's after a logout", () => {
    expect(named([login("10:00", bob), page("10:30")], identify("10:35", ann))).toEqual({ "ann@10:00": bob })
    const after = [login("10:00", bob), page("10:05", { logout: true }), page("10:10")]
    expect(named(after, identify("10:15", ann))).toEqual({ "ann@10:00": bob, "ann@10:10": ann })
  })

  it("names a visit that follows one of somebody else", () => {
    expect(named([login("08:00", bob), page("10:00")], identify("13:00", ann))).toMatchObject({ "ann@10:00": ann })
    expect(named([page("09:50", { logout: true }), page("10:00")], identify("13:00", ann))).toEqual({
      "ann@10:00": ann
    })
  })

  it("is the last of several between two events", () => {
    expect(named(visit, identify("10:06", bob), identify("10:05", ann))).toEqual({ "ann@10:10": bob })
    expect(named(visit, identify("10:50", ann), identify("10:51", bob))).toEqual({ "ann@10:40": bob })
    const atOnce = [identify("10:01", bob), identify("10:01", ann)]
    expect(named([page("10:00")], ...atOnce)).toEqual({ "ann@10:00": bob })
    expect(named([page("10:00")], ...atOnce.toReversed())).toEqual({ "ann@10:00": bob })
  })

  it("leaves the events as they are where there is none", () => {
    expect(Identification.attach(Rules.defaults, visit, [])).toBe(visit)
  })

  it("leaves alone what an earlier one named", () => {
    expect(named([page("10:00")], identify("09:59", ann), identify("10:01", bob))).toEqual({ "ann@10:00": ann })
  })
})

describe("what an identification says", () => {
  const verdict = verdictOn(Identification.Identification, identify("10:00", ann))

  it.each(["id", "siteId", "visitorId", "email", "occurredAt", "receivedAt"])("is its %s, too", (field) => {
    expect(verdict(field, undefined)).toBe(`missing /${field}`)
  })

  it("is kept", () => {
    expect(verdict("email", bob)).toBe("kept")
    expect(verdict("email", "bob")).toBe("invalid /email")
  })
})

interface Given extends Case {
  readonly identifications: ReadonlyArray<Identification.Identification>
}

/** Some e-mails for the case's visitors, at the times of its events and around them. */
const identified = (given: Case): Given => {
  const below = numbers(given.shuffle)
  const { events, rules } = given
  const identifications = Array.from({ length: below(6) }, (_, index): Identification.Identification => {
    const near = events[below(Math.max(1, events.length))]?.occurredAt ?? 0
    const occurredAt = near + [0, 1, -1, rules.inactivity, rules.inactivity + 1, 60_000][below(6)]!
    return {
      id: Ids.EventId.make(`i${index}`),
      siteId: Ids.SiteId.make("shop"),
      visitorId: Ids.VisitorId.make(`v${below(2)}`),
      email: Ids.Email.make([ann, bob][below(2)]!),
      occurredAt,
      receivedAt: occurredAt
    }
  })
  return { ...given, identifications }
}

const run = ({ rules, events, orders, identifications, now }: Given): Site.Sessionized => {
  const attached = Identification.attach(rules, events, identifications)
  const { sessions, outcomes } = Site.sessionize(rules, { events: attached, orders }, now)
  return {
    sessions: sessions.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    outcomes: outcomes.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  }
}

describe(`the laws with identifications, ${lawRuns} cases each from seed ${lawSeed}`, () => {
  it.prop(
    "in any order: equal sessions and outcomes",
    [Cases],
    ([case_]) => {
      const given = identified(case_)
      const below = numbers(given.shuffle + 1)
      const mixed = {
        ...given,
        events: shuffled(given.events, below),
        orders: shuffled(given.orders, below),
        identifications: shuffled(given.identifications, below)
      }
      expect(run(mixed)).toEqual(run(given))
    },
    options
  )

  it.prop(
    "an identification is worth no more than an event that names the e-mail itself",
    [Cases],
    ([case_]) => {
      const { rules, events, identifications } = identified(case_)
      const attached = Identification.attach(rules, events, identifications)
      expect(attached.map(Struct.omit(["email"]))).toEqual(events.map(Struct.omit(["email"])))
      for (const [index, { email }] of events.entries()) {
        if (email !== undefined) expect(attached[index]?.email).toBe(email)
      }
      const known = new Set(identifications.map(({ visitorId, email }) => `${visitorId} ${email}`))
      for (const [index, { visitorId, email }] of attached.entries()) {
        if (events[index]?.email === undefined && email !== undefined) expect(known).toContain(`${visitorId} ${email}`)
      }
    },
    options
  )

  it.prop(
    "one e-mail for all, where no event names another: the same sessions, however often it is given",
    [Cases],
    ([case_]) => {
      const given = identified(case_)
      const events = given.events.map(Struct.omit(["email"]))
      const identifications = given.identifications.map((one) => ({ ...one, email: Ids.Email.make(ann) }))
      const bounds = ({ sessions }: Site.Sessionized) =>
        sessions.map(({ id, eventIds, endedBy, isLoggedOut }) => ({ id, eventIds, endedBy, isLoggedOut }))
      const anonymous = { ...given, events, identifications: [] }
      expect(bounds(run({ ...anonymous, identifications }))).toEqual(bounds(run(anonymous)))
    },
    options
  )

  it("repeats nothing and drops nothing on a day of visits", () => {
    const details: Details = { visitor: "cat" }
    const events = [page("10:00", details), sale("10:05", "O1", details), page("12:00", details)]
    const attached = Identification.attach(Rules.defaults, events, [identify("10:04", ann, { visitor: "cat" })])
    expect(attached.map(({ id, email }) => [id, email])).toEqual([
      ["cat@10:00", undefined],
      ["cat@10:05", ann],
      ["cat@12:00", undefined]
    ])
  })
})
