import type { Activity } from "./Activity.ts"
import { type Cart, isEmpty } from "./Cart.ts"
import * as CartChange from "./CartChange.ts"
import { type EventId, sessionId } from "./Ids.ts"
import type { LastPurchase, Sale } from "./Purchase.ts"
import { inForce, type Rules, sessionEventsMax, sessionLengthMax } from "./Rules.ts"
import type { EndReason, Session } from "./Session.ts"

/**
 * One session as the walk along a visitor's events reads it.
 *
 * *Shape*: its events are `events[from]` up to before `events[to]`, in total order; the array may hold others, too, and grow.
 * `session` has its own e-mail only (3.5 is applied by `Visit.read`) and, until the chapter is `closed`, neither event IDs
 * nor the number of products. `before` and `last` is the last purchase that the walk knew when it began and ended.
 */
export interface Chapter {
  readonly events: Array<Activity>
  readonly from: number
  readonly to: number
  readonly session: Session
  readonly sales: ReadonlyArray<Sale>
  readonly before: LastPurchase | null
  readonly last: LastPurchase | null
}

type Mutable<A> = { -readonly [Key in keyof A]: A[Key] }

/** A chapter that is being read: a `copy` that nobody else holds. */
export interface Draft extends Mutable<Chapter> {
  session: Mutable<Session>
}

const nothing: ReadonlyArray<never> = []

/** A session that begins at this event, the one at `index`; `see` it next. */
export const begin = (events: Array<Activity>, index: number, event: Activity, last: LastPurchase | null): Draft => ({
  events,
  from: index,
  to: index,
  session: {
    id: sessionId(event.siteId, event.id),
    siteId: event.siteId,
    visitorId: event.visitorId,
    email: null,
    startedAt: event.occurredAt,
    endedAt: event.occurredAt,
    closedAt: event.occurredAt,
    endedBy: null,
    isLoggedOut: false,
    eventIds: nothing,
    productViews: 0,
    productsViewed: 0,
    firstProductView: null,
    cartModifiedBy: null,
    cartFilledBy: null,
    left: null,
    segments: 0,
    seenAgain: nothing,
    landingUrl: event.url ?? null,
    referrer: event.referrer ?? null,
    device: null,
    isHistory: true
  },
  sales: nothing,
  before: last,
  last
})

/** The first of the rules that begins a new session at this event, or null: the session goes on (sessions.md 3.1-3.3). */
export const endedBefore = (rules: Rules, { from, to, session }: Draft, event: Activity): EndReason | null => {
  if (event.occurredAt - session.endedAt > inForce(rules, session.startedAt).inactivity) return "inactivity"
  if (session.isLoggedOut) return "identity"
  if (session.email !== null && event.email !== undefined && event.email !== session.email) return "identity"
  if (event.occurredAt - session.startedAt > sessionLengthMax) return "capped"
  return to - from >= sessionEventsMax ? "capped" : null
}

/** Takes the event at `index` of a list into the chapter: where it stands next to the others, without moving it. */
export const take = (draft: Draft, events: Array<Activity>, index: number): void => {
  if (draft.events !== events) {
    if (draft.to !== draft.events.length) {
      draft.events = eventsOf(draft)
      draft.from = 0
      draft.to = draft.events.length
    }
    draft.events.push(events[index]!)
  }
  draft.to++
}

/** What every event tells of its session; the walk looks at the sale pages. */
export const see = (session: Draft["session"], event: Activity): void => {
  session.endedAt = event.occurredAt
  session.isLoggedOut = event.logout === true
  session.email ??= event.email ?? null
  session.device ??= event.device ?? null
  session.isHistory &&= event.isHistory === true
  const { type } = event
  if (type === "VisitOnSalePage") return
  if (type === "VisitOnProductPage") {
    session.productViews++
    session.firstProductView ??= event.id
  } else if (type === "ModifyCart") session.cartModifiedBy ??= event.id
  const cart = snapshotOf(event, session.left)
  if (cart === undefined) return
  session.left = isEmpty(cart) ? null : { eventId: event.id, cart }
  if (session.left !== null) session.cartFilledBy ??= event.id
}

/** A difference counts as the snapshot that it leads to (sessions.md 4.1, ADR 0021). */
const snapshotOf = ({ cart, cartChange }: Activity, left: Session["left"]): Cart | undefined =>
  cart ?? (cartChange === undefined ? undefined : CartChange.apply(left?.cart ?? null, cartChange))

/** A purchase empties the cart and closes the segment (sessions.md 4.5). */
export const closeSegment = (session: Draft["session"]): void => {
  session.left = null
  session.cartFilledBy = null
  session.segments++
}

/** A chapter of its own: to go on with one that others hold, or to let others hold one that goes on. */
export const copy = (chapter: Chapter): Draft => ({ ...chapter, session: { ...chapter.session } })

/** The chapter's events, in total order. */
export const eventsOf = ({ events, from, to }: Chapter): Array<Activity> => events.slice(from, to)

/** The chapter at its end: what is counted once is counted now. */
export const closed = (rules: Rules, draft: Draft, endedBy: EndReason | null): Chapter => {
  const { events, from, to, session } = draft
  const eventIds: Array<EventId> = []
  for (let index = from; index < to; index++) eventIds.push(events[index]!.id)
  session.closedAt = session.endedAt + inForce(rules, session.startedAt).inactivity
  session.endedBy = endedBy
  session.eventIds = eventIds
  if (session.productViews > 0) session.productsViewed = countProducts(draft)
  return draft
}

const countProducts = ({ events, from, to }: Draft): number => {
  const products = new Set<string>()
  for (let index = from; index < to; index++) {
    const { type, product } = events[index]!
    if (type === "VisitOnProductPage" && product !== undefined) products.add(product.id)
  }
  return products.size
}
