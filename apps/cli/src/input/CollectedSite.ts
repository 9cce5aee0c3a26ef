import { Activity, type Ids, type OrderBook, type ReportedOrder } from "@spoor/domain"
import { IdMap } from "./IdMap.ts"

/** What must be known of all of a site's lines at once. It grows with the visitors, the order IDs and the orders by API. */
export class CollectedSite {
  readonly id: Ids.SiteId
  /** From 0 in the order of the sites' first lines. */
  readonly number: number
  /** The visitors' numbers. */
  readonly visitors = new IdMap<number>()
  /** The first report of each order by API, in the order of the lines. */
  readonly orders: Array<ReportedOrder.ReportedOrder> = []
  /** The first sale page of each order ID, in total order. */
  readonly pages = new Map<Ids.OrderId, OrderBook.PageReport>()
  /** The visitors who saw a sale page of the order ID. */
  readonly buyers = new Map<Ids.OrderId, Array<number>>()

  constructor(id: Ids.SiteId, number: number) {
    this.id = id
    this.number = number
  }

  /** A sale page that names an order, seen by a visitor. */
  report(page: OrderBook.PageReport, visitor: number): void {
    const first = this.pages.get(page.orderId)
    if (first === undefined || Activity.compare(page, first) < 0) this.pages.set(page.orderId, page)
    const buyers = this.buyers.get(page.orderId)
    if (buyers === undefined) this.buyers.set(page.orderId, [visitor])
    else if (buyers.at(-1) !== visitor) buyers.push(visitor)
  }
}
