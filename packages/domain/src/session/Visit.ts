import type { Activity } from "./Activity.ts"
import type { Chapter } from "./Chapter.ts"
import type { Email } from "./Ids.ts"
import type { OrderBook } from "./OrderBook.ts"
import type { PlacedOrder, Purchase, Sale } from "./Purchase.ts"
import type { ReportedOrder } from "./ReportedOrder.ts"
import type { Rules } from "./Rules.ts"
import type { Session } from "./Session.ts"
import { Walk } from "./Walk.ts"

/** One visitor's sessions and purchases, both in time order. */
export interface Visit {
  readonly sessions: ReadonlyArray<Session>
  readonly purchases: ReadonlyArray<Purchase>
}

/**
 * One visitor's sessions and purchases from all of the visitor's events.
 *
 * *Shape*: `events` in total order, every ID once; `orders` in order of time.
 * *Source*: sessions.md 3 and 4.
 */
export const fold = (
  rules: Rules,
  events: ReadonlyArray<Activity>,
  orders: ReadonlyArray<PlacedOrder>,
  book: OrderBook
): Visit => {
  const walk = new Walk({ rules, book, orders }, null)
  walk.seeAll(events.slice())
  return read(walk.finish(), orders)
}

/**
 * What closed chapters amount to: e-mails filled back, sales given to their sessions.
 *
 * *Shape*: all of a visitor's chapters and orders, in order of time.
 * *Source*: sessions.md 3.5 and 4.3 to 4.5.
 */
export const read = (chapters: ReadonlyArray<Chapter>, orders: ReadonlyArray<PlacedOrder>): Visit => {
  const sessions = fillBack(chapters)
  const purchases: Array<PurchaseDraft> = []
  const startedAt = sessions[0]?.startedAt ?? Infinity
  for (const { order } of orders) if (order.at < startedAt) purchases.push(standAlone(order))
  for (let index = 0; index < chapters.length; index++) {
    for (const sale of chapters[index]!.sales) {
      if (sale._tag === "Named")
        name(
          purchases.findLast(({ isInferred }) => isInferred)!,
          sale
        )
      else
        purchases.push(
          sale._tag === "ByPage" ? byPage(sale, sessions[index]!) : byOrder(sale, sessions, index, purchases)
        )
    }
  }
  return { sessions, purchases }
}

type PurchaseDraft = { -readonly [Key in keyof Purchase]: Purchase[Key] }

/**
 * An e-mail holds backwards until a session that has its own, and never past a logout (sessions.md 3.5), nor past a session that
 * it was taken back from (ADR 0051).
 */
const fillBack = (chapters: ReadonlyArray<Chapter>): Array<Session> => {
  const sessions = chapters.map(({ session }) => session)
  let carried: Email | null = null
  for (let index = sessions.length - 1; index >= 0; index--) {
    const session: Session = sessions[index]!
    if (session.isLoggedOut) carried = null
    if (session.email !== null) carried = session.email
    else if (carried !== null) {
      if (isUnlinked(chapters[index]!, carried)) carried = null
      else sessions[index] = { ...session, email: carried }
    }
  }
  return sessions
}

const isUnlinked = ({ events, from, to }: Chapter, email: Email): boolean => {
  for (let index = from; index < to; index++) if (events[index]!.unlinked?.includes(email)) return true
  return false
}

const byPage = ({ page, segment, cart }: Extract<Sale, { _tag: "ByPage" }>, session: Session): PurchaseDraft => ({
  at: page.occurredAt,
  orderId: page.order?.id ?? null,
  isInferred: page.order?.id === undefined,
  eventId: page.id,
  session,
  segment,
  order: null,
  cart,
  value: page.order?.value ?? null,
  currency: page.order?.currency ?? null,
  evidence: [page.id]
})

const byOrder = (
  sale: Extract<Sale, { _tag: "ByOrder" }>,
  sessions: Array<Session>,
  here: number,
  purchases: ReadonlyArray<PurchaseDraft>
): PurchaseDraft => {
  const { order, sessionId, segment, cart } = sale
  if (sessionId === null) return { ...standAlone(order), session: sessions[here]!, segment, cart }
  const index = sessions.findIndex(({ id }) => id === sessionId)
  if (index < 0) return standAlone(order)
  const session = sessions[index]!
  const purchase = { ...standAlone(order), session, segment: session.segments, cart: session.left?.cart ?? null }
  if (order.at > session.endedAt) return purchase
  // It is in an earlier session only where the next one began at its very instant; that one's walk could not close it.
  const closed = { ...session, left: null, cartFilledBy: null, segments: session.segments + 1 }
  sessions[index] = closed
  for (const other of [...purchases, purchase]) if (other.session === session) other.session = closed
  return purchase
}

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

/** An order ID that came after an inferred purchase names it, at its time (sessions.md 4.3). */
const name = (
  purchase: PurchaseDraft,
  { orderId, order, report, evidence }: Extract<Sale, { _tag: "Named" }>
): void => {
  purchase.orderId = orderId
  purchase.isInferred = false
  purchase.order = order
  purchase.value ??= report.value ?? null
  purchase.currency ??= report.currency ?? null
  purchase.evidence = [...purchase.evidence, evidence]
}
