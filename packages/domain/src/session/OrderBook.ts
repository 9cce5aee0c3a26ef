import { type Activity, compare, isSalePage, type Position } from "./Activity.ts"
import type { OrderId } from "./Ids.ts"
import { compare as compareOrders, type ReportedOrder } from "./ReportedOrder.ts"
import { deadBand } from "./Time.ts"

/** A sale page that names an order ID; all that is needed of it to know which report of an order came first. */
export interface PageReport extends Position {
  readonly orderId: OrderId
}

/**
 * Which report of each order ID on one site came first: that one is the purchase (sessions.md 4.2).
 *
 * *Shape*: per order ID either the sale page's event ID or the order reported by API.
 */
export interface OrderBook {
  readonly pages: ReadonlyMap<OrderId, string>
  readonly orders: ReadonlyArray<ReportedOrder>
}

/** A book without any report. */
export const empty: OrderBook = { pages: new Map(), orders: [] }

/** *Shape*: reports in any order; `orders` holds at most one report of an order ID (the first stored). */
export const make = (pages: Iterable<PageReport>, orders: Iterable<ReportedOrder>): OrderBook => {
  const first = new Map<OrderId, PageReport>()
  for (const page of pages) {
    const known = first.get(page.orderId)
    if (known === undefined || compare(page, known) < 0) first.set(page.orderId, page)
  }
  const winning: Array<ReportedOrder> = []
  for (const order of orders) {
    const page = first.get(order.orderId)
    if (page !== undefined && page.occurredAt <= order.at + deadBand) continue
    first.delete(order.orderId)
    winning.push(order)
  }
  return { pages: new Map([...first].map(([id, page]) => [id, page.id])), orders: winning.sort(compareOrders) }
}

/** The order ID that a sale page reports, if it does. */
export const reportOf = (event: Activity): PageReport | undefined =>
  isSalePage(event) && event.order?.id !== undefined
    ? { id: event.id, occurredAt: event.occurredAt, sequence: event.sequence, orderId: event.order.id }
    : undefined
