import { Attribution, Ids, type Rules, Unlinking } from "@spoor/domain"
import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import { Activities, type Place } from "./Activities.ts"
import { type Decision, Identifications } from "./Identifications.ts"
import { Sites } from "./Sites.ts"

/** What is known of one visitor of a site. */
export interface Known {
  readonly place: Place
  readonly visitorId: Ids.VisitorId
  readonly rules: Rules.Rules
  readonly evidence: Unlinking.Evidence
  readonly unlinkings: ReadonlyArray<Unlinking.Unlinking>
}

/** One event's session before and after a decision. *Shape*: the session that holds its first event afterwards. */
export interface Difference {
  readonly before: Attribution.Attributed["session"]
  readonly after: Attribution.Attributed["session"]
}

/** What a decision would do. */
export interface Foretold {
  readonly unlinking: Unlinking.Unlinking
  /** Sessions whose e-mail it changes, or that come to be part of another. */
  readonly differences: ReadonlyArray<Difference>
}

/** Why a decision cannot be made. *Shape*: `email` is the one that the session bears. */
export type Impossible =
  | { readonly _tag: "NoSession" }
  | { readonly _tag: "OtherEmail"; readonly email: Ids.Email | null }
  | { readonly _tag: "NothingNamed" }

/** All that is stored of one visitor; null where that is more than `eventsMax`. *Fails* with `SqlError`. */
export const know = Effect.fn("IdentityLedger.know")(function* (
  place: Place,
  visitorId: Ids.VisitorId,
  eventsMax: number
): Effect.fn.Return<Known | null, SqlError.SqlError, Activities | Identifications | Sites> {
  const [activities, identifications, sites] = [yield* Activities, yield* Identifications, yield* Sites]
  if ((yield* identifications.eventsOf(place, visitorId)) > eventsMax) return null
  const stored = yield* activities.ofVisitors(place, [visitorId])
  const { unlinkings, ...given } = yield* identifications.ofVisitors(place, [visitorId])
  const evidence = { ...given, events: stored.map(({ activity }) => activity) }
  return { place, visitorId, rules: yield* sites.rules(place), evidence, unlinkings }
})

/** The visitor's sessions, and why each bears its e-mail. */
export const explain = ({ evidence, rules, unlinkings }: Known): ReadonlyArray<Attribution.Attributed> =>
  Attribution.explain(rules, evidence, unlinkings)

/**
 * The same as it was known at an instant: of what a door had received by then, with what had been decided.
 *
 * *Shape*: `decisions` about the visitor, undone ones too. *Units*: UTC milliseconds.
 */
export const explainAt = (
  { evidence, rules, visitorId }: Known,
  decisions: ReadonlyArray<Decision>,
  instant: number
): ReadonlyArray<Attribution.Attributed> =>
  Attribution.explain(
    rules,
    Attribution.knownBy(evidence, instant),
    decisions.filter(
      ({ decidedAt, undoneAt, ...decision }) =>
        decision.visitorId === visitorId && decidedAt <= instant && (undoneAt === null || undoneAt > instant)
    )
  )

/**
 * What taking an e-mail back from one session would do, or from the visitor for ever.
 *
 * *Shape*: `sessionId` may be one that the session had before (sessions.md 2.3); null for the visitor.
 */
export const foretell = (known: Known, email: Ids.Email, sessionId: string | null): Foretold | Impossible => {
  const { evidence, place, rules, unlinkings, visitorId } = known
  const sessions = explain(known).map(({ session }) => session)
  if (sessionId === null) {
    const unlinking = { siteId: place.siteId, visitorId, email, from: null, until: null }
    const isNamed = [...evidence.events, ...evidence.identifications].some((said) => said.email === email)
    return isNamed ? { unlinking, differences: differences(known, unlinkings, [unlinking]) } : { _tag: "NothingNamed" }
  }
  const target = sessions.find(({ eventIds, siteId }) => eventIds.some((id) => Ids.sessionId(siteId, id) === sessionId))
  if (target === undefined) return { _tag: "NoSession" }
  if (target.email !== email) return { _tag: "OtherEmail", email: target.email }
  const unlinking = Unlinking.ofSession(rules, Unlinking.apply(evidence, unlinkings), target, email)
  return { unlinking, differences: differences(known, unlinkings, [unlinking]) }
}

/** What undoing a decision would do. */
export const foretellUndone = (known: Known, { email, from, until }: Unlinking.Unlinking): ReadonlyArray<Difference> =>
  differences(
    {
      ...known,
      unlinkings: known.unlinkings.filter((one) => one.email !== email || one.from !== from || one.until !== until)
    },
    known.unlinkings,
    []
  )

/** From the decisions `before` to those of `known` with `more`. */
const differences = (
  known: Known,
  before: ReadonlyArray<Unlinking.Unlinking>,
  more: ReadonlyArray<Unlinking.Unlinking>
): ReadonlyArray<Difference> => {
  const after = new Map(
    explain({ ...known, unlinkings: [...known.unlinkings, ...more] }).flatMap(({ session }) =>
      session.eventIds.map((id) => [id, session] as const)
    )
  )
  return explain({ ...known, unlinkings: before }).flatMap(({ session }) => {
    const now = after.get(session.eventIds[0]!)!
    return now.email === session.email && now.id === session.id ? [] : [{ before: session, after: now }]
  })
}
