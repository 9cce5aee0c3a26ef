import { type Activity, type Ids, OrderBook, Placement, type ReportedOrder, type Rules, Visit } from "@spoor/domain"
import type { CollectedSite } from "../input/CollectedSite.ts"
import type { Collector } from "../input/Collector.ts"
import type { Visitors } from "./Visitors.ts"

/** Which report of each order came first on a site, and whose the orders by API are. */
interface SiteOrders {
  readonly book: OrderBook.OrderBook
  readonly placement: Placement.Placement
}

/** The orders of all sites, under one set of rules. */
export type Orders = ReadonlyMap<Ids.SiteId, SiteOrders>

/**
 * Gives the orders to the visitors. Only where an order names nothing but an e-mail, the visitors are read for it:
 * sessions with one of these e-mails are kept, and nothing else.
 *
 * *Shape*: what is yielded are pauses.
 * *Source*: sessions.md 4.2 and 4.4; as `Site.sessionize` does it.
 */
export function* place(rules: Rules.Rules, { sites }: Collector, visitors: Visitors): Generator<"", Orders> {
  const books = [...sites.values()].map((site) => ({
    site,
    ...bookOf(site),
    candidates: new Array<Placement.Candidate>()
  }))
  const asked = new Map(books.filter(({ emails }) => emails.size > 0).map((book) => [book.site.id, book]))
  if (asked.size > 0) {
    for (const { events } of visitors.read()) {
      const book = asked.get(events[0]!.siteId)
      if (book !== undefined) for (const found of candidates(rules, events, book.emails)) book.candidates.push(found)
      yield ""
    }
  }
  return new Map(
    books.map(({ site, book, candidates }) => {
      const isKnown = (visitorId: Ids.VisitorId) => site.visitors.get(visitorId) !== undefined
      return [site.id, { book, placement: Placement.place(book.orders, isKnown, candidates) }]
    })
  )
}

const bookOf = ({ pages, orders }: CollectedSite) => {
  const book = OrderBook.make(pages.values(), orders)
  return { book, emails: Placement.emailsOf(book.orders) }
}

const candidates = (rules: Rules.Rules, events: ReadonlyArray<Activity.Activity>, emails: ReadonlySet<Ids.Email>) =>
  events.some(({ email }) => email !== undefined && emails.has(email))
    ? Placement.candidates(Visit.fold(rules, events, [], OrderBook.empty).sessions, events, emails)
    : []

/** One visitor's sessions and purchases, all orders considered. */
export const visit = (rules: Rules.Rules, events: ReadonlyArray<Activity.Activity>, orders: Orders): Visit.Visit => {
  const { siteId, visitorId } = events[0]!
  const { book, placement } = orders.get(siteId)!
  return Visit.fold(rules, events, placement.byVisitor.get(visitorId) ?? [], book)
}

/** Orders by API that no session can be given. */
export const alone = (orders: Orders): ReadonlyArray<ReportedOrder.ReportedOrder> =>
  [...orders.values()].flatMap(({ placement }) => placement.alone)

/**
 * The visitors whose own events do not tell it all: they have an order by API, or saw the sale page of an order that
 * somebody else reported, too. *Shape*: one element a visitor, 1 for those.
 */
export const touched = ({ sites, visitors }: Collector, orders: Orders): Uint8Array => {
  const touched = new Uint8Array(visitors)
  for (const site of sites.values()) {
    const { book, placement } = orders.get(site.id)!
    for (const visitorId of placement.byVisitor.keys()) touched[site.visitors.get(visitorId)!] = 1
    for (const [orderId, buyers] of site.buyers) {
      if (buyers.length > 1 || !book.pages.has(orderId)) for (const buyer of buyers) touched[buyer] = 1
    }
  }
  return touched
}
