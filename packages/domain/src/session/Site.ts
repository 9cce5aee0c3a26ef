import type { Activity } from "./Activity.ts"
import * as OrderBook from "./OrderBook.ts"
import * as Outcome from "./Outcome.ts"
import * as Placement from "./Placement.ts"
import type { PlacedOrder } from "./Purchase.ts"
import type { ReportedOrder } from "./ReportedOrder.ts"
import type { Rules } from "./Rules.ts"
import type { Session } from "./Session.ts"
import * as Visit from "./Visit.ts"
import * as Visitors from "./Visitors.ts"

/** Everything that is known of one site's activity, as a set: no order, repeats allowed. */
export interface Input {
  readonly events: ReadonlyArray<Activity>
  readonly orders?: ReadonlyArray<ReportedOrder>
  /** Sale pages of visitors whose events are not given, where they report an order ID that is. */
  readonly otherPages?: ReadonlyArray<OrderBook.PageReport>
}

/**
 * *Shape*: sessions visitor by visitor, each visitor's in order of time. Outcomes of orders that stand alone come first, then
 * each visitor's purchases and abandonments.
 */
export interface Sessionized {
  readonly sessions: ReadonlyArray<Session>
  readonly outcomes: ReadonlyArray<Outcome.Outcome>
}

/**
 * The sessions and outcomes of one site at `now`, from the set of its events alone.
 *
 * Of two events with one ID the first given is kept, of two reports of an order likewise; give them in the order in
 * which they were stored (sessions.md 2.1).
 * *Source*: sessions.md 1.3 to 5, and its first property (order-free).
 */
export const sessionize = (rules: Rules, input: Input, now: number): Sessionized => {
  const visitors = Visitors.group(input.events)
  const pages = [...visitors.pages, ...(input.otherPages ?? [])]
  const book = OrderBook.make(pages, firstReports(input.orders ?? []))
  const { byVisitor: orders, alone } = place(rules, visitors, book)

  const sessions: Array<Session> = []
  const outcomes: Array<Outcome.Outcome> = [...Outcome.alone(alone, now)]
  for (let visitor = 0; visitor < visitors.ids.length; visitor++) {
    const own = orders.get(visitors.ids[visitor]!) ?? none
    const visit = Visit.fold(rules, visitors.timeline(visitor), own, book)
    for (const session of visit.sessions) sessions.push(session)
    for (const outcome of Outcome.settle(rules, visit, now)) outcomes.push(outcome)
  }
  return { sessions, outcomes }
}

const none: ReadonlyArray<PlacedOrder> = []

const firstReports = (orders: ReadonlyArray<ReportedOrder>): Iterable<ReportedOrder> => {
  const first = new Map<string, ReportedOrder>()
  for (const order of orders) if (!first.has(order.orderId)) first.set(order.orderId, order)
  return first.values()
}

/** Where only an e-mail is named, all sessions of the site must be known first; sessions do not depend on orders. */
const place = (rules: Rules, visitors: Visitors.Visitors, book: OrderBook.OrderBook): Placement.Placement => {
  const emails = Placement.emailsOf(book.orders)
  const candidates: Array<Placement.Candidate> = []
  for (let visitor = 0; emails.size > 0 && visitor < visitors.ids.length; visitor++) {
    const events = visitors.timeline(visitor)
    if (!events.some(({ email }) => email !== undefined && emails.has(email))) continue
    const { sessions } = Visit.fold(rules, events, none, OrderBook.empty)
    candidates.push(...Placement.candidates(sessions, events, emails))
  }
  return Placement.place(book.orders, visitors.isKnown, candidates)
}
