import { type Activity, type Cart, Ids, type Outcome, type ReportedOrder, Rules, Site } from "../src/index.ts"

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

const siteId = Ids.SiteId.make("shop")

/** "10:00", "10:00:30" or "10:00:30.001" on Monday 2 March 2026, or `day` days later. *Units*: UTC milliseconds. */
export const at = (clock: string, day = 0): number => {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(":").map(Number)
  return Date.UTC(2026, 2, 2 + day) + hours * HOUR + minutes * MINUTE + Math.round(seconds * SECOND)
}

/** What an event may say beyond its type and time. The ID is `visitor@clock` unless it is given. */
export interface Details extends Partial<
  Omit<Activity.Activity, "id" | "siteId" | "visitorId" | "type" | "occurredAt" | "email" | "order">
> {
  readonly id?: string
  readonly visitor?: string
  readonly email?: string
  readonly day?: number
  readonly order?: string
}

export const event = (type: Activity.ActivityType, clock: string, details: Details = {}): Activity.Activity => {
  const { id, visitor = "ann", email, day = 0, order, ...rest } = details
  const occurredAt = at(clock, day)
  return {
    receivedAt: occurredAt,
    sequence: 0,
    ...rest,
    id: Ids.EventId.make(id ?? `${visitor}@${clock}${day === 0 ? "" : `+${day}`}`),
    siteId,
    visitorId: Ids.VisitorId.make(visitor),
    type,
    occurredAt,
    ...(email !== undefined && { email: Ids.Email.make(email) }),
    ...(order !== undefined && { order: { id: Ids.OrderId.make(order) } })
  }
}

/** Any page of the shop. */
export const page = (clock: string, details?: Details) => event("VisitOnWebsite", clock, details)

export const login = (clock: string, email: string, details?: Details) =>
  event("VisitOnLoginPage", clock, { email, ...details })

export const product = (clock: string, id: string, details?: Details) =>
  event("VisitOnProductPage", clock, { product: { id }, ...details })

/** The cart's content changed; without a cart the event says nothing about the content. */
export const modify = (clock: string, cart?: Cart.Cart, details?: Details) =>
  event("ModifyCart", clock, { ...(cart !== undefined && { cart }), ...details })

/** The page that confirms a sale; null for one that names no order. */
export const sale = (clock: string, order: string | null, details?: Details) =>
  event("VisitOnSalePage", clock, { ...(order !== null && { order }), ...details })

/** A cart of `[id, quantity, unitPrice?]` lines in PLN. */
export const cart = (
  ...lines: ReadonlyArray<readonly [id: string, quantity: number, unitPrice?: number]>
): Cart.Cart => ({
  currency: "PLN",
  items: lines.map(([id, quantity, unitPrice = 1000]) => ({ id, quantity, unitPrice }))
})

interface Reporter {
  readonly visitor?: string
  readonly email?: string
  readonly day?: number
  readonly value?: number
  readonly currency?: string
}

/** An order that the shop's own system reported. */
export const api = (
  order: string,
  clock: string,
  reporter: Reporter = { visitor: "ann" }
): ReportedOrder.ReportedOrder => {
  const { visitor, email, day = 0, ...rest } = reporter
  return {
    ...rest,
    orderId: Ids.OrderId.make(order),
    siteId,
    at: at(clock, day),
    ...(visitor !== undefined && { visitorId: Ids.VisitorId.make(visitor) }),
    ...(email !== undefined && { email: Ids.Email.make(email) })
  }
}

type Step = Activity.Activity | ReportedOrder.ReportedOrder

const isOrder = (step: Step): step is ReportedOrder.ReportedOrder => "orderId" in step
const isEvent = (step: Step): step is Activity.Activity => !isOrder(step)

/** Long after everything is due. */
export const muchLater = at("10:00", 60)

/** What became of these steps, in whatever order they are given. */
export const read = (
  steps: ReadonlyArray<Step>,
  { now = muchLater, rules = {} }: { readonly now?: number; readonly rules?: Partial<Rules.Rules> } = {}
): Site.Sessionized =>
  Site.sessionize(
    { ...Rules.defaults, ...rules },
    { events: steps.filter(isEvent), orders: steps.filter(isOrder) },
    now
  )

/** "AbandonedCart ann@10:05" or "FinalizedTransaction O1": the type and what the key names, in order of time. */
export const names = (outcomes: ReadonlyArray<Outcome.Outcome>): ReadonlyArray<string> =>
  outcomes
    .toSorted((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1))
    .map((outcome) => `${outcome.type} ${subject(outcome.key)}`)

/** What a key names: an order or an event. */
export const subject = (key: string): string => key.split(":").slice(2).join(":")

/** The only element; anything else is a mistake in the test. */
export const only = <A>(all: ReadonlyArray<A>): A => {
  const [first] = all
  if (first === undefined || all.length > 1) throw new Error(`expected one element, not ${all.length}`)
  return first
}
