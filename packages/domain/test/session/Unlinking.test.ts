import { describe, expect, it } from "@effect/vitest"
import { Struct } from "effect"
import { type Activity, Attribution, Identification, Ids, Rules, Site, Unlinking } from "../../src/index.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"
import { at, login, page } from "../journey.ts"
import { numbers, shuffled } from "./chance.ts"
import { type Case, Cases, caseSize } from "./journeys.ts"

const options = { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed, size: caseSize } }
const [ann, bob, eve] = ["ann@example.test", "bob@example.test", "eve@example.test"].map((text) => Ids.Email.make(text))
const siteId = Ids.SiteId.make("shop")

const identify = (clock: string, email = ann!, day = 0): Identification.Identification => ({
  id: Ids.EventId.make(`${email} at ${clock}+${day}`),
  siteId,
  visitorId: Ids.VisitorId.make("ann"),
  email,
  occurredAt: at(clock, day),
  receivedAt: at(clock, day) + 1000
})

const unlinking = (from: string | null, until: string | null, email = ann!): Unlinking.Unlinking => ({
  siteId,
  visitorId: Ids.VisitorId.make("ann"),
  email,
  from: from === null ? null : at(from),
  until: until === null ? null : at(until)
})

const attributed = (
  events: ReadonlyArray<Activity.Activity>,
  unlinkings: ReadonlyArray<Unlinking.Unlinking> = [],
  identifications: ReadonlyArray<Identification.Identification> = []
) => Attribution.explain(Rules.defaults, { events, identifications }, unlinkings)

const emails = (...given: Parameters<typeof attributed>) => attributed(...given).map(({ session }) => session.email)

describe("an e-mail that was taken back", () => {
  const visits = [page("08:00"), page("10:00"), login("12:00", ann!), login("12:10", ann!), page("14:00")]

  it("leaves the sessions as if nothing had named it in that time", () => {
    expect(emails(visits)).toEqual([ann, ann, ann, null])
    expect(emails(visits, [unlinking("12:00", "12:10")])).toEqual([null, null, null, null])
    expect(emails(visits, [unlinking(null, null)])).toEqual([null, null, null, null])
    expect(emails(visits, [unlinking(null, null, bob)])).toEqual([ann, ann, ann, null])
  })

  it("takes back no more than its time, both ends included", () => {
    const repeated = [login("10:00", ann!), login("10:10", ann!)]
    expect(emails(repeated, [unlinking("10:00", "10:09:59.999")])).toEqual([ann])
    expect(emails(repeated, [unlinking("10:00", "10:10")])).toEqual([null])
  })

  it("does not pass back over a session that it was taken back from", () => {
    expect(emails(visits, [unlinking("10:00", "10:00")])).toEqual([null, null, ann, null])
    expect(emails([...visits, login("16:00", ann!)], [unlinking("12:00", "12:10")])).toEqual([
      null,
      null,
      null,
      ann,
      ann
    ])
  })

  it("lets another's pass back over it", () => {
    const shared = [page("08:00"), login("10:00", ann!), login("12:00", bob!)]
    expect(emails(shared)).toEqual([ann, ann, bob])
    expect(emails(shared, [unlinking("10:00", "10:00")])).toEqual([bob, bob, bob])
  })

  it("no longer splits a visit: never two e-mails in one session, and none between", () => {
    const split = [login("10:00", bob!), login("10:10", ann!), page("10:20")]
    expect(emails(split)).toEqual([bob, ann])
    expect(attributed(split, [unlinking("10:10", "10:20")]).map(({ session }) => session)).toMatchObject([
      { email: bob, eventIds: split.map(({ id }) => id) }
    ])
  })

  it("takes identifications along, those that were outspoken too", () => {
    const visit = [page("10:00"), page("10:10")]
    const given = [identify("09:40"), identify("09:50"), identify("13:00"), identify("13:10")]
    const evidence = { events: visit, identifications: given }
    expect(emails(visit, [], given)).toEqual([ann])
    const session = { ...unlinking(null, null), startedAt: at("10:00"), endedAt: at("10:10") }
    const decided = Unlinking.ofSession(Rules.defaults, evidence, session, ann!)
    expect(decided).toEqual(unlinking("09:40", "13:10"))
    expect(emails(visit, [decided], given)).toEqual([null])
  })

  it("is itself where nothing was decided", () => {
    const evidence = { events: visits, identifications: [] }
    expect(Unlinking.apply(evidence, [])).toBe(evidence)
  })
})

