import {
  type Activity,
  Identification,
  type Ids,
  Lateness,
  OrderBook,
  Outcome,
  Placement,
  type ReportedOrder,
  type Rules,
  type Session,
  Timeline,
  Unlinking
} from "@spoor/domain"
import type { Given, StoredActivity } from "@spoor/postgres"
import type { History } from "./Histories.ts"

/** A held visitor. *Shape*: what is stored of it, remembered or as it was read; `fresh` are the batch's new events. */
export interface KnownVisitor {
  readonly id: Ids.VisitorId
  readonly stored: History | ReadonlyArray<StoredActivity>
  readonly fresh: ReadonlyArray<Activity.Activity>
  readonly given: Given
}

/** A visitor's state with the new events, and the state before. */
export interface Begun {
  readonly visitor: KnownVisitor
  readonly history: History | null
  readonly timeline: Timeline.Timeline
  readonly events: ReadonlyArray<Activity.Activity> | null
  readonly isSlow: boolean
}

/** The visitors of whom more is asked than is remembered: read all that is stored of them. */
export interface Forgotten {
  readonly _tag: "Forgotten"
  readonly visitorIds: ReadonlyArray<Ids.VisitorId>
}

export const isHistory = (stored: KnownVisitor["stored"]): stored is History => "timeline" in stored

export const pagesOf = ({ fresh, stored }: KnownVisitor): ReadonlyArray<OrderBook.PageReport> => [
  ...(isHistory(stored) ? stored.timeline.pages : reportsOf(stored.map(({ activity }) => activity))),
  ...reportsOf(fresh)
]

const reportsOf = (events: ReadonlyArray<Activity.Activity>): ReadonlyArray<OrderBook.PageReport> =>
  events.flatMap((event) => OrderBook.reportOf(event) ?? [])

/** The orders that a visitor's pages report. */
export const ordersOnPages = (visitor: KnownVisitor): ReadonlyArray<Ids.OrderId> =>
  pagesOf(visitor).map(({ orderId }) => orderId)

export const forgotten = (visitors: ReadonlyArray<KnownVisitor>): Forgotten => ({
  _tag: "Forgotten",
  visitorIds: visitors.map(({ id }) => id)
})

/** Whether the new events, orders or e-mails reach back to what is forgotten. */
export const isShort = (rules: Rules.Rules, visitor: KnownVisitor, book: OrderBook.OrderBook): boolean => {
  const { fresh, given, stored } = visitor
  if (!isHistory(stored) || stored.timeline.forgotten === 0) return false
  const { orders } = stored.timeline
  return (
    isGiven(given) ||
    fresh.some((event) => Lateness.isSlow(rules, event)) ||
    Timeline.reachesBack(stored.timeline, { events: fresh, site: { book, orders } })
  )
}

const isGiven = ({ identifications, unlinkings }: Given): boolean => identifications.length + unlinkings.length > 0

/** Takes the new events in. */
export const begin = (rules: Rules.Rules, visitor: KnownVisitor, book: OrderBook.OrderBook): Begun => {
  const { fresh, given, stored } = visitor
  const history = isHistory(stored) ? stored : null
  const isSlow = (events: ReadonlyArray<Activity.Activity>) => events.some((event) => Lateness.isSlow(rules, event))
  if (history !== null && history.events === null && !isGiven(given)) {
    const { timeline } = history
    const news = { events: fresh, site: { book, orders: timeline.orders } }
    return {
      visitor,
      history,
      timeline: Timeline.advance(rules, timeline, news),
      events: null,
      isSlow: history.isSlow || isSlow(fresh)
    }
  }
  const before = isHistory(stored)
    ? (stored.events ?? Timeline.eventsOf(stored.timeline))
    : stored.map(({ activity }) => activity)
  const all = [...before, ...fresh]
  const left = Unlinking.apply({ events: all, identifications: given.identifications }, given.unlinkings)
  const events = Identification.attach(rules, left.events, left.identifications)
  return {
    visitor,
    history,
    timeline: Timeline.advance(rules, Timeline.empty, { events, site: { book, orders: [] } }),
    events: isGiven(given) ? all : null,
    isSlow: isSlow(all)
  }
}

