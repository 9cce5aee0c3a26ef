import { Schema } from "effect"
import { type Activity, compare } from "./Activity.ts"
import { Email, EventId, SiteId, VisitorId } from "./Ids.ts"
import type { Rules } from "./Rules.ts"
import { Instant } from "./Time.ts"

/**
 * An e-mail that was given to a visitor by something that is no activity: a Segment client's `identify`, a customer of
 * the platform's API. It names people and extends no session (ADR 0020).
 *
 * *Units*: instants in UTC milliseconds; `occurredAt` is corrected (sessions.md 1).
 */
export const Identification = Schema.Struct({
  id: EventId,
  siteId: SiteId,
  visitorId: VisitorId,
  email: Email,
  occurredAt: Instant,
  receivedAt: Instant
})
export interface Identification extends Schema.Schema.Type<typeof Identification> {}

/**
 * One site's events with the e-mails that its visitors were given.
 *
 * An identification names the e-mail of the visitor's next event, if that one comes within `inactivity` and names none
 * itself. Otherwise that of the event before it, unless that visit has an e-mail already or ended with a logout: people
 * are never merged (sessions.md 3.2, 3.5). Of several between two events the last one speaks.
 *
 * *Shape*: both in any order, each ID once. Without identifications the events themselves.
 * *Source*: ADR 0020.
 */
export const attach = (
  rules: Rules,
  events: ReadonlyArray<Activity>,
  identifications: ReadonlyArray<Identification>
): ReadonlyArray<Activity> => {
  if (identifications.length === 0) return events
  const named = namings(rules, events, identifications)
  return events.map((event) => {
    const given = named.get(event.id)
    return given === undefined ? event : { ...event, email: given.email }
  })
}

/** Which event names which of the e-mails that were given, as `attach` has it. */
export const namings = (
  rules: Rules,
  events: ReadonlyArray<Activity>,
  identifications: ReadonlyArray<Identification>
): ReadonlyMap<EventId, Identification> => {
  const given = Map.groupBy(identifications, ({ visitorId }) => visitorId)
  const concerned = events.filter(({ visitorId }) => given.has(visitorId))
  const named = new Map<EventId, Identification>()
  for (const [visitorId, own] of Map.groupBy(concerned, (event) => event.visitorId)) {
    nameEvents(rules, own.sort(compare), given.get(visitorId)!.sort(compareTimes), named)
  }
  return named
}

/** One visitor's, both in order. Puts into `named` which event names which of them. */
const nameEvents = (
  { inactivity }: Rules,
  events: ReadonlyArray<Activity>,
  identifications: ReadonlyArray<Identification>,
  named: Map<EventId, Identification>
): void => {
  let next = 0
  let before: Activity | undefined
  /** The e-mail of the visit that `before` belongs to, as far as its events name one. */
  let known: Email | undefined
  const takeUntil = (at: number): Identification | undefined => {
    let last: Identification | undefined
    while (next < identifications.length && identifications[next]!.occurredAt <= at) last = identifications[next++]
    return last
  }
  const nameBefore = (said: Identification): void => {
    if (before !== undefined && before.logout !== true && known === undefined) named.set(before.id, said)
  }
  for (const event of events) {
    const said = takeUntil(event.occurredAt)
    let { email } = event
    if (said !== undefined) {
      if (email === undefined && event.occurredAt - said.occurredAt <= inactivity) {
        named.set(event.id, said)
        email = said.email
      } else nameBefore(said)
    }
    const goesOn = before !== undefined && before.logout !== true && event.occurredAt - before.occurredAt <= inactivity
    known = email ?? (goesOn ? known : undefined)
    before = event
  }
  const said = takeUntil(Infinity)
  if (said !== undefined) nameBefore(said)
}

const compareTimes = (a: Identification, b: Identification): number =>
  a.occurredAt - b.occurredAt || (a.id < b.id ? -1 : 1)
