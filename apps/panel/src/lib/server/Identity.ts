import { Item } from "@spoor/contracts"
import { type Attribution, Ids } from "@spoor/domain"
import { type Identity, Identifications, IdentityLedger, type PersonVisit, reasonMax } from "@spoor/postgres"
import { Clock, Effect, Schema } from "effect"
import type { Person } from "./Auth.ts"
import { field } from "./FormFields.ts"

/** The most events of one browser that are read to say why its sessions bear their e-mails. */
const eventsMax = 20_000

/** Why a session bears its e-mail. *Shape*: `carriedFrom` is the later session that names it. *Units*: UTC milliseconds. */
export interface Why {
  readonly by: "event" | "identification"
  readonly at: number
  readonly carriedFrom: string | null
}

/** Of a session of the timeline. *Shape*: `isPending` until the worker has come to what is known and decided; null: too long to tell. */
export interface Reason {
  readonly why: Why | null
  readonly isPending: boolean
}

/** Why these sessions bear their e-mails, by the numbers of the sessions. */
export const reasons = Effect.fn("Identity.reasons")(function* (unitId: number, visits: ReadonlyArray<PersonVisit>) {
  const browsers = Map.groupBy(visits, ({ siteId, visitorId }) => JSON.stringify([siteId, visitorId])).values()
  const found = yield* Effect.forEach(
    browsers,
    (own) =>
      Effect.gen(function* () {
        const { siteId, visitorId } = own[0]!
        const known = yield* IdentityLedger.know({ unitId, siteId }, visitorId, eventsMax)
        const attributed = new Map(known === null ? [] : IdentityLedger.explain(known).map((it) => [it.session.id, it]))
        return own.map((visit) => [visit.no, reasonOf(visit, attributed.get(visit.id))] as const)
      }),
    { concurrency: 4 }
  )
  return new Map(found.flat())
})

const reasonOf = (visit: PersonVisit, found: Attribution.Attributed | undefined): Reason => {
  if (found === undefined) return { why: null, isPending: false }
  if (found.session.email !== visit.email) return { why: null, isPending: true }
  const { attribution } = found
  if (attribution === null) return { why: null, isPending: false }
  const { at, by, carriedFrom } = attribution
  return { why: { at, by, carriedFrom }, isPending: false }
}

/** What was decided about a person, newest first. */
export const decisions = Effect.fn("Identity.decisions")(function* (unitId: number, identity: Identity) {
  const { decisions } = yield* Identifications
  const found =
    identity.by === "visitor"
      ? [yield* decisions(unitId, { visitorIds: identity.visitorIds })]
      : yield* Effect.forEach(identity.emails, (email) => decisions(unitId, { email }))
  return found.flat().slice(0, decisionsShown)
})

const decisionsShown = 50

/** What came of a form. *Shape*: `unlinked` is the ID of the decision, null where it stood already. */
export type Outcome =
  | { readonly problem: "gone" | "large" | "reason" }
  | { readonly unlinked: number | null }
  | { readonly relinked: true }

const failed = (problem: "gone" | "large" | "reason"): Outcome => ({ problem })
const Reason = Schema.Trim.check(Schema.isMaxLength(reasonMax))

export const unlink = Effect.fn("Identity.unlink")(function* ({ unitId, userId }: Person, form: FormData) {
  const { unlink, visitors } = yield* Identifications
  const [siteId, visitorId] = [field(form, "site", Ids.SiteId), field(form, "visitor", Ids.VisitorId)]
  const email = field(form, "email", Item.EmailFromWire)
  const session = field(form, "session", Schema.String)
  const scope = field(form, "scope", Schema.Literals(["session", "browser"]))
  const reason = field(form, "reason", Reason)
  if (siteId === null || visitorId === null || email === null || session === null || scope === null)
    return failed("gone")
  if (reason === null) return failed("reason")
  if (!(yield* visitors(unitId, { visitorId })).some((one) => one.siteId === siteId)) return failed("gone")
  const known = yield* IdentityLedger.know({ unitId, siteId }, visitorId, eventsMax)
  if (known === null) return failed("large")
  const foretold = IdentityLedger.foretell(known, email, scope === "session" ? session : null)
  if ("_tag" in foretold) return failed("gone")
  const decider = { userId, at: yield* Clock.currentTimeMillis, reason: reason === "" ? null : reason }
  return { unlinked: yield* unlink(unitId, foretold.unlinking, decider) } satisfies Outcome
})

export const relink = Effect.fn("Identity.relink")(function* ({ unitId, userId }: Person, form: FormData) {
  const id = field(
    form,
    "id",
    Schema.NumberFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 2 ** 52 }))
  )
  if (id === null) return failed("gone")
  const isUndone = yield* (yield* Identifications).relink(unitId, id, { userId, at: yield* Clock.currentTimeMillis })
  return isUndone ? ({ relinked: true } satisfies Outcome) : failed("gone")
})
