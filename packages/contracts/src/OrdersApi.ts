import { Cart, Ids, Time } from "@spoor/domain"
import { Schema } from "effect"
import { type Decode, decoder, EmailFromWire, OrderIdFromWire } from "./Item.ts"
import { Attributes, Paging, requiring } from "./Platform.ts"

const fields = {
  siteId: Schema.optionalKey(Ids.SiteId),
  visitorId: Schema.optionalKey(Ids.VisitorId),
  email: Schema.optionalKey(EmailFromWire),
  at: Schema.optionalKey(Time.InstantFromWire),
  value: Schema.optionalKey(Cart.Money),
  currency: Schema.optionalKey(Cart.Currency),
  attributes: Schema.optionalKey(Attributes)
}

/**
 * What `POST /orders` takes. The first report of an order ID on a site counts as its purchase unless a sale page came
 * first (sessions.md 4.2 to 4.4); a second one is answered with the first.
 *
 * *Shape*: a visitor or an e-mail at least. A unit with one site need not name it.
 * *Units*: `at` by the shop's clock, when the order was placed, without it now; `value` in minor units of `currency`.
 */
export const NewOrder = Schema.Struct({ id: OrderIdFromWire, ...fields }).annotate({ identifier: "NewOrder" })
export interface NewOrder extends Schema.Schema.Type<typeof NewOrder> {}

/**
 * What `PUT /orders/{id}` takes: what the API answers from now on; a value, currency or attributes that are absent are cleared.
 *
 * *Shape*: visitor, e-mail and time were reported once; given again they must be the same.
 */
export const OrderChange = Schema.Struct({ id: Schema.optionalKey(OrderIdFromWire), ...fields }).annotate({
  identifier: "OrderChange"
})
export interface OrderChange extends Schema.Schema.Type<typeof OrderChange> {}

/** An order as the API answers it. *Units*: `at` corrected by our clock, `value` in minor units. */
export const Order = Schema.Struct({
  id: Ids.OrderId,
  siteId: Ids.SiteId,
  visitorId: Schema.NullOr(Ids.VisitorId),
  email: Schema.NullOr(Ids.Email),
  at: Time.InstantFromWire,
  value: Schema.NullOr(Cart.Money),
  currency: Schema.NullOr(Cart.Currency),
  attributes: Attributes,
  createdAt: Time.InstantFromWire,
  updatedAt: Time.InstantFromWire
}).annotate({ identifier: "Order" })
export interface Order extends Schema.Schema.Type<typeof Order> {}

/** By ID; `next` is null on the last page. */
export const OrderPage = Schema.Struct({
  items: Schema.Array(Order),
  next: Schema.NullOr(Schema.String)
}).annotate({ identifier: "OrderPage" })

/** Which site, where the unit has several. */
export const SiteQuery = Schema.Struct({ siteId: Schema.optionalKey(Ids.SiteId) })

/** The query of `GET /orders`. */
export const OrderQuery = Schema.Struct({
  ...Paging,
  ...SiteQuery.fields,
  email: Schema.optionalKey(EmailFromWire),
  visitorId: Schema.optionalKey(Ids.VisitorId)
})

const priced = ({ value, currency }: Pick<NewOrder, "value" | "currency">) =>
  value !== undefined && currency === undefined ? "/currency" : undefined

export const decodeNew: Decode<NewOrder> = requiring(decoder(NewOrder), (order) =>
  order.visitorId === undefined && order.email === undefined ? "/email" : priced(order)
)
export const decodeChange: Decode<OrderChange> = requiring(decoder(OrderChange), priced)
export const decodeQuery: Decode<typeof OrderQuery.Type> = decoder(OrderQuery)
export const decodeSite: Decode<typeof SiteQuery.Type> = decoder(SiteQuery)