describe("why a session bears an e-mail", () => {
  it("is an event of it, what was said beside it, or what a later session says", () => {
    const events = [page("08:00"), page("10:00"), page("12:00"), login("14:00", bob!)]
    expect(attributed(events, [], [identify("11:00")]).map(({ attribution }) => attribution)).toEqual([
      {
        email: ann,
        by: "identification",
        evidenceId: identify("11:00").id,
        at: at("11:00"),
        knownSince: at("11:00") + 1000,
        carriedFrom: "shop:ann@10:00"
      },
      expect.objectContaining({ email: ann, by: "identification", carriedFrom: null }),
      expect.objectContaining({ email: bob, by: "event", evidenceId: "ann@14:00", carriedFrom: "shop:ann@14:00" }),
      expect.objectContaining({ email: bob, by: "event", carriedFrom: null })
    ])
  })

  it("is nothing where none is known", () => {
    expect(attributed([page("10:00")])).toMatchObject([{ attribution: null }])
  })

  it("was not known before a door had it", () => {
    const events = [page("10:00"), login("12:00", ann!, { receivedAt: at("13:00") })]
    const known = (clock: string) =>
      Attribution.explain(
        Rules.defaults,
        Attribution.knownBy({ events, identifications: [identify("11:00")] }, at(clock)),
        []
      )
    expect(known("10:30")).toMatchObject([{ session: { email: null } }])
    expect(known("11:30")).toMatchObject([{ session: { email: ann } }])
    expect(known("13:00")).toHaveLength(2)
  })
})

interface Given extends Case {
  readonly evidence: Unlinking.Evidence
  readonly below: (bound: number) => number
}

const givenOf = (case_: Case): Given => {
  const below = numbers(case_.shuffle)
  const near = () => case_.events[below(Math.max(1, case_.events.length))]?.occurredAt ?? 0
  const identifications = Array.from({ length: below(5) }, (_, index) => ({
    ...identify("10:00", [ann, bob][below(2)]!),
    id: Ids.EventId.make(`i${index}`),
    visitorId: Ids.VisitorId.make(`v${below(2)}`),
    occurredAt: near() + [0, 1, -1, 60_000][below(4)]!
  }))
  return { ...case_, below, evidence: { events: case_.events, identifications } }
}

const run = (
  { now, orders, rules }: Case,
  evidence: Unlinking.Evidence,
  unlinkings: ReadonlyArray<Unlinking.Unlinking>
): Site.Sessionized => {
  const { events, identifications } = Unlinking.apply(evidence, unlinkings)
  const attached = Identification.attach(rules, events, identifications)
  const { sessions, outcomes } = Site.sessionize(rules, { events: attached, orders }, now)
  return {
    sessions: sessions.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    outcomes: outcomes.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  }
}

