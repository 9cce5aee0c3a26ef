import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import { Explanation, Rules, Site } from "../../src/index.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"
import { at, cart, MINUTE, modify, page } from "../journey.ts"
import { numbers, shuffled } from "./chance.ts"
import { type Case, Cases, caseSize } from "./journeys.ts"

const options = { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed, size: caseSize } }

/** Half an hour until noon, then a quarter, with no grace. */
const before = Rules.defaults
const after = { ...before, inactivity: 15 * MINUTE, grace: 0 }
const changed: Rules.Rules = { ...after, former: [{ until: at("12:00"), rules: before }] }

const sessionsOf = (events: Site.Input["events"]) => Site.sessionize(changed, { events }, Infinity).sessions

describe("rules that have changed (ADR 0032)", () => {
  it("are, of a session, those that were in force when it began", () => {
    expect(Rules.inForce(changed, at("11:59:59.999"))).toBe(before)
    expect(Rules.inForce(changed, at("12:00"))).toBe(changed)
    expect(Rules.inForce(before, 0)).toBe(before)
  })

  it("let a session that goes on end as it began, and split the next one sooner", () => {
    const sessions = sessionsOf([page("11:50"), page("12:10"), page("12:41"), page("13:00")])
    expect(sessions.map(({ startedAt, closedAt }) => [startedAt, closedAt])).toEqual([
      [at("11:50"), at("12:40")],
      [at("12:41"), at("12:56")],
      [at("13:00"), at("13:15")]
    ])
  })

  it("are named by what an outcome rests on, without those before them", () => {
    const left = cart(["mug", 1])
    const events = [modify("11:50", left), modify("13:00", left)]
    const explained = Site.sessionize(changed, { events }, Infinity).outcomes.map((outcome) => ({
      at: outcome.at,
      parameters: Explanation.explain(changed, outcome).parameters
    }))
    expect(explained).toEqual([
      { at: at("12:30"), parameters: before },
      { at: at("13:15"), parameters: after }
    ])
  })

  /** A case whose rules came into force at one of its events, after others. */
  const Changed = Arbitrary.all([
    Cases,
    Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 29 })))
  ])
  const changedIn = ([given, step]: readonly [Case, number]): Rules.Rules => {
    const until = given.events[step % Math.max(1, given.events.length)]?.occurredAt ?? 0
    const former = { ...Rules.defaults, inactivity: MINUTE + given.rules.grace / 4, grace: given.rules.inactivity }
    return { ...given.rules, former: [{ until, rules: { ...former, inactivity: Math.floor(former.inactivity) } }] }
  }
  const told = (rules: Rules.Rules, { events, orders, now }: Case) => {
    const { sessions, outcomes } = Site.sessionize(rules, { events, orders }, now)
    return {
      sessions: sessions.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      outcomes: outcomes.toSorted((a, b) => (a.key < b.key ? -1 : 1))
    }
  }

  it.prop(
    "give the same in any order",
    [Changed],
    ([[given, step]]) => {
      const rules = changedIn([given, step])
      const events = shuffled([...given.events, ...given.events], numbers(given.shuffle))
      expect(told(rules, { ...given, events })).toEqual(told(rules, given))
    },
    options
  )

  it.prop(
    "leave the sessions as they were that had begun before",
    [Changed],
    ([[given, step]]) => {
      const rules = changedIn([given, step])
      const [former] = rules.former ?? []
      const begunBefore = (under: Rules.Rules) =>
        told(under, given)
          .sessions.filter(({ startedAt }) => startedAt < (former?.until ?? 0))
          .map(({ id, eventIds, closedAt }) => ({ id, eventIds, closedAt }))
      expect(begunBefore(rules)).toEqual(begunBefore(former?.rules ?? rules))
    },
    options
  )
})
