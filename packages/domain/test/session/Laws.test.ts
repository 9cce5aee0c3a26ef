import { describe, expect, it } from "@effect/vitest"
import { Activity, Cart, type Outcome, Session, Site } from "../../src/index.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"
import { numbers, shuffled } from "./chance.ts"
import { type Case, Cases, caseSize } from "./journeys.ts"

const options = { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed, size: caseSize } }

/** Sorted, so that only the set counts. */
const normalized = ({ sessions, outcomes }: Site.Sessionized): Site.Sessionized => ({
  sessions: sessions.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  outcomes: outcomes.toSorted((a, b) => (a.key < b.key ? -1 : 1))
})

const run = ({ rules, events, orders, now }: Case): Site.Sessionized =>
  normalized(Site.sessionize(rules, { events, orders }, now))

/** Cuts into batches, delivers each of them once or twice, in any order. */
const delivered = <A>(items: ReadonlyArray<A>, below: (bound: number) => number): ReadonlyArray<A> => {
  const mixed = shuffled(items, below)
  const size = 1 + below(5)
  const batches = Array.from({ length: Math.ceil(mixed.length / size) }, (_, at) =>
    mixed.slice(at * size, at * size + size)
  )
  return shuffled([...batches, ...batches.filter(() => below(2) === 1)], below).flat()
}

const isTransaction = (outcome: Outcome.Outcome) => outcome.type === "FinalizedTransaction"

const abandonments = (outcomes: ReadonlyArray<Outcome.Outcome>) =>
  outcomes.flatMap((outcome) => (outcome.type === "FinalizedTransaction" ? [] : [outcome]))

const transactions = (outcomes: ReadonlyArray<Outcome.Outcome>) =>
  outcomes.flatMap((outcome) => (outcome.type === "FinalizedTransaction" ? [outcome] : []))

