import { Activity, type Ids, OrderBook, Outcome, Rules, Timeline } from "@spoor/domain"
import type { Options } from "../Bench.ts"
import * as Shop from "../events/Shop.ts"
import { type Cell, time } from "../Rounds.ts"
import type { Counted } from "./Counted.ts"
import { byPause } from "./whole.ts"

/** As many events as a busy door hands on at once. */
const BATCH = 1_000

/**
 * The same events in batches, as a worker meets them: each visitor's stored state takes what is new to it. At the end all
 * states are read, so that the answer is the whole one.
 */
export const incremental = ({ events: count, seed }: Options): Cell<Counted> => ({
  name: "incremental",
  measure: async () => {
    const events = Shop.arrivals(seed, count)
    const { elapsed, result } = await time(() => {
      const site = new Site()
      for (let from = 0; from < events.length; from += BATCH) site.take(events.slice(from, from + BATCH))
      return site.read()
    })
    return { elapsed, counted: byPause(result) }
  }
})

/** What a database is to a worker: stored states, known event IDs, and which page reported an order first. */
class Site {
  private readonly known = new Set<string>()
  private readonly timelines = new Map<Ids.VisitorId, Timeline.Timeline>()
  private readonly first = new Map<Ids.OrderId, Activity.Activity>()

  take(batch: ReadonlyArray<Activity.Activity>): void {
    const fresh = batch.filter(({ id }) => !this.known.has(id) && this.known.add(id))
    const touched = new Set(fresh.flatMap((event) => this.reported(event)))
    const arrived = Map.groupBy(fresh, ({ visitorId }) => visitorId)
    for (const visitorId of [...touched].filter((id) => !arrived.has(id))) arrived.set(visitorId, [])
    for (const [visitorId, events] of arrived) {
      const timeline = this.timelines.get(visitorId) ?? Timeline.empty
      const news = touched.has(visitorId) ? { events, site: this.siteOf(timeline, events) } : { events }
      this.timelines.set(visitorId, Timeline.advance(Rules.defaults, timeline, news))
    }
  }

  read() {
    return [...this.timelines.values()].flatMap((timeline) => {
      const visit = Timeline.read(Rules.defaults, timeline)
      Outcome.settle(Rules.defaults, visit, Shop.muchLater)
      return visit.sessions
    })
  }

  /** The visitors to whom a sale page is news: its own, and the one whose page was first before it. */
  private reported(event: Activity.Activity): ReadonlyArray<Ids.VisitorId> {
    const orderId = OrderBook.reportOf(event)?.orderId
    if (orderId === undefined) return []
    const before = this.first.get(orderId)
    if (before === undefined || Activity.compare(event, before) < 0) this.first.set(orderId, event)
    return before === undefined ? [event.visitorId] : [event.visitorId, before.visitorId]
  }

  private siteOf(timeline: Timeline.Timeline, events: ReadonlyArray<Activity.Activity>) {
    const reports = [...timeline.pages, ...events.flatMap((event) => OrderBook.reportOf(event) ?? [])]
    const pages = reports.flatMap(({ orderId }) => {
      const first = this.first.get(orderId)
      return first === undefined ? [] : [[orderId, first.id] as const]
    })
    return { book: { pages: new Map(pages), orders: [] }, orders: [] }
  }
}
