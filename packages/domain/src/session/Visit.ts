import { type Activity, type Device, isSalePage } from "./Activity.ts"
import { type Cart, isEmpty } from "./Cart.ts"
import { type EventId, type OrderId, sessionId } from "./Ids.ts"
import { isFirst, type OrderBook, reportOf } from "./OrderBook.ts"
import type { ReportedOrder } from "./ReportedOrder.ts"
import type { Rules } from "./Rules.ts"
import type { LeftCart, Session } from "./Session.ts"
import type { Span } from "./Span.ts"

/**
 * Something was bought (sessions.md 4.2 to 4.5).
 *
 * *Shape*: `session` is null for an order that stands alone. `evidence` holds event IDs, or the order ID of an order
 * by API. `isInferred` marks a sale page without an order ID that nothing has named.
 */
export interface Purchase {
  readonly at: number
  readonly orderId: OrderId | null
  readonly isInferred: boolean
  readonly eventId: EventId | null
  readonly session: Session | null
  readonly segment: number
  readonly order: ReportedOrder | null
  readonly cart: Cart | null
  readonly value: number | null
  readonly currency: string | null
  readonly evidence: ReadonlyArray<string>
}

/** An order by API and the place, among its visitor's spans, of the session that it belongs to (sessions.md 4.4). */
export interface PlacedOrder {
  readonly order: ReportedOrder
  readonly span: number
}

/** One visitor's sessions and purchases, both in time order. */
export interface Visit {
  readonly sessions: ReadonlyArray<Session>
  readonly purchases: ReadonlyArray<Purchase>
}

type Draft = { -readonly [Key in keyof Session]: Session[Key] }
type PurchaseDraft = { -readonly [Key in keyof Purchase]: Purchase[Key] }

/** The last purchase, and whether nothing but sale pages of this visitor followed it (sessions.md 4.2 and 4.3). */
interface Last {
  readonly purchase: PurchaseDraft
  readonly span: number
}

/**
 * Walks one visitor's timeline: carts, segments and purchases.
 *
 * *Shape*: `spans` as `Span.split` gives them, `orders` in order of time.
 * *Source*: sessions.md 3.6 and 4.
 */
export const fold = (
  rules: Rules,
  spans: ReadonlyArray<Span>,
  orders: ReadonlyArray<PlacedOrder>,
  book: OrderBook
): Visit => {
  const sessions = spans.map((span) => draft(rules, span))
  const purchases: Array<PurchaseDraft> = []
  // Reset by any event that is no sale page: then a purchase can be neither reloaded nor named any more.
  let last: Last | null = null
  let nextOrder = 0

  const buy = (purchase: PurchaseDraft, span: number) => {
    purchases.push(purchase)
    last = { purchase, span }
  }
  const name = (purchase: PurchaseDraft, orderId: OrderId, order: ReportedOrder | null, evidence: string) => {
    purchase.orderId = orderId
    purchase.isInferred = false
    purchase.order = order
    purchase.value ??= order?.value ?? null
    purchase.currency ??= order?.currency ?? null
    purchase.evidence = [...purchase.evidence, evidence]
  }
  const canName = (span: number): PurchaseDraft | null =>
    last !== null && last.purchase.isInferred && last.span === span ? last.purchase : null

  const applyOrder = ({ order, span }: PlacedOrder) => {
    const inferred = canName(span)
    if (inferred !== null) return name(inferred, order.orderId, order, order.orderId)
    const session = sessions[span]!
    buy(byOrder(order, session), span)
    if (order.at <= session.endedAt) closeSegment(session)
  }
  const applySalePage = (event: Activity, span: number) => {
    const session = sessions[span]!
    const report = reportOf(event)
    if (report === undefined) {
      if (last !== null) return
    } else {
      if (!isFirst(book, report)) return
      const inferred = canName(span)
      if (inferred !== null) return name(inferred, report.orderId, null, event.id)
    }
    buy(byPage(event, session), span)
    closeSegment(session)
  }

  for (let span = 0; span < spans.length; span++) {
    const session = sessions[span]!
    for (const event of spans[span]!.events) {
      // An order by API stands after all events of its instant (sessions.md 1.3).
      while (nextOrder < orders.length && orders[nextOrder]!.order.at < event.occurredAt)
        applyOrder(orders[nextOrder++]!)
      if (isSalePage(event)) applySalePage(event, span)
      else {
        last = null
        see(session, event)
      }
    }
    session.productsViewed = countProducts(spans[span]!, session.productViews)
  }
  while (nextOrder < orders.length) applyOrder(orders[nextOrder++]!)
  return { sessions, purchases }
}