describe(`the laws, ${lawRuns} cases each from seed ${lawSeed}`, () => {
  it.prop(
    "shuffled, each doubled: equal sessions and outcomes",
    [Cases],
    ([given]) => {
      const below = numbers(given.shuffle)
      const events = shuffled([...given.events, ...given.events], below)
      const orders = shuffled([...given.orders, ...given.orders], below)
      expect(run({ ...given, events, orders })).toEqual(run(given))
    },
    options
  )

  it.prop(
    "cut into batches that arrive in any order, some twice: equal sessions and outcomes",
    [Cases],
    ([given]) => {
      const below = numbers(given.shuffle)
      const events = delivered(given.events, below)
      const orders = delivered(given.orders, below)
      expect(run({ ...given, events, orders })).toEqual(run(given))
    },
    options
  )

  it.prop(
    "a visitor's sessions do not overlap, and every event is in exactly one",
    [Cases],
    ([given]) => {
      const { sessions } = run(given)
      const byId = new Map(given.events.map((event) => [String(event.id), event]))
      for (const visitorId of new Set(given.events.map((event) => event.visitorId))) {
        const own = given.events.filter((event) => event.visitorId === visitorId).toSorted(Activity.compare)
        const inSessions = sessions
          .filter((session) => session.visitorId === visitorId)
          .flatMap(({ id, eventIds, startedAt }) => ({ id, eventIds, startedAt, first: byId.get(eventIds[0] ?? "") }))
          .toSorted((a, b) => (a.first && b.first ? Activity.compare(a.first, b.first) : 0))
        expect(inSessions.flatMap(({ eventIds }) => eventIds)).toEqual(own.map(({ id }) => id))
        for (const { id, eventIds } of inSessions) expect(id).toBe(`shop:${eventIds[0]}`)
      }
    },
    options
  )

  it.prop(
    "a session knows its own bounds, and ends within the limit of 24 hours",
    [Cases],
    ([given]) => {
      const byId = new Map(given.events.map((event) => [String(event.id), event]))
      for (const session of run(given).sessions) {
        const times = session.eventIds.map((id) => byId.get(id)?.occurredAt ?? NaN)
        expect(session.startedAt).toBe(times[0])
        expect(session.endedAt).toBe(times.at(-1))
        expect(session.closedAt).toBe(session.endedAt + given.rules.inactivity)
        expect(session.endedAt - session.startedAt).toBeLessThanOrEqual(86_400_000)
        expect(times.every((time, at) => at === 0 || time - (times[at - 1] ?? NaN) <= given.rules.inactivity)).toBe(
          true
        )
      }
    },
    options
  )

  it.prop(
    "at most one session of a visitor is active, and it is the last",
    [Cases],
    ([given]) => {
      const { sessions } = run(given)
      const active = sessions.filter((session) => Session.isActive(session, given.now))
      expect(new Set(active.map(({ visitorId }) => visitorId)).size).toBe(active.length)
      for (const session of active) {
        const starts = sessions
          .filter(({ visitorId }) => visitorId === session.visitorId)
          .map((other) => other.startedAt)
        expect(session.startedAt).toBe(Math.max(...starts))
        expect(Session.endReason(session, given.now)).toBeNull()
      }
    },
    options
  )

  it.prop(
    "a session has at most one abandonment, and none when it was capped",
    [Cases],
    ([given]) => {
      const left = abandonments(run(given).outcomes)
      expect(new Set(left.map(({ sessionId }) => sessionId)).size).toBe(left.length)
      expect(left.filter(({ session }) => session.endedBy === "capped")).toEqual([])
    },
    options
  )

  it.prop(
    "no AbandonedCart without items, no AbandonedBrowse with a cart or a purchase",
    [Cases],
    ([given]) => {
      for (const outcome of abandonments(run(given).outcomes)) {
        if (outcome.type === "AbandonedCart") expect(Cart.isEmpty(outcome.cart)).toBe(false)
        else
          expect(outcome.session).toMatchObject({
            cartFilledBy: null,
            cartModifiedBy: null,
            segments: 0,
            left: null
          })
      }
    },
    options
  )

  it.prop(
    "no outcome without evidence, and all evidence was given",
    [Cases],
    ([given]) => {
      const known = new Set<string>([
        ...given.events.map(({ id }) => id),
        ...given.orders.map(({ orderId }) => orderId)
      ])
      for (const { evidence } of run(given).outcomes) {
        expect(evidence.length).toBeGreaterThan(0)
        expect(evidence.filter((id) => !known.has(id))).toEqual([])
      }
    },
    options
  )

  it.prop(
    "every order ID that was reported is bought once on the site, and nothing else is",
    [Cases],
    ([given]) => {
      const now = Math.max(
        given.now,
        ...given.events.map((event) => event.occurredAt),
        ...given.orders.map(({ at }) => at)
      )
      const bought = transactions(run({ ...given, now }).outcomes).flatMap(({ orderId }) =>
        orderId === null ? [] : [orderId]
      )
      const onPages = given.events.flatMap((event) =>
        Activity.isSalePage(event) && event.order?.id ? [event.order.id] : []
      )
      expect(bought.toSorted()).toEqual(
        [...new Set([...onPages, ...given.orders.map(({ orderId }) => orderId)])].toSorted()
      )
    },
    options
  )

  it.prop(
    "keys are unique",
    [Cases],
    ([given]) => {
      const keys = run(given).outcomes.map(({ key }) => key)
      expect(new Set(keys).size).toBe(keys.length)
    },
    options
  )

  it.prop(
    "a purchase between a session's end and the end of grace leaves no abandonment",
    [Cases],
    ([given]) => {
      const { outcomes } = run(given)
      for (const { session, at } of abandonments(outcomes)) {
        const inGrace = transactions(outcomes).filter(
          (bought) =>
            bought.session !== null &&
            Session.isSameVisitor(bought.session, session) &&
            bought.at > session.endedAt &&
            bought.at <= at
        )
        expect(inGrace).toEqual([])
      }
    },
    options
  )

  it.prop(
    "nothing is emitted before it is due",
    [Cases],
    ([given]) => {
      for (const outcome of run(given).outcomes) {
        if (isTransaction(outcome)) expect(outcome.at).toBeLessThanOrEqual(given.now)
        else expect(outcome.at).toBeLessThan(given.now)
      }
    },
    options
  )

  it.prop(
    "what is emitted stays emitted as time goes by",
    [Cases],
    ([given]) => {
      const later = new Set(run({ ...given, now: given.now + 86_400_000 }).outcomes.map(({ key }) => key))
      expect(run(given).outcomes.filter(({ key }) => !later.has(key))).toEqual([])
    },
    options
  )

  it.prop(
    "a repeat repeats an earlier, equal cart that is no repeat itself, and nobody is reminded twice within R",
    [Cases],
    ([given]) => {
      const carts = run(given).outcomes.filter((outcome) => outcome.type === "AbandonedCart")
      for (const cart of carts) {
        const original = carts.find(({ key }) => key === cart.repeatOf)
        if (original !== undefined) {
          expect(original.repeatOf).toBeNull()
          expect(Cart.fingerprint(original.cart)).toBe(Cart.fingerprint(cart.cart))
          expect(cart.at - original.at).toBeGreaterThanOrEqual(0)
          expect(cart.at - original.at).toBeLessThanOrEqual(given.rules.repeatWindow)
        } else {
          expect(cart.repeatOf).toBeNull()
          const twice = carts.filter(
            (other) =>
              other.repeatOf === null &&
              other.key !== cart.key &&
              Session.isSameVisitor(other.session, cart.session) &&
              Cart.fingerprint(other.cart) === Cart.fingerprint(cart.cart) &&
              Math.abs(other.at - cart.at) <= given.rules.repeatWindow
          )
          expect(twice).toEqual([])
        }
      }
    },
    options
  )
})
