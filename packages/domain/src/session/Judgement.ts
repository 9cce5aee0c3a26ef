import type { Purchase } from "./Purchase.ts"
import { inForce, type Rules } from "./Rules.ts"
import { isSameVisitor, type Session } from "./Session.ts"

/** Why an abandonment rule did not fire: the first of its conditions that failed. */
export type Unmet =
  | "cart-empty"
  | "cart-emptied"
  | "purchase-in-segment"
  | "purchase-in-session"
  | "no-product-view"
  | "cart-modified"
  | "cart-filled"
  | "capped"
  | "purchase-in-grace"

/** Whether a session left anything, before repeats and recovery are looked at. */
export type Judgement = { readonly fires: true } | { readonly fires: false; readonly unmet: Unmet }

const fires: Judgement = { fires: true }
const unmet = (condition: Unmet): Judgement => ({ fires: false, unmet: condition })

/** When a session's abandonment is due. *Units*: UTC milliseconds. *Source*: sessions.md 5. */
export const dueAt = (rules: Rules, session: Session): number =>
  session.closedAt + inForce(rules, session.startedAt).grace

/** The AbandonedCart rule of one session. *Shape*: `purchases` of its visitor ID, in time order. */
export const judgeCart = (rules: Rules, session: Session, purchases: ReadonlyArray<Purchase>): Judgement => {
  if (session.left !== null) return judgeLeaving(rules, session, purchases)
  if (session.cartFilledBy !== null) return unmet("cart-emptied")
  return session.segments > 0 ? unmet("purchase-in-segment") : unmet("cart-empty")
}

/** The AbandonedBrowse rule of one session. *Shape*: `purchases` of its visitor ID, in time order. */
export const judgeBrowse = (rules: Rules, session: Session, purchases: ReadonlyArray<Purchase>): Judgement => {
  if (session.segments > 0) return unmet("purchase-in-session")
  if (session.firstProductView === null) return unmet("no-product-view")
  if (session.cartModifiedBy !== null) return unmet("cart-modified")
  if (session.cartFilledBy !== null) return unmet("cart-filled")
  return judgeLeaving(rules, session, purchases)
}

const judgeLeaving = (rules: Rules, session: Session, purchases: ReadonlyArray<Purchase>): Judgement => {
  if (session.endedBy === "capped") return unmet("capped")
  return purchaseInGrace(rules, session, purchases) === undefined ? fires : unmet("purchase-in-grace")
}

/** What suppresses a session's abandonment (sessions.md 5.1). */
export const purchaseInGrace = (
  rules: Rules,
  session: Session,
  purchases: ReadonlyArray<Purchase>
): Purchase | undefined => firstPurchase(session, purchases, session.endedAt, dueAt(rules, session))

/** The earliest purchase of the same visitor with `after` < its time <= `until`. *Shape*: `purchases` in time order. */
export const firstPurchase = (
  session: Session,
  purchases: ReadonlyArray<Purchase>,
  after: number,
  until: number
): Purchase | undefined => {
  for (let index = firstAfter(purchases, after); index < purchases.length; index++) {
    const purchase = purchases[index]!
    if (purchase.at > until) return undefined
    if (purchase.session !== null && isSameVisitor(session, purchase.session)) return purchase
  }
  return undefined
}

/** By halving: a visitor may have thousands of purchases, and every session asks. */
const firstAfter = (purchases: ReadonlyArray<Purchase>, after: number): number => {
  let [from, to] = [0, purchases.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (purchases[middle]!.at > after) to = middle
    else from = middle + 1
  }
  return from
}