const draft = (rules: Rules, span: Span): Draft => {
  const first = span.events[0]!
  return {
    id: sessionId(first.siteId, first.id),
    siteId: first.siteId,
    visitorId: first.visitorId,
    email: span.email,
    startedAt: span.startedAt,
    endedAt: span.endedAt,
    closedAt: span.endedAt + rules.inactivity,
    endedBy: span.endedBy,
    eventIds: span.events.map((event) => event.id),
    productViews: 0,
    productsViewed: 0,
    firstProductView: null,
    isCartModified: false,
    wasCartFilled: false,
    left: null,
    segments: 0,
    landingUrl: first.url ?? null,
    referrer: first.referrer ?? null,
    device: deviceOf(span.events),
    isHistory: span.events.every((event) => event.isHistory === true)
  }
}

/** What an event that is no sale page changes; a sale page's snapshot is what was bought, never the cart (4.1). */
const see = (session: Draft, event: Activity): void => {
  if (event.type === "VisitOnProductPage") {
    session.productViews++
    session.firstProductView ??= event.id
  }
  if (event.type === "ModifyCart") session.isCartModified = true
  if (event.cart === undefined) return
  session.left = leftCart(event.id, event.cart)
  if (session.left !== null) session.wasCartFilled = true
}

const leftCart = (eventId: EventId, cart: Cart): LeftCart | null => (isEmpty(cart) ? null : { eventId, cart })

const closeSegment = (session: Draft): void => {
  session.left = null
  session.segments++
}

const byPage = (event: Activity, session: Session): PurchaseDraft => ({
  at: event.occurredAt,
  orderId: event.order?.id ?? null,
  isInferred: event.order?.id === undefined,
  eventId: event.id,
  session,
  segment: session.segments,
  order: null,
  cart: event.cart ?? session.left?.cart ?? null,
  value: event.order?.value ?? null,
  currency: event.order?.currency ?? null,
  evidence: [event.id]
})

const byOrder = (order: ReportedOrder, session: Session): PurchaseDraft => ({
  at: order.at,
  orderId: order.orderId,
  isInferred: false,
  eventId: null,
  session,
  segment: session.segments,
  order,
  cart: session.left?.cart ?? null,
  value: order.value ?? null,
  currency: order.currency ?? null,
  evidence: [order.orderId]
})

/** A purchase that no session of the site can be given (sessions.md 4.4, last sentence). */
export const standAlone = (order: ReportedOrder): Purchase => ({
  at: order.at,
  orderId: order.orderId,
  isInferred: false,
  eventId: null,
  session: null,
  segment: 0,
  order,
  cart: null,
  value: order.value ?? null,
  currency: order.currency ?? null,
  evidence: [order.orderId]
})

const countProducts = (span: Span, productViews: number): number => {
  if (productViews === 0) return 0
  const products = new Set<string>()
  for (const event of span.events) {
    if (event.type === "VisitOnProductPage" && event.product !== undefined) products.add(event.product.id)
  }
  return products.size
}

const deviceOf = (events: ReadonlyArray<Activity>): Device | null => {
  for (const event of events) if (event.device !== undefined) return event.device
  return null
}
