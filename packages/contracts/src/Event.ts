import { Activity, Cart, Ids, Time } from "@spoor/domain"
import { Option, Result, Schema, type Types } from "effect"
import { type Decode, decoder, EmailFromWire, trimmed } from "./Item.ts"

/** *Units*: `value` in minor units of `currency`. A blank ID is no ID. */
const OrderOnWire = Schema.Struct({
  id: Schema.optionalKey(trimmed(128)),
  value: Schema.optionalKey(Cart.Money),
  currency: Schema.optionalKey(Cart.Currency)
})

/**
 * One event as a tracker, a service or an import sends it.
 *
 * *Units*: `at` by the client's clock, ISO 8601 or epoch milliseconds; without it the event happened when it was
 * received. `receivedAt` is for imports of history with a server key (sessions.md 1.4).
 * *Shape*: unknown fields are ignored, a null field is an absent one.
 */
export const Event = Schema.Struct({
  id: Ids.EventId,
  visitorId: Ids.VisitorId,
  type: Activity.ActivityType,
  at: Schema.optionalKey(Time.InstantFromWire),
  receivedAt: Schema.optionalKey(Time.InstantFromWire),
  sequence: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  email: Schema.optionalKey(EmailFromWire),
  logout: Schema.optionalKey(Schema.Boolean),
  url: Schema.optionalKey(Ids.text(2048)),
  title: Schema.optionalKey(Ids.text(512)),
  referrer: Schema.optionalKey(Ids.text(2048)),
  device: Schema.optionalKey(Activity.Device),
  product: Schema.optionalKey(Activity.Product),
  cart: Schema.optionalKey(Cart.Cart),
  order: Schema.optionalKey(OrderOnWire)
}).annotate({ identifier: "Event" })
export interface Event extends Schema.Schema.Type<typeof Event> {}

/**
 * Events whose fields all come as they are stored, which is what most of them do.
 *
 * A compiled struct without transformations decodes in half the time; what this one refuses is asked of the whole schema.
 */
const Plain = Schema.Struct({
  ...Event.fields,
  at: Schema.optionalKey(Time.Instant),
  receivedAt: Schema.optionalKey(Schema.Never),
  email: Schema.optionalKey(Schema.Never),
  order: Schema.optionalKey(Schema.Never)
})
const decodePlain = Schema.decodeUnknownOption(Plain)
const decodeWhole = decoder(Event)

/** Decodes one event; the first wrong field is named in the rejection. */
export const decode: Decode<Event> = (item) => {
  const plain = decodePlain(item)
  return Option.isSome(plain) ? Result.succeed(plain.value) : decodeWhole(item)
}

/** What the door knows of an event beyond the event itself. */
export interface Arrival {
  readonly siteId: Ids.SiteId
  readonly receivedAt: Time.Instant
  readonly sentAt?: Time.Instant | undefined
}

/**
 * The activity that is stored: the time corrected (sessions.md 1), the rest as it came.
 *
 * Field by field, because it runs for every event: spreading the rest of an object took six times as long.
 */
export const toActivity = (event: Event, arrival: Arrival): Activity.Activity => {
  const { at, cart, device, email, logout, order, product, receivedAt, referrer, title, url } = event
  const time = Time.occurred({
    clientAt: at,
    sentAt: receivedAt === undefined ? arrival.sentAt : undefined,
    receivedAt: receivedAt ?? arrival.receivedAt
  })
  const activity: Types.Mutable<Activity.Activity> = {
    id: event.id,
    siteId: arrival.siteId,
    visitorId: event.visitorId,
    type: event.type,
    occurredAt: time.occurredAt,
    receivedAt: receivedAt ?? arrival.receivedAt,
    sequence: event.sequence ?? 0
  }
  if (at !== undefined) activity.clientAt = at
  if (email !== undefined) activity.email = email
  if (logout === true) activity.logout = logout
  if (url !== undefined) activity.url = url
  if (title !== undefined) activity.title = title
  if (referrer !== undefined) activity.referrer = referrer
  if (device !== undefined) activity.device = device
  if (product !== undefined) activity.product = product
  if (cart !== undefined) activity.cart = cart
  if (order !== undefined) activity.order = namedOrder(order)
  if (time.isClockWrong) activity.isClockWrong = true
  if (receivedAt !== undefined) activity.isHistory = true
  return activity
}

const namedOrder = ({ id, ...order }: typeof OrderOnWire.Type): Activity.Order =>
  id === undefined || id === "" ? order : { ...order, id: Ids.OrderId.make(id) }
