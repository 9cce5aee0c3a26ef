import { Schema } from "effect"
import { Cart, Currency, Money } from "./Cart.ts"
import { CartChange } from "./CartChange.ts"
import { Email, EventId, OrderId, SiteId, text, VisitorId } from "./Ids.ts"
import { Instant } from "./Time.ts"

/** What a customer did on the shop's pages. *Source*: spec.md, "Website activity". */
export const ActivityType = Schema.Literals([
  "VisitOnWebsite",
  "VisitOnProductPage",
  "VisitOnCartListPage",
  "VisitOnLoginPage",
  "ModifyCart",
  "VisitOnSalePage"
])
export type ActivityType = typeof ActivityType.Type

export const Device = Schema.Literals(["desktop", "mobile", "tablet"])
export type Device = typeof Device.Type

/** The product that a page was about, or a difference of a cart. *Units*: `price` in minor units of `currency`. */
export const Product = Schema.Struct({
  id: text(128).check(Schema.isMinLength(1)),
  name: Schema.optionalKey(text(512)),
  price: Schema.optionalKey(Money),
  currency: Schema.optionalKey(Currency)
})
export interface Product extends Schema.Schema.Type<typeof Product> {}

/** What a sale page says of the order. *Units*: `value` in minor units of `currency`. */
export const Order = Schema.Struct({
  id: Schema.optionalKey(OrderId),
  value: Schema.optionalKey(Money),
  currency: Schema.optionalKey(Currency)
})
export interface Order extends Schema.Schema.Type<typeof Order> {}

/**
 * One thing that one browser did on one site, as it is stored.
 *
 * *Units*: instants in UTC milliseconds. `occurredAt` is corrected (sessions.md 1), `clientAt` is not.
 * `sequence` is the tracker's own counter, 0 if it has none (1.3). `isHistory` marks an import with its own
 * `receivedAt` (1.4). A `cartChange` stands for the snapshot that it leads to; next to a `cart` it says nothing.
 */
export const Activity = Schema.Struct({
  id: EventId,
  siteId: SiteId,
  visitorId: VisitorId,
  type: ActivityType,
  occurredAt: Instant,
  clientAt: Schema.optionalKey(Instant),
  receivedAt: Instant,
  sequence: Schema.Int,
  email: Schema.optionalKey(Email),
  logout: Schema.optionalKey(Schema.Literal(true)),
  url: Schema.optionalKey(text(2048)),
  title: Schema.optionalKey(text(512)),
  referrer: Schema.optionalKey(text(2048)),
  device: Schema.optionalKey(Device),
  product: Schema.optionalKey(Product),
  cart: Schema.optionalKey(Cart),
  cartChange: Schema.optionalKey(CartChange),
  order: Schema.optionalKey(Order),
  isClockWrong: Schema.optionalKey(Schema.Literal(true)),
  isHistory: Schema.optionalKey(Schema.Literal(true))
})
export interface Activity extends Schema.Schema.Type<typeof Activity> {
  /** E-mails that its session takes from no later one. Never stored: `Unlinking.apply` adds it. */
  readonly unlinked?: ReadonlyArray<Email>
}

/** The place of an event in its visitor's total order. */
export interface Position {
  readonly occurredAt: Instant
  readonly sequence: number
  readonly id: string
}

/** The total order of one visitor's events; IDs compare by UTF-16 code units (sessions.md 1.3). */
export const compare = (a: Position, b: Position): number =>
  a.occurredAt - b.occurredAt || a.sequence - b.sequence || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

export const isSalePage = (activity: Activity): boolean => activity.type === "VisitOnSalePage"
