import type { Activity } from "./Activity.ts"
import type { Email } from "./Ids.ts"
import { type Rules, sessionEventsMax, sessionLengthMax } from "./Rules.ts"

/** Why a session ended: the rule that began the visitor's next one (sessions.md 3.1 to 3.3). */
export type EndReason = "inactivity" | "identity" | "capped"

/**
 * The events of one session, cut from one visitor's timeline, before anything is known of purchases.
 *
 * *Shape*: `events` in total order, never empty. `endedBy` is null for the visitor's last span. `ownEmail` is the
 * first e-mail named in it, `email` that or the one filled back (sessions.md 3.5).
 */
export interface Span {
  readonly events: ReadonlyArray<Activity>
  readonly startedAt: number
  readonly endedAt: number
  readonly endedBy: EndReason | null
  readonly ownEmail: Email | null
  readonly email: Email | null
}

/**
 * Cuts one visitor's timeline into sessions and fills e-mails back.
 *
 * *Shape*: `events` of one visitor, in total order, without duplicates.
 * *Source*: sessions.md 3.1 to 3.3 and 3.5.
 */
export const split = (rules: Rules, events: ReadonlyArray<Activity>): ReadonlyArray<Span> => {
  const spans: Array<Span> = []
  let from = 0
  let ownEmail: Email | null = null
  for (let index = 0; index < events.length; index++) {
    const event = events[index]!
    const reason: EndReason | null = index === from ? null : splitBefore(rules, events, from, index, ownEmail)
    if (reason !== null) {
      spans.push(span(events, from, index, reason, ownEmail))
      from = index
      ownEmail = null
    }
    ownEmail ??= event.email ?? null
  }
  if (events.length > 0) spans.push(span(events, from, events.length, null, ownEmail))
  return fillBack(spans)
}

/** The first of the rules that begins a new session at `events[index]`, or null when the session continues. */
const splitBefore = (
  rules: Rules,
  events: ReadonlyArray<Activity>,
  from: number,
  index: number,
  ownEmail: Email | null
): EndReason | null => {
  const event = events[index]!
  const previous = events[index - 1]!
  if (event.occurredAt - previous.occurredAt > rules.inactivity) return "inactivity"
  if (previous.logout === true) return "identity"
  if (event.email !== undefined && ownEmail !== null && event.email !== ownEmail) return "identity"
  if (event.occurredAt - events[from]!.occurredAt > sessionLengthMax) return "capped"
  return index - from >= sessionEventsMax ? "capped" : null
}

const span = (
  events: ReadonlyArray<Activity>,
  from: number,
  to: number,
  endedBy: EndReason | null,
  ownEmail: Email | null
): Span => ({
  events: from === 0 && to === events.length ? events : events.slice(from, to),
  startedAt: events[from]!.occurredAt,
  endedAt: events[to - 1]!.occurredAt,
  endedBy,
  ownEmail,
  email: ownEmail
})

/** An e-mail holds backwards until a session that has its own, and never past a logout (sessions.md 3.5). */
const fillBack = (spans: Array<Span>): ReadonlyArray<Span> => {
  let carried: Email | null = null
  for (let index = spans.length - 1; index >= 0; index--) {
    const current = spans[index]!
    if (current.events.at(-1)!.logout === true) carried = null
    if (current.ownEmail !== null) carried = current.ownEmail
    else if (carried !== null) spans[index] = { ...current, email: carried }
  }
  return spans
}