describe(`the laws of taking back, ${lawRuns} cases each from seed ${lawSeed}`, () => {
  it.prop(
    "attached and taken back from each session is never attached; given again is as attached",
    [Cases],
    ([case_]) => {
      const given = givenOf(case_)
      const { below, evidence, rules } = given
      const before = run(given, evidence, [])
      // Somebody new is named by some events that name nobody, and beside some.
      const named = {
        events: evidence.events.map((event) =>
          event.email === undefined && below(4) === 0 ? { ...event, email: eve! } : event
        ),
        identifications: [
          ...evidence.identifications,
          ...evidence.events.flatMap(({ occurredAt, visitorId }, index) =>
            below(6) === 0
              ? [
                  {
                    ...identify("10:00", eve),
                    id: Ids.EventId.make(`e${index}`),
                    visitorId,
                    occurredAt: occurredAt + below(3) - 1
                  }
                ]
              : []
          )
        ]
      }
      const attached = run(given, named, [])
      const unlinkings: Array<Unlinking.Unlinking> = []
      for (;;) {
        const borne = Attribution.explain(rules, named, unlinkings).find(
          ({ attribution }) => attribution?.email === eve && attribution?.carriedFrom === null
        )
        if (borne === undefined) break
        unlinkings.push(Unlinking.ofSession(rules, Unlinking.apply(named, unlinkings), borne.session, eve!))
      }
      const everywhere = ["v0", "v1"].map((id) => ({
        ...unlinking(null, null, eve),
        visitorId: Ids.VisitorId.make(id)
      }))
      expect(run(given, named, everywhere)).toEqual(before)
      expect(run(given, named, unlinkings)).toEqual(before)
      expect(run(given, named, [])).toEqual(attached)
    },
    options
  )

  it.prop(
    "nothing of a session's time bears what was taken back from it, and no session two e-mails",
    [Cases],
    ([case_]) => {
      const given = givenOf(case_)
      const { evidence, rules } = given
      const borne = Attribution.explain(rules, evidence, []).filter(({ attribution }) => attribution !== null)
      const target = borne[given.below(Math.max(1, borne.length))]
      if (target === undefined) return
      const email = target.session.email!
      const decided = Unlinking.ofSession(rules, evidence, target.session, email)
      const after = Attribution.explain(rules, evidence, [decided])
      const own = new Set(target.session.eventIds)
      for (const { session } of after) {
        if (session.eventIds.some((id) => own.has(id))) expect(session.email).not.toBe(email)
      }
      const left = Unlinking.apply(evidence, [decided])
      const attached = new Map(
        Identification.attach(rules, left.events, left.identifications).map((event) => [event.id, event.email])
      )
      for (const { attribution, session } of after) {
        const named = new Set(session.eventIds.flatMap((id) => attached.get(id) ?? []))
        expect(named.size).toBeLessThanOrEqual(1)
        expect(attribution?.email ?? null).toBe(session.email)
        expect(attribution === null || named.size === 0 ? attribution !== null : attribution.carriedFrom === null).toBe(
          session.email !== null
        )
      }
    },
    options
  )

  it.prop(
    "decisions and evidence in any order, each twice: equal sessions and outcomes",
    [Cases],
    ([case_]) => {
      const given = givenOf(case_)
      const { below, evidence } = given
      const unlinkings = Array.from({ length: 1 + below(3) }, () => {
        const from = evidence.events[below(Math.max(1, evidence.events.length))]?.occurredAt ?? 0
        return {
          ...unlinking(null, null, [ann, bob][below(2)]),
          visitorId: Ids.VisitorId.make(`v${below(2)}`),
          from: below(3) === 0 ? null : from,
          until: below(3) === 0 ? null : from + below(3) * 1_800_000
        }
      })
      const mixed = {
        events: shuffled(evidence.events, below),
        identifications: shuffled(evidence.identifications, below)
      }
      expect(run(given, mixed, shuffled([...unlinkings, ...unlinkings], below))).toEqual(
        run(given, evidence, unlinkings)
      )
      const stripped = evidence.events.map((event) => (event.email === ann ? Struct.omit(event, ["email"]) : event))
      const everywhere = ["v0", "v1"].map((id) => ({ ...unlinking(null, null), visitorId: Ids.VisitorId.make(id) }))
      const identifications = evidence.identifications.filter(({ email }) => email !== ann)
      expect(run(given, evidence, everywhere)).toEqual(run(given, { events: stripped, identifications }, []))
    },
    options
  )
})
