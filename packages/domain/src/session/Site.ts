import { type Activity, compare } from "./Activity.ts"
import type { VisitorId } from "./Ids.ts"
import * as OrderBook from "./OrderBook.ts"
import * as Outcome from "./Outcome.ts"
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

interface Timeline {
  readonly spans: ReadonlyArray<Span.Span>
  readonly orders: Array<Visit.PlacedOrder>
}

/**
 * The sessions and outcomes of one site at `now`, from the set of its events alone.
 *
 * Of two events with one ID the first given is kept, of two reports of an order likewise; give them in the order in
 * which they were stored (sessions.md 2.1).
 * *Source*: sessions.md 1.3 to 5, and its first property (order-free).
 */
export const sessionize = (rules: Rules, input: Input, now: number): Sessionized => {
  const timelines = new Map<VisitorId, Timeline>()
  const pages: Array<OrderBook.PageReport> = [...(input.otherPages ?? [])]
  for (const [visitorId, events] of byVisitor(input.events)) {
    for (const event of events) {
      const report = OrderBook.reportOf(event)
      if (report !== undefined) pages.push(report)
    }
    timelines.set(visitorId, { spans: Span.split(rules, events), orders: [] })
  }
  const book = OrderBook.make(pages, firstReports(input.orders ?? []))
  const alone = place(book.orders, timelines)

  const sessions: Array<Session> = []
  const outcomes: Array<Outcome.Outcome> = alone
    .filter((order) => order.at <= now)
    .map((order) => Outcome.finalized(Visit.standAlone(order)))
  for (const { spans, orders } of timelines.values()) {
    const visit = Visit.fold(rules, spans, orders, book)
    sessions.push(...visit.sessions)
    outcomes.push(...Outcome.settle(rules, visit, now))
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

/** Gives each order by API to its session (sessions.md 4.4); returns those that stand alone. */
const place = (
  orders: ReadonlyArray<ReportedOrder>,
  timelines: ReadonlyMap<VisitorId, Timeline>
): ReadonlyArray<ReportedOrder> => {
  const byEmail = Map.groupBy(
    orders.some((order) => order.visitorId === undefined) ? candidates(timelines) : [],
    ({ span }) => span.email
  )
  return orders.filter((order) => {
    const found =
      order.visitorId === undefined
        ? byEmail.get(order.email ?? null)?.findLast(({ span }) => span.startedAt <= order.at)
        : lastBegun(timelines.get(order.visitorId), order.at)
    found?.timeline.orders.push({ order, span: found.timeline.spans.indexOf(found.span) })
    return found === undefined
  })
}

interface Candidate {
  readonly timeline: Timeline
  readonly span: Span.Span
}

const lastBegun = (timeline: Timeline | undefined, at: number): Candidate | undefined => {
  const span = timeline?.spans.findLast(({ startedAt }) => startedAt <= at)
  return timeline === undefined || span === undefined ? undefined : { timeline, span }
}

/** All sessions that have an e-mail, in the order of their first events. */
const candidates = (timelines: ReadonlyMap<VisitorId, Timeline>): ReadonlyArray<Candidate> =>
  [...timelines.values()]
    .flatMap((timeline) => timeline.spans.map((span) => ({ timeline, span })))
    .filter(({ span }) => span.email !== null)
    .sort((a, b) => compare(a.span.events[0]!, b.span.events[0]!))
