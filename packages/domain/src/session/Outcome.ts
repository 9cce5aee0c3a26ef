import { type Cart, fingerprint } from "./Cart.ts"
import { type Email, escape, type OrderId, type SessionId, type SiteId, type VisitorId } from "./Ids.ts"
import type { ReportedOrder } from "./ReportedOrder.ts"
import { inForce, type Rules } from "./Rules.ts"
import { dueAt, firstPurchase, judgeBrowse, judgeCart } from "./Judgement.ts"
import { isSameVisitor, type Session } from "./Session.ts"
import type { Purchase } from "./Purchase.ts"
import { standAlone, type Visit } from "./Visit.ts"

interface Common {
  /** The key of section 5 as text; unique among a business unit's outcomes. */
  readonly key: string
  readonly siteId: SiteId
  readonly segment: number
  /** The purchase, or when the abandonment was due. *Units*: UTC milliseconds. */
  readonly at: number
  /** IDs of the events it rests on, or the order ID of an order by API. */
  readonly evidence: ReadonlyArray<string>
}

/** A customer bought. `sessionId` is null for an order that stands alone (sessions.md 4.4). */
export interface FinalizedTransaction extends Common {
  readonly type: "FinalizedTransaction"
  readonly visitorId: VisitorId | null
  readonly email: Email | null
  readonly sessionId: SessionId | null
  readonly session: Session | null
  readonly orderId: OrderId | null
  readonly isInferred: boolean
  readonly cart: Cart | null
  readonly value: number | null
  readonly currency: string | null
}

interface Abandonment extends Common {
  readonly visitorId: VisitorId
  readonly email: Email | null
  readonly sessionId: SessionId
  readonly session: Session
  /** Key of the purchase that recovered it (sessions.md 5.5). */
  readonly recoveredBy: string | null
}

/** A customer left with products in the cart. `repeatOf` is the key of the abandonment it repeats (sessions.md 5.4). */
export interface AbandonedCart extends Abandonment {
  readonly type: "AbandonedCart"
  readonly cart: Cart
  readonly repeatOf: string | null
}

/** A customer looked at products and left. */
export interface AbandonedBrowse extends Abandonment {
  readonly type: "AbandonedBrowse"
}

/** What a customer's activity amounted to. *Source*: spec.md, "Session events"; sessions.md 5. */
export type Outcome = FinalizedTransaction | AbandonedCart | AbandonedBrowse
export type OutcomeType = Outcome["type"]

/**
 * The outcomes of one visitor at `now`: a purchase from its time on, an abandonment once its due time is past. At
 * `Infinity` all of them, whenever they are due.
 *
 * *Source*: sessions.md 5.
 */
export const settle = (rules: Rules, visit: Visit, now: number): ReadonlyArray<Outcome> => {
  const outcomes: Array<Outcome> = visit.purchases.map(finalized)
  const originals = new Map<string, Array<AbandonedCart>>()
  for (const session of visit.sessions) {
    if (judgeCart(rules, session, visit.purchases).fires) {
      outcomes.push(repeating(rules, abandonedCart(rules, session, visit.purchases), originals))
    } else if (judgeBrowse(rules, session, visit.purchases).fires) {
      outcomes.push(abandonedBrowse(rules, session, visit.purchases))
    }
  }
  return dueBy(outcomes, now)
}

/** Those of the outcomes that are there at `now`; what they repeat was due before them, what recovered them may not be. */
export const dueBy = (outcomes: ReadonlyArray<Outcome>, now: number): ReadonlyArray<Outcome> => {
  const isDue = ({ type, at }: Outcome) => (type === "FinalizedTransaction" ? at <= now : at < now)
  if (outcomes.every(isDue)) return outcomes
  const due = outcomes.filter(isDue)
  const keys = new Set(due.map(({ key }) => key))
  return due.map((outcome) =>
    outcome.type === "FinalizedTransaction" || outcome.recoveredBy === null || keys.has(outcome.recoveredBy)
      ? outcome
      : { ...outcome, recoveredBy: null }
  )
}

