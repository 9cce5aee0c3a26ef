import { Item } from "@spoor/contracts"
import { Activity, Cart, Ids, type Rejection, type ReportedOrder } from "@spoor/domain"
import { Result, Schema } from "effect"
import * as Instant from "./Instant.ts"

/** The site of a line that names none. */
const defaultSite = Ids.SiteId.make("default")

const isEmail = Schema.is(Ids.Email)

/** As people type it; `normal` gives the one form that is kept (sessions.md 2.5). */
const EmailText = Ids.text(320).check(
  Schema.makeFilter((text) => isEmail(normal(text)), { expected: "an e-mail address" })
)

const normal = (email: string): string => email.trim().toLowerCase()

/** As a shop writes it; blank where `isFilled` does not ask for more. */
const OrderIdText = Ids.text(128)

const isFilled = Schema.makeFilter((text: string) => text.trim() !== "", { expected: "more than white space" })

/** `Instant.parse` reads it; what it cannot read is refused there. */
const InstantText = Schema.Union([Schema.Finite, Schema.String])

/**
 * One event, as README.md documents it.
 *
 * Nothing here transforms: a struct without transformations is compiled as a whole, and takes a third of the time. What
 * is kept in another form than it comes in, `toActivity` changes.
 */
const EventLine = Schema.Struct({
  id: Ids.EventId,
  siteId: Schema.optionalKey(Ids.SiteId),
  visitorId: Ids.VisitorId,
  type: Activity.ActivityType,
  at: InstantText,
  sequence: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  email: Schema.optionalKey(EmailText),
  logout: Schema.optionalKey(Schema.Boolean),
  cart: Schema.optionalKey(Schema.Struct({ currency: Cart.Cart.fields.currency, items: Cart.Cart.fields.items })),
  order: Schema.optionalKey(
    Schema.Struct({
      id: Schema.optionalKey(OrderIdText),
      value: Schema.optionalKey(Cart.Money),
      currency: Schema.optionalKey(Cart.Currency)
    })
  ),
  product: Schema.optionalKey(Schema.Struct({ id: Activity.Product.fields.id, name: Activity.Product.fields.name }))
})
type EventLine = typeof EventLine.Type

/** One order by API, as README.md documents it. */
const OrderLine = Schema.Struct({
  orderId: OrderIdText.check(isFilled),
  siteId: Schema.optionalKey(Ids.SiteId),
  visitorId: Schema.optionalKey(Ids.VisitorId),
  email: Schema.optionalKey(EmailText),
  at: InstantText,
  value: Schema.optionalKey(Cart.Money),
  currency: Schema.optionalKey(Cart.Currency)
})
type OrderLine = typeof OrderLine.Type

/** What an accepted line says. */
export type Line = Activity.Activity | ReportedOrder.ReportedOrder

export const isOrder = (line: Line): line is ReportedOrder.ReportedOrder => "orderId" in line

const decodeEvent = Item.decoder(EventLine)
const decodeOrder = Item.decoder(OrderLine)

/** What one line says, or why it is not taken: the first wrong field, and `at` last. */
export const decode = (text: string): Result.Result<Line, Rejection.Rejection> => {
  const item = parseJson(text)
  if (item === undefined) return Result.fail(malformed)
  return isOrderKind(item) ? Result.flatMap(decodeOrder(item), toOrder) : Result.flatMap(decodeEvent(item), toActivity)
}

const malformed: Rejection.Rejection = { reason: "malformed", pointer: "" }

/** A time that is none. */
const timeless: Rejection.Rejection = { reason: "invalid", pointer: "/at" }

/** An order that names nobody. */
const anonymous: Rejection.Rejection = { reason: "missing", pointer: "/visitorId" }

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isOrderKind = (item: unknown): boolean =>
  typeof item === "object" && item !== null && "kind" in item && item.kind === "order"

/** *Shape*: `receivedAt` is the event's own time: a file tells nothing of arrivals, so none of its events is late. */
const toActivity = (line: EventLine): Result.Result<Activity.Activity, Rejection.Rejection> => {
  const occurredAt = Instant.parse(line.at)
  if (Number.isNaN(occurredAt)) return Result.fail(timeless)
  // One field after the other: spreads of what may be absent take three times as long.
  const activity: { -readonly [Key in keyof Activity.Activity]: Activity.Activity[Key] } = {
    id: line.id,
    siteId: line.siteId ?? defaultSite,
    visitorId: line.visitorId,
    type: line.type,
    occurredAt,
    receivedAt: occurredAt,
    sequence: line.sequence ?? 0
  }
  if (line.email !== undefined) activity.email = Ids.Email.make(normal(line.email))
  if (line.logout === true) activity.logout = true
  if (line.product !== undefined) activity.product = line.product
  if (line.cart !== undefined) activity.cart = line.cart
  if (line.order !== undefined) activity.order = namedOrder(line.order)
  return Result.succeed(activity)
}

/** A blank order ID is none (sessions.md 4.2). */
const namedOrder = ({ id = "", ...order }: NonNullable<EventLine["order"]>): Activity.Order =>
  id.trim() === "" ? order : { ...order, id: Ids.OrderId.make(id.trim()) }

const toOrder = (line: OrderLine): Result.Result<ReportedOrder.ReportedOrder, Rejection.Rejection> => {
  const { orderId, siteId, email, at: wire, ...rest } = line
  const at = Instant.parse(wire)
  if (Number.isNaN(at)) return Result.fail(timeless)
  if (line.visitorId === undefined && email === undefined) return Result.fail(anonymous)
  return Result.succeed({
    ...rest,
    orderId: Ids.OrderId.make(orderId.trim()),
    siteId: siteId ?? defaultSite,
    at,
    ...(email !== undefined && { email: Ids.Email.make(normal(email)) })
  })
}
