import { type Cart, fingerprint } from "./Cart.ts"
import type { Email, OrderId, SessionId, SiteId, VisitorId } from "./Ids.ts"
import type { ReportedOrder } from "./ReportedOrder.ts"
import type { Rules } from "./Rules.ts"
import { isSameVisitor, type Session } from "./Session.ts"
import { type Purchase, standAlone, type Visit } from "./Visit.ts"

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

/** Why a rule did not fire; the first condition that failed. */
export type Unmet =
  | "no-purchase"
  | "capped"
  | "purchase-in-grace"
  | "cart-empty"
  | "purchase-in-session"
  | "no-product-view"
  | "cart-modified"
  | "cart-filled"

/** Whether a session left anything, before repeats and recovery are looked at. */
export type Verdict = { readonly fires: true } | { readonly fires: false; readonly unmet: Unmet }

const fires: Verdict = { fires: true }
const unmet = (condition: Unmet): Verdict => ({ fires: false, unmet: condition })

/** When a session's abandonment is due. *Units*: UTC milliseconds. *Source*: sessions.md 5. */
export const dueAt = (rules: Rules, session: Session): number => session.closedAt + rules.grace

/** The AbandonedCart rule of one session. `purchases` of its visitor ID, in time order. */
export const judgeCart = (rules: Rules, session: Session, purchases: ReadonlyArray<Purchase>): Verdict => {
  if (session.left === null) return unmet("cart-empty")
  return judgeLeaving(rules, session, purchases)
}

/** The AbandonedBrowse rule of one session. `purchases` of its visitor ID, in time order. */
export const judgeBrowse = (rules: Rules, session: Session, purchases: ReadonlyArray<Purchase>): Verdict => {
  if (session.segments > 0) return unmet("purchase-in-session")
  if (session.firstProductView === null) return unmet("no-product-view")
  if (session.isCartModified) return unmet("cart-modified")
  if (session.wasCartFilled) return unmet("cart-filled")
  return judgeLeaving(rules, session, purchases)
}

const judgeLeaving = (rules: Rules, session: Session, purchases: ReadonlyArray<Purchase>): Verdict => {
  if (session.endedBy === "capped") return unmet("capped")
  const bought = firstPurchase(session, purchases, session.endedAt, dueAt(rules, session))
  return bought === undefined ? fires : unmet("purchase-in-grace")
}

/** The earliest purchase of the same visitor with `after` < its time <= `until`. */
const firstPurchase = (
  session: Session,
  purchases: ReadonlyArray<Purchase>,
  after: number,
  until: number
): Purchase | undefined =>
  purchases.find(
    ({ at, session: other }) => at > after && at <= until && other !== null && isSameVisitor(session, other)
  )

/**
 * The outcomes of one visitor at `now`: a purchase from its time on, an abandonment once its due time is past.
 *
 * *Source*: sessions.md 5.
 */
export const settle = (rules: Rules, visit: Visit, now: number): ReadonlyArray<Outcome> => {
  const happened = visit.purchases.filter((purchase) => purchase.at <= now)
  const outcomes: Array<Outcome> = happened.map(finalized)
  const originals: Array<{ readonly outcome: AbandonedCart; readonly cart: string }> = []
  for (const session of visit.sessions) {
    const due = dueAt(rules, session)
    if (now <= due) continue
    if (judgeCart(rules, session, visit.purchases).fires) {
      const outcome = abandonedCart(rules, session, happened)
      const cart = fingerprint(outcome.cart)
      const repeated = originals.findLast(
        (original) =>
          original.cart === cart &&
          due - original.outcome.at <= rules.repeatWindow &&
          isSameVisitor(session, original.outcome.session)
      )
      if (repeated === undefined) originals.push({ outcome, cart })
      outcomes.push(repeated === undefined ? outcome : { ...outcome, repeatOf: repeated.outcome.key })
    } else if (judgeBrowse(rules, session, visit.purchases).fires) {
      outcomes.push(abandonedBrowse(rules, session, happened))
    }
  }
  return outcomes
}

/** The outcomes of orders by API that stand alone (sessions.md 4.4). */
export const alone = (orders: ReadonlyArray<ReportedOrder>, now: number): ReadonlyArray<FinalizedTransaction> =>
  orders.filter((order) => order.at <= now).map((order) => finalized(standAlone(order)))

const encode = (part: string): string => part.replaceAll("%", "%25").replaceAll(":", "%3A")

const keyOf = (name: string, siteId: string, id: string): string => `${name}:${encode(siteId)}:${id}`

const purchaseKey = (purchase: Purchase, siteId: SiteId): string =>
  purchase.orderId === null ? keyOf("sale", siteId, purchase.eventId ?? "") : keyOf("order", siteId, purchase.orderId)

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

const abandonment = (rules: Rules, session: Session, happened: ReadonlyArray<Purchase>) => {
  const due = dueAt(rules, session)
  const recovery = firstPurchase(session, happened, due, due + rules.recoveryWindow)
  return {
    siteId: session.siteId,
    visitorId: session.visitorId,
    email: session.email,
    sessionId: session.id,
    session,
    segment: session.segments,
    at: due,
    recoveredBy: recovery === undefined ? null : purchaseKey(recovery, session.siteId)
  }
}

const abandonedCart = (rules: Rules, session: Session, happened: ReadonlyArray<Purchase>): AbandonedCart => ({
  ...abandonment(rules, session, happened),
  type: "AbandonedCart",
  key: keyOf("cart", session.siteId, session.left!.eventId),
  cart: session.left!.cart,
  repeatOf: null,
  evidence: [session.left!.eventId]
})

const abandonedBrowse = (rules: Rules, session: Session, happened: ReadonlyArray<Purchase>): AbandonedBrowse => ({
  ...abandonment(rules, session, happened),
  type: "AbandonedBrowse",
  key: keyOf("browse", session.siteId, session.firstProductView!),
  evidence: [session.firstProductView!]
})