/** *Shape*: `states` in the order of the input. */
export interface Amount {
  readonly _tag: "Amount"
  readonly states: ReadonlyArray<{
    readonly timeline: Timeline.Timeline
    readonly sessions: ReadonlyArray<Session.Session>
  }>
  readonly outcomes: ReadonlyArray<Outcome.Outcome>
}

/** What some visitors' events amount to once the orders have been given to them (sessions.md 4.4). */
export const amountTo = (
  rules: Rules.Rules,
  begun: ReadonlyArray<Pick<Begun, "visitor" | "timeline">>,
  book: OrderBook.OrderBook
): Amount | Forgotten => {
  const emails = Placement.emailsOf(book.orders)
  const candidates = emails.size === 0 ? [] : begun.flatMap(({ timeline }) => candidatesOf(rules, timeline, emails))
  const known = new Set(begun.flatMap(({ timeline, visitor }) => (timeline.open === null ? [] : [visitor.id])))
  const { alone, byVisitor } = Placement.place(book.orders, (id) => known.has(id), candidates)
  const newsOf = ({ id }: KnownVisitor): Timeline.News => ({ site: { book, orders: byVisitor.get(id) ?? [] } })
  const short = begun.filter(({ timeline, visitor }) => Timeline.reachesBack(timeline, newsOf(visitor)))
  if (short.length > 0) return forgotten(short.map(({ visitor }) => visitor))
  const outcomes: Array<Outcome.Outcome> = [...Outcome.alone(alone, Infinity)]
  const states = begun.map((one) => {
    const timeline = Timeline.advance(rules, one.timeline, newsOf(one.visitor))
    const visit = Timeline.read(rules, timeline)
    for (const outcome of Outcome.settle(rules, visit, Infinity)) outcomes.push(outcome)
    return { timeline, sessions: visit.sessions }
  })
  return { _tag: "Amount", states, outcomes }
}

/** What follows without the events that came too late. *Shape*: `orders` without those that did. */
export const amountOnTime = (
  rules: Rules.Rules,
  begun: ReadonlyArray<Begun>,
  late: ReadonlySet<Ids.EventId>,
  reports: {
    readonly orders: ReadonlyArray<ReportedOrder.ReportedOrder>
    readonly otherPages: ReadonlyArray<OrderBook.PageReport>
  }
): Amount | Forgotten => {
  const pages = begun.flatMap(({ timeline }) => timeline.pages).filter(({ id }) => !late.has(id as Ids.EventId))
  const book = OrderBook.make([...pages, ...reports.otherPages], reports.orders)
  const site = { book, orders: [] }
  const punctual = begun.map(({ isSlow, timeline, visitor }) => {
    const events = isSlow ? Timeline.eventsOf(timeline) : []
    return events.some(({ id }) => late.has(id))
      ? {
          visitor,
          timeline: Timeline.advance(rules, Timeline.empty, { events: events.filter(({ id }) => !late.has(id)), site })
        }
      : { visitor, timeline }
  })
  return amountTo(rules, punctual, book)
}

const candidatesOf = (
  rules: Rules.Rules,
  timeline: Timeline.Timeline,
  emails: ReadonlySet<Ids.Email>
): ReadonlyArray<Placement.Candidate> => {
  const chapters = Timeline.chaptersOf(timeline)
  return Timeline.read(rules, timeline).sessions.flatMap(({ email, id, visitorId }, index) =>
    email !== null && emails.has(email)
      ? [{ visitorId, email, sessionId: id, first: Timeline.firstOf(chapters[index]!) }]
      : []
  )
}

/** The events that came too late to change an outcome (sessions.md 6.2). */
export const lateIds = (rules: Rules.Rules, begun: ReadonlyArray<Begun>): ReadonlySet<Ids.EventId> =>
  Lateness.lateIds(
    rules,
    begun.flatMap(({ events, isSlow, timeline, visitor }) => {
      if (!isSlow) return []
      if (events === null) return Timeline.eventsOf(timeline)
      return Unlinking.apply({ events, identifications: [] }, visitor.given.unlinkings).events
    })
  )
