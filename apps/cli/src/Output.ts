import { type Activity, Cart, type Outcome, type Rejection, type ReportedOrder, Session } from "@spoor/domain"
import * as Instant from "./input/Instant.ts"

/** One line of output. */
export const line = (fields: object): string => `${JSON.stringify(fields)}\n`

export const duplicateEvent = ({ siteId, id }: Activity.Activity, number: number): string =>
  line({ kind: "duplicate", siteId, id, line: number })

export const duplicateOrder = ({ siteId, orderId }: ReportedOrder.ReportedOrder, number: number): string =>
  line({ kind: "duplicate", siteId, orderId, line: number })

export const rejected = ({ reason, pointer }: Rejection.Rejection, number: number): string =>
  line({ kind: "rejected", line: number, reason, pointer })

/** *Shape*: `cart` holds items only: a line with a quantity of 0 or less is none (sessions.md 4.1). */
export const sessionFields = (session: Session.Session, now: number) => ({
  kind: "session",
  id: session.id,
  siteId: session.siteId,
  visitorId: session.visitorId,
  email: session.email,
  startedAt: Instant.format(session.startedAt),
  endedAt: Instant.format(session.endedAt),
  closedAt: Instant.format(session.closedAt),
  active: Session.isActive(session, now),
  endReason: Session.endReason(session, now),
  eventIds: session.eventIds,
  productViews: session.productViews,
  productsViewed: session.productsViewed,
  cart: session.left === null ? null : cart(session.left.cart)
})

const cart = (snapshot: Cart.Cart) => ({ currency: snapshot.currency, items: Cart.itemsOf(snapshot) })

export const outcomeFields = (outcome: Outcome.Outcome) => ({
  kind: "outcome",
  id: outcome.key,
  type: outcome.type,
  siteId: outcome.siteId,
  visitorId: outcome.visitorId,
  email: outcome.email,
  sessionId: outcome.sessionId,
  segment: outcome.segment,
  at: Instant.format(outcome.at),
  orderId: outcome.type === "FinalizedTransaction" ? outcome.orderId : null,
  inferred: outcome.type === "FinalizedTransaction" && outcome.isInferred,
  repeatOf: outcome.type === "AbandonedCart" ? outcome.repeatOf : null,
  recoveredBy: outcome.type === "FinalizedTransaction" ? null : outcome.recoveredBy,
  evidence: outcome.evidence
})

export const session = (session: Session.Session, now: number): string => line(sessionFields(session, now))

export const outcome = (outcome: Outcome.Outcome): string => line(outcomeFields(outcome))
