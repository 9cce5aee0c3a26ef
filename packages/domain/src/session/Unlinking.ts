import { Schema } from "effect"
import type { Activity } from "./Activity.ts"
import * as Identification from "./Identification.ts"
import { Email, SiteId, VisitorId } from "./Ids.ts"
import type { Rules } from "./Rules.ts"
import { Instant } from "./Time.ts"

/**
 * Somebody's decision that an e-mail is not a visitor's, in a stretch of time or at any: the rules go on as if nothing in it had
 * ever named the e-mail, and no later session's passes back over it.
 *
 * *Units*: UTC milliseconds, both ends included. *Shape*: null: from the first event, or for ever.
 * *Source*: ADR 0051.
 */
export const Unlinking = Schema.Struct({
  siteId: SiteId,
  visitorId: VisitorId,
  email: Email,
  from: Schema.NullOr(Instant),
  until: Schema.NullOr(Instant)
})
export interface Unlinking extends Schema.Schema.Type<typeof Unlinking> {}

/** What may name the e-mails of a site's visitors. *Shape*: both in any order, each ID once. */
export interface Evidence {
  readonly events: ReadonlyArray<Activity>
  readonly identifications: ReadonlyArray<Identification.Identification>
}

/**
 * What is left of the evidence: events that named such an e-mail name none, identifications that gave it are gone. To be applied before
 * anything else is asked.
 *
 * *Shape*: of one site; in the same order, and itself where nothing was decided of these visitors.
 */
export const apply = (evidence: Evidence, unlinkings: ReadonlyArray<Unlinking>): Evidence => {
  if (unlinkings.length === 0) return evidence
  const decided = Map.groupBy(unlinkings, ({ visitorId }) => visitorId)
  const at = (visitorId: VisitorId, instant: number): ReadonlyArray<Email> =>
    decided.get(visitorId)?.flatMap((one) => (covers(one, instant) ? [one.email] : [])) ?? []
  return {
    events: evidence.events.map((event) => {
      const unlinked = at(event.visitorId, event.occurredAt)
      if (unlinked.length === 0) return event
      const { email, ...rest } = event
      return email === undefined || unlinked.includes(email) ? { ...rest, unlinked } : { ...rest, email, unlinked }
    }),
    identifications: evidence.identifications.filter(
      ({ email, occurredAt, visitorId }) => !at(visitorId, occurredAt).includes(email)
    )
  }
}

const covers = ({ from, until }: Pick<Unlinking, "from" | "until">, instant: number): boolean =>
  (from === null || from <= instant) && (until === null || instant <= until)

/**
 * The decision that takes an e-mail back from one session: its time, with what was said before or after it and would name it.
 *
 * *Shape*: `evidence` of the session's visitor, what was decided before `apply`-ed.
 */
export const ofSession = (
  rules: Rules,
  evidence: Evidence,
  session: {
    readonly siteId: SiteId
    readonly visitorId: VisitorId
    readonly startedAt: number
    readonly endedAt: number
  },
  email: Email
): Unlinking => {
  const { endedAt, siteId, startedAt, visitorId } = session
  let [from, until] = [startedAt, endedAt]
  for (;;) {
    const unlinking = { siteId, visitorId, email, from, until }
    const left = apply(evidence, [unlinking])
    const times = new Map(left.events.map(({ id, occurredAt }) => [id, occurredAt]))
    // What speaks now may have been outspoken by what was taken away.
    const beside = [...Identification.namings(rules, left.events, left.identifications)].filter(
      ([id, given]) =>
        given.email === email &&
        given.visitorId === visitorId &&
        covers({ from: startedAt, until: endedAt }, times.get(id)!)
    )
    if (beside.length === 0) return unlinking
    for (const [, { occurredAt }] of beside) [from, until] = [Math.min(from, occurredAt), Math.max(until, occurredAt)]
  }
}
