import { describe, expect, it } from "@effect/vitest"
import { type Outcome, type Session, Site } from "../../src/index.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"
import { subject } from "../journey.ts"
import { Cases, caseSize } from "./journeys.ts"
import * as Reference from "./Reference.ts"

const sessionFacts = (session: Session.Session): Reference.SessionFacts => ({
  id: session.id,
  visitorId: session.visitorId,
  email: session.email,
  startedAt: session.startedAt,
  endedAt: session.endedAt,
  closedAt: session.closedAt,
  endedBy: session.endedBy,
  eventIds: session.eventIds,
  productViews: session.productViews,
  productsViewed: session.productsViewed,
  left: session.left?.eventId ?? null,
  segments: session.segments
})

const subjectOrNull = (key: string | null): string | null => (key === null ? null : subject(key))

const outcomeFacts = (outcome: Outcome.Outcome): Reference.OutcomeFacts => ({
  type: outcome.type,
  subject: subject(outcome.key),
  visitorId: outcome.visitorId,
  email: outcome.email,
  sessionId: outcome.sessionId,
  segment: outcome.segment,
  at: outcome.at,
  isInferred: outcome.type === "FinalizedTransaction" && outcome.isInferred,
  repeatOf: outcome.type === "AbandonedCart" ? subjectOrNull(outcome.repeatOf) : null,
  recoveredBy: outcome.type === "FinalizedTransaction" ? null : subjectOrNull(outcome.recoveredBy)
})

const bySession = (a: Reference.SessionFacts, b: Reference.SessionFacts) => (a.id < b.id ? -1 : 1)

const byOutcome = (a: Reference.OutcomeFacts, b: Reference.OutcomeFacts) =>
  `${a.type} ${a.subject}` < `${b.type} ${b.subject}` ? -1 : 1

describe(`the reference, ${lawRuns} cases from seed ${lawSeed}`, () => {
  it.prop(
    "agrees with a naive reading of the rules",
    [Cases],
    ([{ rules, events, orders, now }]) => {
      const computed = Site.sessionize(rules, { events, orders }, now)
      const naive = Reference.read(rules, events, orders, now)
      expect({
        sessions: computed.sessions.map(sessionFacts).sort(bySession),
        outcomes: computed.outcomes.map(outcomeFacts).sort(byOutcome)
      }).toStrictEqual({ sessions: naive.sessions.toSorted(bySession), outcomes: naive.outcomes.toSorted(byOutcome) })
    },
    { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed, size: caseSize } }
  )
})
