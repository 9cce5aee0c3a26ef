import type { Ids } from "../../src/index.ts"
import {
  type Activity,
  OrderBook,
  Outcome,
  Placement,
  type ReportedOrder,
  type Rules,
  type Site,
  Timeline,
  type Visit
} from "../../src/index.ts"

export type Piece = Activity.Activity | ReportedOrder.ReportedOrder

const isOrder = (piece: Piece): piece is ReportedOrder.ReportedOrder => "orderId" in piece

/** A site that keeps a timeline for each visitor and hears of everything in pieces, in any order, repeats included. */
export class Incremental {
  readonly timelines = new Map<Ids.VisitorId, Timeline.Timeline>()
  private readonly rules: Rules.Rules
  private readonly events = new Map<Ids.EventId, Activity.Activity>()
  private readonly orders = new Map<Ids.OrderId, ReportedOrder.ReportedOrder>()

  constructor(rules: Rules.Rules) {
    this.rules = rules
  }

  /** What is repeated is dropped; every visitor hears its own events, then what the site makes of orders and pages. */
  hear(batch: ReadonlyArray<Piece>): void {
    const fresh: Array<Activity.Activity> = []
    for (const piece of batch) {
      if (isOrder(piece)) {
        if (!this.orders.has(piece.orderId)) this.orders.set(piece.orderId, piece)
      } else if (!this.events.has(piece.id)) {
        this.events.set(piece.id, piece)
        fresh.push(piece)
      }
    }
    const pages = [...this.events.values()].flatMap((event) => OrderBook.reportOf(event) ?? [])
    const book = OrderBook.make(pages, this.orders.values())
    for (const [visitorId, events] of Map.groupBy(fresh, (event) => event.visitorId)) {
      this.tell(visitorId, { events, site: { book, orders: this.timelines.get(visitorId)?.orders ?? [] } })
    }
    const { byVisitor } = this.place(book)
    for (const visitorId of this.timelines.keys()) {
      this.tell(visitorId, { site: { book, orders: byVisitor.get(visitorId) ?? [] } })
    }
  }

  /** Keeps of every visitor only the events of the last while. *Units*: milliseconds. */
  forget(span: number): void {
    for (const [visitorId, timeline] of this.timelines) {
      const before = (timeline.open?.session.endedAt ?? 0) - span
      this.timelines.set(visitorId, Timeline.forget(timeline, before))
    }
  }

  /** What all that was heard amounts to. */
  read(now: number): Site.Sessionized {
    const pages = [...this.events.values()].flatMap((event) => OrderBook.reportOf(event) ?? [])
    const { alone } = this.place(OrderBook.make(pages, this.orders.values()))
    const visits = [...this.timelines.values()].map((timeline) => Timeline.read(this.rules, timeline))
    return {
      sessions: visits.flatMap(({ sessions }) => sessions),
      outcomes: [...Outcome.alone(alone, now), ...visits.flatMap((visit) => Outcome.settle(this.rules, visit, now))]
    }
  }

  private place(book: OrderBook.OrderBook): Placement.Placement {
    const emails = Placement.emailsOf(book.orders)
    const candidates = [...this.timelines.values()].flatMap((timeline) => {
      const { sessions }: Visit.Visit = Timeline.read(this.rules, timeline)
      const events = sessions.flatMap(({ eventIds }) => eventIds.flatMap((id) => this.events.get(id) ?? []))
      return Placement.candidates(sessions, events, emails)
    })
    return Placement.place(book.orders, (visitorId) => this.timelines.has(visitorId), candidates)
  }

  private tell(visitorId: Ids.VisitorId, news: Timeline.News): void {
    const timeline = this.timelines.get(visitorId) ?? Timeline.empty
    const known = Timeline.reachesBack(timeline, news) ? this.readAgain(visitorId, timeline, news) : timeline
    this.timelines.set(visitorId, Timeline.advance(this.rules, known, news))
  }

  private readAgain(visitorId: Ids.VisitorId, { book, orders }: Timeline.Timeline, { events = [] }: Timeline.News) {
    const own = [...this.events.values()].filter((event) => event.visitorId === visitorId && !events.includes(event))
    return Timeline.advance(this.rules, Timeline.empty, { events: own, site: { book, orders } })
  }
}