/** Marks a cart that was left before, by the same visitor and within the window (sessions.md 5.4). */
const repeating = (
  rules: Rules,
  outcome: AbandonedCart,
  originals: Map<string, Array<AbandonedCart>>
): AbandonedCart => {
  const cart = fingerprint(outcome.cart)
  const same = originals.get(cart)
  if (same === undefined) {
    originals.set(cart, [outcome])
    return outcome
  }
  for (let index = same.length - 1; index >= 0; index--) {
    const original = same[index]!
    if (outcome.at - original.at > inForce(rules, outcome.session.startedAt).repeatWindow) break
    if (isSameVisitor(outcome.session, original.session)) return { ...outcome, repeatOf: original.key }
  }
  same.push(outcome)
  return outcome
}

/** The outcomes of orders by API that stand alone (sessions.md 4.4). */
export const alone = (orders: ReadonlyArray<ReportedOrder>, now: number): ReadonlyArray<FinalizedTransaction> =>
  orders.filter((order) => order.at <= now).map((order) => finalized(standAlone(order)))

const keyOf = (name: string, siteId: string, id: string): string => `${name}:${escape(siteId)}:${id}`

/** The key of the purchase that has this order ID. */
export const orderKey = (siteId: SiteId, orderId: OrderId): string => keyOf("order", siteId, orderId)

const purchaseKey = (purchase: Purchase, siteId: SiteId): string =>
  purchase.orderId === null ? keyOf("sale", siteId, purchase.eventId ?? "") : orderKey(siteId, purchase.orderId)

const siteOf = (purchase: Purchase): SiteId => (purchase.session ?? purchase.order)!.siteId

/** The outcome of a purchase; every purchase has one (sessions.md 5). */
const finalized = (purchase: Purchase): FinalizedTransaction => ({
  type: "FinalizedTransaction",
  key: purchaseKey(purchase, siteOf(purchase)),
  siteId: siteOf(purchase),
  visitorId: purchase.session?.visitorId ?? purchase.order?.visitorId ?? null,
  email: purchase.session?.email ?? purchase.order?.email ?? null,
  sessionId: purchase.session?.id ?? null,
  session: purchase.session,
  segment: purchase.segment,
  at: purchase.at,
  orderId: purchase.orderId,
  isInferred: purchase.isInferred,
  cart: purchase.cart,
  value: purchase.value,
  currency: purchase.currency,
  evidence: purchase.evidence
})

const abandonedCart = (rules: Rules, session: Session, purchases: ReadonlyArray<Purchase>): AbandonedCart => ({
  type: "AbandonedCart",
  key: keyOf("cart", session.siteId, session.left!.eventId),
  siteId: session.siteId,
  visitorId: session.visitorId,
  email: session.email,
  sessionId: session.id,
  session,
  segment: session.segments,
  at: dueAt(rules, session),
  cart: session.left!.cart,
  repeatOf: null,
  recoveredBy: recoveryOf(rules, session, purchases),
  evidence: [session.left!.eventId]
})

const abandonedBrowse = (rules: Rules, session: Session, purchases: ReadonlyArray<Purchase>): AbandonedBrowse => ({
  type: "AbandonedBrowse",
  key: keyOf("browse", session.siteId, session.firstProductView!),
  siteId: session.siteId,
  visitorId: session.visitorId,
  email: session.email,
  sessionId: session.id,
  session,
  segment: session.segments,
  at: dueAt(rules, session),
  recoveredBy: recoveryOf(rules, session, purchases),
  evidence: [session.firstProductView!]
})

/** The key of the earliest purchase that recovers what this session left (sessions.md 5.5). */
const recoveryOf = (rules: Rules, session: Session, purchases: ReadonlyArray<Purchase>): string | null => {
  const due = dueAt(rules, session)
  const recovery = firstPurchase(session, purchases, due, due + inForce(rules, session.startedAt).recoveryWindow)
  return recovery === undefined ? null : purchaseKey(recovery, session.siteId)
}
