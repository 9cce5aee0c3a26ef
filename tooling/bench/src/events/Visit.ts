import { type Activity, type Cart, Ids } from "@spoor/domain"
import * as Chance from "./Chance.ts"
import * as Uuid from "./Uuid.ts"

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** How many events are delivered out of order, and by how much at most. */
export const lateShare = 0.02
export const delayMax = 2 * HOUR
const networkDelay = 50

/**
 * Somebody comes to the shop: all that the visit's events follow from.
 *
 * *Shape*: `visitor` is a rank, 0 comes most often; `length` counts events; `stream` is the visit's own chance.
 * *Units*: `startAt` in UTC milliseconds.
 */
export interface Visit {
  readonly visitor: number
  readonly startAt: number
  readonly length: number
  readonly stream: number
}

const siteId = Ids.SiteId.make("shop")
const firstVisitorAt = Date.UTC(2025, 0, 1)
const devices: ReadonlyArray<Activity.Device> = ["mobile", "desktop", "mobile", "tablet"]
const referrers = ["https://www.google.com/", "https://l.facebook.com/", "https://www.ceneo.pl/"]

const products = Array.from({ length: 2_000 }, (_, index) => ({
  product: { id: `P-${index}`, name: `Product ${index}`, price: 1_000 + ((index * 7_919) % 40_000), currency: "PLN" },
  url: `https://shop.example/p/${index}`
}))
const urls: Record<Exclude<Activity.ActivityType, "VisitOnProductPage">, string> = {
  VisitOnWebsite: "https://shop.example/",
  VisitOnCartListPage: "https://shop.example/cart",
  VisitOnLoginPage: "https://shop.example/login",
  ModifyCart: "https://shop.example/cart",
  VisitOnSalePage: "https://shop.example/thank-you"
}

const landing = [
  [55, "VisitOnWebsite"],
  [45, "VisitOnProductPage"]
] as const satisfies Steps
const browsing = [
  [46, "VisitOnWebsite"],
  [43, "VisitOnProductPage"],
  [6, "ModifyCart"],
  [2, "VisitOnCartListPage"],
  [3, "VisitOnLoginPage"]
] as const satisfies Steps
const shopping = [
  [25, "VisitOnWebsite"],
  [33, "VisitOnProductPage"],
  [17, "ModifyCart"],
  [13, "VisitOnCartListPage"],
  [4, "VisitOnLoginPage"],
  [8, "VisitOnSalePage"]
] as const satisfies Steps
type Steps = readonly [Chance.Weighted<Activity.ActivityType>, ...ReadonlyArray<Chance.Weighted<Activity.ActivityType>>]

/** The events of one visit, by the time at which they happened. The same seed and visit give the same events. */
export const activities = (seed: number, visit: Visit): ReadonlyArray<Activity.Activity> => {
  const chance = Chance.of(seed, visit.stream)
  const device = devices[Chance.below(chance, devices.length)]!
  const referrer = referrers[Chance.below(chance, referrers.length * 2)]
  const events: Array<Activity.Activity> = []
  let items: ReadonlyArray<Cart.CartItem> = []
  let occurredAt = visit.startAt
  for (let sequence = 0; sequence < visit.length; sequence++) {
    const steps = sequence === 0 ? landing : items.length === 0 ? browsing : shopping
    const type = Chance.weigh<Activity.ActivityType>(chance, steps)
    if (type === "ModifyCart") items = changed(chance, items)
    const at = Math.floor(occurredAt)
    events.push({
      id: Ids.EventId.make(Uuid.make(chance, at), { disableChecks: true }),
      siteId,
      visitorId: visitorId(seed, visit.visitor),
      type,
      occurredAt: at,
      clientAt: at,
      receivedAt:
        at + (Chance.isTrue(chance, lateShare) ? Math.ceil(Chance.between(chance, 0, delayMax)) : networkDelay),
      sequence,
      device,
      ...(sequence === 0 && referrer !== undefined && { referrer }),
      ...said(chance, type, visit, items)
    })
    if (type === "VisitOnSalePage") items = []
    occurredAt += pause(chance)
  }
  return events
}

/** A new string for every event, as a decoder gives it: equal, not identical. */
const visitorId = (seed: number, visitor: number): Ids.VisitorId =>
  Ids.VisitorId.make(Uuid.make(Chance.of(seed, -1 - visitor), firstVisitorAt + visitor), { disableChecks: true })

/** Bursts with pauses: half a minute on a page, at times a coffee, at times a lunch that ends the session. */
const pause = (chance: Chance.Chance): number => {
  if (Chance.isTrue(chance, 0.96)) return SECOND + Chance.exponential(chance, 30 * SECOND)
  return Chance.isTrue(chance, 0.75) ? Chance.between(chance, 3, 30) * MINUTE : Chance.between(chance, 30, 90) * MINUTE
}

const changed = (chance: Chance.Chance, items: ReadonlyArray<Cart.CartItem>): ReadonlyArray<Cart.CartItem> => {
  if (Chance.isTrue(chance, 0.2)) return items.slice(1)
  const { product } = products[Chance.below(chance, products.length)]!
  const { id, name, price } = product
  return [...items, { id, name, quantity: 1 + Chance.below(chance, 3), unitPrice: price }]
}

/** What an event of this type says beyond who and when. */
const said = (
  chance: Chance.Chance,
  type: Activity.ActivityType,
  { visitor }: Visit,
  items: ReadonlyArray<Cart.CartItem>
): Partial<Activity.Activity> => {
  if (type === "VisitOnProductPage") return products[Chance.below(chance, products.length)]!
  const url = urls[type]
  if (type === "VisitOnLoginPage") return { url, ...identity(chance, visitor) }
  if (type === "VisitOnWebsite" || type === "VisitOnCartListPage") return { url }
  const cart = { currency: "PLN", items }
  if (type === "ModifyCart") return { url, cart }
  const value = items.reduce((sum, item) => sum + item.quantity * item.unitPrice, 0)
  const paid = { value, currency: "PLN" }
  const order = Chance.isTrue(chance, 0.9) ? { id: Ids.OrderId.make(`O-${chance.word()}`), ...paid } : paid
  return { url, cart, order }
}

/** Most who open the login page log in, some as the other person of the household, some log out. */
const identity = (chance: Chance.Chance, visitor: number): Partial<Activity.Activity> => {
  if (Chance.isTrue(chance, 0.06)) return { logout: true }
  if (Chance.isTrue(chance, 0.2)) return {}
  const person = Chance.isTrue(chance, 0.05) ? "other" : "customer"
  return { email: Ids.Email.make(`${person}-${visitor}@example.com`) }
}
