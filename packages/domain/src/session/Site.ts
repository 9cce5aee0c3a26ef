import { type Activity, compare } from "./Activity.ts"
import type { VisitorId } from "./Ids.ts"
import * as OrderBook from "./OrderBook.ts"
import * as Outcome from "./Outcome.ts"
import * as Placement from "./Placement.ts"
import type { ReportedOrder } from "./ReportedOrder.ts"
import type { Rules } from "./Rules.ts"
import type { Session } from "./Session.ts"
import * as Span from "./Span.ts"
import * as Visit from "./Visit.ts"

/** Everything that is known of one site's activity, as a set: no order, repeats allowed. */
export interface Input {
  readonly events: ReadonlyArray<Activity>
  readonly orders?: ReadonlyArray<ReportedOrder>
  /** Sale pages of visitors whose events are not given, where they report an order ID that is. */
  readonly otherPages?: ReadonlyArray<OrderBook.PageReport>
}

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
  const timelines = new Map<VisitorId, ReadonlyArray<Span.Span>>()
  const pages: Array<OrderBook.PageReport> = [...(input.otherPages ?? [])]
  for (const [visitorId, events] of byVisitor(input.events)) {
    for (const event of events) {
      const report = OrderBook.reportOf(event)
      if (report !== undefined) pages.push(report)
    }
    timelines.set(visitorId, Span.split(rules, events))
  }
  const book = OrderBook.make(pages, firstReports(input.orders ?? []))
  const emails = Placement.emailsOf(book.orders)
  const candidates =
    emails.size === 0 ? [] : [...timelines].flatMap(([id, spans]) => Placement.candidates(id, spans, emails))
  const placement = Placement.place(book.orders, (id) => timelines.get(id) ?? [], candidates)

  const sessions: Array<Session> = []
  const outcomes: Array<Outcome.Outcome> = [...Outcome.alone(placement.alone, now)]
  for (const [visitorId, spans] of timelines) {
    const visit = Visit.fold(rules, spans, placement.byVisitor.get(visitorId) ?? [], book)
    for (const session of visit.sessions) sessions.push(session)
    for (const outcome of Outcome.settle(rules, visit, now)) outcomes.push(outcome)
  }
  return { sessions, outcomes }
}

/** Each visitor's events in total order, every event ID once. */
const byVisitor = (events: ReadonlyArray<Activity>): Map<VisitorId, Array<Activity>> => {
  const seen = new Set<string>()
  const visitors = new Map<VisitorId, Array<Activity>>()
  for (const event of events) {
    if (seen.has(event.id)) continue
    seen.add(event.id)
    const own = visitors.get(event.visitorId)
    if (own === undefined) visitors.set(event.visitorId, [event])
    else own.push(event)
  }
  for (const own of visitors.values()) own.sort(compare)
  return visitors
}

const firstReports = (orders: ReadonlyArray<ReportedOrder>): Iterable<ReportedOrder> => {
  const first = new Map<string, ReportedOrder>()
  for (const order of orders) if (!first.has(order.orderId)) first.set(order.orderId, order)
  return first.values()
}
