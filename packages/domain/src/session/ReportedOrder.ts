import { Schema } from "effect"
import { Currency, Money } from "./Cart.ts"
import { Email, OrderId, SiteId, VisitorId } from "./Ids.ts"
import { Instant } from "./Time.ts"

/**
 * An order that the shop's own system reported through the API (sessions.md 4.2 to 4.4). The first report of an order
 * ID on a site is kept.
 *
 * *Units*: `at` in UTC milliseconds, `value` in minor units of `currency`.
 */
export const ReportedOrder = Schema.Struct({
  orderId: OrderId,
  siteId: SiteId,
  visitorId: Schema.optionalKey(VisitorId),
  email: Schema.optionalKey(Email),
  at: Instant,
  value: Schema.optionalKey(Money),
  currency: Schema.optionalKey(Currency)
})
export interface ReportedOrder extends Schema.Schema.Type<typeof ReportedOrder> {}

/** Two orders of one instant stand by order ID (sessions.md 1.3). */
export const compare = (a: ReportedOrder, b: ReportedOrder): number =>
  a.at - b.at || (a.orderId < b.orderId ? -1 : a.orderId > b.orderId ? 1 : 0)
