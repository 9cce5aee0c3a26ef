import { Explanation, ExplanationText, Ids, Outcome, type Rules, type Session, type Visit } from "@spoor/domain"
import * as Orders from "../answer/Orders.ts"
import * as Output from "../Output.ts"
import { Visitors } from "../answer/Visitors.ts"
import type { Collector } from "../input/Collector.ts"

/** Which outcome or session is asked about, under which rules and at which instant. *Units*: UTC milliseconds. */
export interface Question {
  readonly id: string
  readonly rules: Rules.Rules
  readonly now: number
}

/**
 * What is to be explained.
 *
 * *Shape*: an outcome, and why the other rules did not fire; or a session, all its outcomes, and why the rest is not there.
 */
export interface Finding {
  readonly session: Session.Session | null
  readonly outcomes: ReadonlyArray<Outcome.Outcome>
  readonly notFired: ReadonlyArray<Explanation.Absence>
}

/** *Shape*: pauses, and one finding at most. */
export function* search(question: Question, collector: Collector): Generator<Finding | null> {
  using visitors = new Visitors(collector)
  const { rules, now } = question
  const orders = yield* paused(Orders.place(rules, collector, visitors))
  for (const { events } of visitors.read()) {
    const visit = Orders.visit(rules, events, orders)
    const found = within(question, visit)
    yield found
    if (found !== null) return
  }
  const outcome = Outcome.alone(Orders.alone(orders), now).find(({ key }) => key === question.id)
  if (outcome !== undefined) yield ofOutcome(rules, outcome)
}

function* paused<A>(pauses: Generator<"", A>): Generator<null, A> {
  while (true) {
    const { done, value } = pauses.next()
    if (done === true) return value
    yield null
  }
}

const within = ({ id, rules, now }: Question, visit: Visit.Visit): Finding | null => {
  const outcomes = Outcome.settle(rules, visit, now)
  const outcome = outcomes.find(({ key }) => key === id)
  if (outcome !== undefined) return ofOutcome(rules, outcome)
  const session = visit.sessions.find((session) => session.id === id) ?? visit.sessions.find(isOnceNamed(id))
  if (session === undefined) return null
  return {
    session,
    outcomes: outcomes.filter(({ sessionId }) => sessionId === session.id),
    notFired: Explanation.absences(rules, session, visit.purchases, now)
  }
}

/** A former ID names an event, and the session that holds it now is the one (sessions.md 2.3). */
const isOnceNamed = (id: string) => {
  const parts = Ids.partsOf(id)
  return ({ siteId, eventIds }: Session.Session): boolean =>
    siteId === parts?.siteId && eventIds.some((eventId) => eventId === parts.eventId)
}

const ofOutcome = (rules: Rules.Rules, outcome: Outcome.Outcome): Finding => ({
  session: null,
  outcomes: [outcome],
  notFired: Explanation.explain(rules, outcome).notFired
})

export const asSentences = ({ rules }: Question, finding: Finding, locale: ExplanationText.Locale): string => {
  const reasons = finding.outcomes.map((outcome) => {
    const sentence = ExplanationText.sentence(Explanation.explain(rules, outcome), { locale, timeZone: "UTC" })
    return `${outcome.type}: ${sentence} (${outcome.evidence.join(", ")})\n`
  })
  const absences = finding.notFired.map((absence) => `${ExplanationText.absence(absence, locale)}\n`)
  return [...reasons, ...absences].join("")
}

/** *Shape*: instants of an explanation in UTC milliseconds, as the domain has them. */
export const asLine = ({ rules, now }: Question, { session, outcomes, notFired }: Finding): string =>
  Output.line({
    kind: "explanation",
    session: session === null ? null : Output.sessionFields(session, now),
    outcomes: outcomes.map((outcome) => ({
      outcome: Output.outcomeFields(outcome),
      explanation: Explanation.explain(rules, outcome)
    })),
    notFired
  })
