import type { Activity } from "./Activity.ts"
import * as Identification from "./Identification.ts"
import type { Email, EventId, SessionId } from "./Ids.ts"
import type { Rules } from "./Rules.ts"
import type { Session } from "./Session.ts"
import * as Site from "./Site.ts"
import * as Unlinking from "./Unlinking.ts"

/**
 * Why a session bears its e-mail: the first thing that named it.
 *
 * *Shape*: `by` an event of the session, or an identification that this event speaks for; `evidenceId` is the event's or the
 * identification's. `carriedFrom` is the later session in which it was said, null when it was this one.
 * *Units*: UTC milliseconds; `at` when it was said, `knownSince` when a door received it.
 * *Source*: sessions.md 3.5, ADR 0020 and 0051.
 */
export interface Attribution {
  readonly email: Email
  readonly by: "event" | "identification"
  readonly evidenceId: EventId
  readonly at: number
  readonly knownSince: number
  readonly carriedFrom: SessionId | null
}

/** A session and why it bears its e-mail; null when it bears none. */
export interface Attributed {
  readonly session: Session
  readonly attribution: Attribution | null
}

/**
 * The sessions of a site's visitors with the reasons for their e-mails. Nothing of it is stored: it is asked of the same evidence as
 * the sessions are, so it cannot say anything else than they do.
 *
 * *Shape*: visitor by visitor, each visitor's in order of time.
 */
export const explain = (
  rules: Rules,
  evidence: Unlinking.Evidence,
  unlinkings: ReadonlyArray<Unlinking.Unlinking>
): ReadonlyArray<Attributed> => {
  const { events, identifications } = Unlinking.apply(evidence, unlinkings)
  const given = Identification.namings(rules, events, identifications)
  const { sessions } = Site.sessionize(
    rules,
    { events: Identification.attach(rules, events, identifications) },
    Infinity
  )
  const byId = new Map(events.map((event) => [event.id, event]))
  const attributed: Array<Attributed> = []
  let later: { readonly session: Session; readonly attribution: Attribution } | null = null
  for (const session of sessions.toReversed()) {
    const own = firstIn(session, byId, given)
    if (own !== null) later = { session, attribution: own }
    const carried = later === null ? null : { ...later.attribution, carriedFrom: later.session.id }
    attributed.push({ session, attribution: session.email === null ? null : (own ?? carried) })
  }
  return attributed.reverse()
}

/** What was known at an instant: received by then, and decided by then. *Units*: UTC milliseconds. */
export const knownBy = (evidence: Unlinking.Evidence, instant: number): Unlinking.Evidence => ({
  events: evidence.events.filter(({ receivedAt }) => receivedAt <= instant),
  identifications: evidence.identifications.filter(({ receivedAt }) => receivedAt <= instant)
})

const firstIn = (
  session: Session,
  events: ReadonlyMap<EventId, Activity>,
  given: ReadonlyMap<EventId, Identification.Identification>
): Attribution | null => {
  for (const id of session.eventIds) {
    const said = given.get(id)
    const event = events.get(id)!
    const source = said ?? event
    if (source.email === undefined) continue
    return {
      email: source.email,
      by: said === undefined ? "event" : "identification",
      evidenceId: source.id,
      at: source.occurredAt,
      knownSince: source.receivedAt,
      carriedFrom: null
    }
  }
  return null
}
