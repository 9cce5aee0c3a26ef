import {
  Activity,
  type Cart,
  CartChange,
  type Ids,
  type ReportedOrder,
  type Rules,
  type Session,
  Time
} from "../../src/index.ts"
import { only } from "../journey.ts"

/**
 * A slow second reading of sessions.md 3 to 5, written from the text alone: every sentence is a question asked anew of
 * all events. It shares the order of events, the equality of carts and what one difference makes of a cart with the code
 * that it judges, and nothing else.
 */
export interface Facts {
  readonly sessions: ReadonlyArray<SessionFacts>
  readonly outcomes: ReadonlyArray<OutcomeFacts>
}

export interface SessionFacts {
  readonly id: string
  readonly visitorId: string
  readonly email: string | null
  readonly startedAt: number
  readonly endedAt: number
  readonly closedAt: number
  readonly endedBy: Session.EndReason | null
  readonly eventIds: ReadonlyArray<string>
  readonly productViews: number
  readonly productsViewed: number
  readonly left: string | null
  readonly segments: number
}

/** *Shape*: `subject` is the order ID, or the ID of the event that the outcome's key names. */
export interface OutcomeFacts {
  readonly type: "FinalizedTransaction" | "AbandonedCart" | "AbandonedBrowse"
  readonly subject: string
  readonly visitorId: string | null
  readonly email: string | null
  readonly sessionId: string | null
  readonly segment: number
  readonly at: number
  readonly isInferred: boolean
  readonly repeatOf: string | null
  readonly recoveredBy: string | null
}

interface Part {
  readonly events: ReadonlyArray<Activity.Activity>
  readonly endedBy: Session.EndReason | null
}

/** *Shape*: `firstPlace` counts the visitor's events before it. */
interface Visit extends Part {
  readonly visitorId: Ids.VisitorId
  readonly email: Ids.Email | null
  readonly firstPlace: number
}

/** A purchase at a place among its visitor's events; an order by API stands half a place behind an event. */
interface Bought {
  readonly session: Visit
  readonly at: number
  readonly place: number
  readonly subject: string
  readonly isInferred: boolean
  readonly reportedEmail: Ids.Email | null
}

/** What the rules make of the set at `now`. *Source*: sessions.md 3, 4 and 5. */
export const read = (
  rules: Rules.Rules,
  events: ReadonlyArray<Activity.Activity>,
  orders: ReadonlyArray<ReportedOrder.ReportedOrder>,
  now: number
): Facts => {
  const visitors = [...new Set(events.map((event) => event.visitorId))]
  const asSent = visitors.flatMap((visitorId) => {
    const parts = cut(rules, eventsOf(visitorId, events))
    return parts.map((part, index): Visit => {
      const firstPlace = parts.slice(0, index).reduce((sum, { events }) => sum + events.length, 0)
      return { ...part, visitorId, email: emailOf(parts, index), firstPlace }
    })
  })
  const boughtIn = (visits: ReadonlyArray<Visit>) =>
    visitors.flatMap((visitorId) => purchasesOf(visitorId, events, orders, visits))
  // What was bought does not depend on carts.
  const visits = asSent.map((visit) => withSnapshots(visit, boughtIn(asSent)))
  const bought = boughtIn(visits)
  const alone = orders.filter(
    (order) => isEarliest(order.orderId, null, events, orders) && sessionOf(order, visits) === null
  )
  return {
    sessions: visits.map((visit) => summarize(rules, visit, bought)),
    outcomes: [
      ...alone.filter((order) => now >= order.at).map(standingAlone),
      ...bought.filter(({ at }) => now >= at).map((purchase) => transaction(purchase, bought)),
      ...abandonments(rules, visits, bought, now)
    ]
  }
}

const standingAlone = (order: ReportedOrder.ReportedOrder): OutcomeFacts => ({
  type: "FinalizedTransaction",
  subject: order.orderId,
  visitorId: order.visitorId ?? null,
  email: order.email ?? null,
  sessionId: null,
  segment: 0,
  at: order.at,
  isInferred: false,
  repeatOf: null,
  recoveredBy: null
})

const transaction = (purchase: Bought, bought: ReadonlyArray<Bought>): OutcomeFacts => ({
  type: "FinalizedTransaction",
  subject: purchase.subject,
  visitorId: purchase.session.visitorId,
  email: purchase.session.email ?? purchase.reportedEmail,
  sessionId: idOf(purchase.session),
  segment: inSession(purchase.session, bought).filter((other) => bought.indexOf(other) < bought.indexOf(purchase))
    .length,
  at: purchase.at,
  isInferred: purchase.isInferred,
  repeatOf: null,
  recoveredBy: null
})

const eventsOf = (visitorId: string, events: ReadonlyArray<Activity.Activity>): ReadonlyArray<Activity.Activity> =>
  events.filter((event) => event.visitorId === visitorId).sort(Activity.compare)

/** Section 3, rules 1 to 3, asked at every event of the session that is being filled. */
const cut = (rules: Rules.Rules, own: ReadonlyArray<Activity.Activity>): ReadonlyArray<Part> => {
  const parts: Array<{ events: Array<Activity.Activity>; endedBy: Session.EndReason | null }> = []
  for (const event of own) {
    const part = parts.at(-1)
    const endedBy = part === undefined ? null : newSessionAt(rules, part.events, event)
    if (part !== undefined && endedBy === null) part.events.push(event)
    else {
      if (part !== undefined) part.endedBy = endedBy
      parts.push({ events: [event], endedBy: null })
    }
  }
  return parts
}

const newSessionAt = (
  rules: Rules.Rules,
  session: ReadonlyArray<Activity.Activity>,
  event: Activity.Activity
): Session.EndReason | null => {
  const previous = only(session.slice(-1))
  if (event.occurredAt - previous.occurredAt > rules.inactivity) return "inactivity"
  const isOther = session.some(({ email }) => email !== undefined && event.email !== undefined && email !== event.email)
  if (isOther || previous.logout === true) return "identity"
  if (event.occurredAt - only(session.slice(0, 1)).occurredAt > 24 * 3_600_000) return "capped"
  return session.length >= 10_000 ? "capped" : null
}

/** 3.5: its own, or that of the next session that has one, with no logout at an end in between. */
const emailOf = (sessions: ReadonlyArray<Part>, index: number): Ids.Email | null => {
  const named = ({ events }: Part) => events.find(({ email }) => email !== undefined)?.email ?? null
  const next = sessions.findIndex((part, at) => at >= index && named(part) !== null)
  if (next < 0 || sessions.slice(index, next).some(({ events }) => events.at(-1)?.logout === true)) return null
  return named(only(sessions.slice(next, next + 1)))
}

/** 4.2: whether this page (or, for null, the order by API) is the earliest report of its order ID on the site. */
const isEarliest = (
  orderId: string,
  page: Activity.Activity | null,
  events: ReadonlyArray<Activity.Activity>,
  orders: ReadonlyArray<ReportedOrder.ReportedOrder>
): boolean => {
  const first = events
    .filter((event) => event.type === "VisitOnSalePage" && event.order?.id === orderId)
    .sort(Activity.compare)
    .at(0)
  const api = orders.find((order) => order.orderId === orderId)
  const isPageFirst = first !== undefined && (api === undefined || first.occurredAt <= api.at + Time.deadBand)
  return page === null ? !isPageFirst : isPageFirst && first.id === page.id
}

/** 4.4: the last session that began at or before the order's time, of its visitor or else of its e-mail. */
const sessionOf = (order: ReportedOrder.ReportedOrder, visits: ReadonlyArray<Visit>): Visit | null =>
  visits
    .filter(({ visitorId, email }) =>
      order.visitorId === undefined ? email !== null && email === order.email : visitorId === order.visitorId
    )
    .filter((visit) => startOf(visit) <= order.at)
    .sort((a, b) => Activity.compare(first(a), first(b)))
    .at(-1) ?? null

/** 4.2 and 4.3, along one visitor's events and the orders by API that belong to the visitor's sessions. */
const purchasesOf = (
  visitorId: string,
  events: ReadonlyArray<Activity.Activity>,
  orders: ReadonlyArray<ReportedOrder.ReportedOrder>,
  visits: ReadonlyArray<Visit>
): ReadonlyArray<Bought> => {
  const own = eventsOf(visitorId, events)
  const pages = visits
    .filter((visit) => visit.visitorId === visitorId)
    .flatMap((session) =>
      session.events
        .filter(({ type }) => type === "VisitOnSalePage")
        .map((page) => ({ session, at: page.occurredAt, place: own.indexOf(page), id: page.order?.id ?? null, page }))
    )
  const reports = orders.flatMap((order) => {
    const session = sessionOf(order, visits)
    if (session?.visitorId !== visitorId) return []
    // After all events of its instant.
    const place = own.filter((event) => event.occurredAt <= order.at).length - 0.5
    return [{ session, at: order.at, place, id: order.orderId, email: order.email ?? null, page: null }]
  })
  const bought: Array<Bought> = []
  for (const report of [...pages, ...reports].sort(
    (a, b) => a.place - b.place || a.at - b.at || compareIds(a.id, b.id)
  )) {
    const { session, at, place, id, page } = report
    if (id !== null && !isEarliest(id, page, events, orders)) continue
    const isFollowedBySalePages = (purchase: Bought) =>
      own.every(({ type }, index) => index <= purchase.place || index >= place || type === "VisitOnSalePage")
    const last = bought.at(-1)
    if (last !== undefined && isFollowedBySalePages(last) && id === null) continue
    const reportedEmail = "email" in report ? report.email : null
    const inferred = bought.findLastIndex((purchase) => purchase.isInferred && purchase.session === session)
    const purchase = bought[inferred]
    // An order by API is no sale page: after one, an inferred purchase is not named any more.
    const isByApi = ({ place }: Bought) => !Number.isInteger(place)
    if (
      purchase !== undefined &&
      isFollowedBySalePages(purchase) &&
      !bought.slice(inferred + 1).some(isByApi) &&
      id !== null
    ) {
      bought[inferred] = { ...purchase, subject: id, isInferred: false, reportedEmail }
    } else {
      bought.push({ session, at, place, subject: id ?? page?.id ?? "", isInferred: id === null, reportedEmail })
    }
  }
  return bought
}

const compareIds = (a: string | null, b: string | null): number => ((a ?? "") < (b ?? "") ? -1 : 1)

/** 4.4 and 4.5: only a purchase between the session's start and end empties its cart and closes a segment. */
const inSession = (session: Visit, bought: ReadonlyArray<Bought>): ReadonlyArray<Bought> =>
  bought.filter((purchase) => purchase.session === session && purchase.at <= endOf(session))

const summarize = (rules: Rules.Rules, visit: Visit, bought: ReadonlyArray<Bought>): SessionFacts => {
  const views = visit.events.filter(({ type }) => type === "VisitOnProductPage")
  return {
    id: idOf(visit),
    visitorId: visit.visitorId,
    email: visit.email,
    startedAt: startOf(visit),
    endedAt: endOf(visit),
    closedAt: endOf(visit) + rules.inactivity,
    endedBy: visit.endedBy,
    eventIds: visit.events.map(({ id }) => id),
    productViews: views.length,
    productsViewed: new Set(views.flatMap(({ product }) => (product === undefined ? [] : [product.id]))).size,
    left: snapshotLeft(visit, bought)?.id ?? null,
    segments: inSession(visit, bought).length
  }
}

/** 4.1: a difference counts as the snapshot that it leads to. */
const withSnapshots = (visit: Visit, bought: ReadonlyArray<Bought>): Visit => ({
  ...visit,
  events: visit.events.map((event) => {
    const cart = snapshotAt(event, visit, bought)
    return cart === undefined || cart === event.cart ? event : { ...event, cart }
  })
})

const snapshotAt = (event: Activity.Activity, visit: Visit, bought: ReadonlyArray<Bought>): Cart.Cart | undefined => {
  if (event.type === "VisitOnSalePage" || event.cart !== undefined || event.cartChange === undefined) return event.cart
  const here = visit.events.indexOf(event)
  const before = visit.events.findLastIndex(
    ({ type, cart, cartChange }, index) =>
      index < here && type !== "VisitOnSalePage" && (cart ?? cartChange) !== undefined
  )
  const isEmptied = inSession(visit, bought).some(
    ({ place }) => place > visit.firstPlace + before && place < visit.firstPlace + here
  )
  const previous = before < 0 || isEmptied ? undefined : snapshotAt(visit.events[before]!, visit, bought)
  const isFull = previous?.items.some(({ quantity }) => quantity > 0) === true
  return CartChange.apply(isFull ? previous : null, event.cartChange)
}

/** 4.1 and 4.5: the last snapshot of the session, unless it is empty or a purchase came after it. */
const snapshotLeft = (visit: Visit, bought: ReadonlyArray<Bought>): Activity.Activity | null => {
  const snapshot = visit.events.findLast((event) => event.cart !== undefined && event.type !== "VisitOnSalePage")
  if (snapshot === undefined || !isFilled(snapshot)) return null
  const place = visit.firstPlace + visit.events.indexOf(snapshot)
  return inSession(visit, bought).some((purchase) => purchase.place > place) ? null : snapshot
}

/** Section 5: the conditions of the table, then 5.1 to 5.5. */
const abandonments = (
  rules: Rules.Rules,
  visits: ReadonlyArray<Visit>,
  bought: ReadonlyArray<Bought>,
  now: number
): ReadonlyArray<OutcomeFacts> => {
  const due = (visit: Visit) => endOf(visit) + rules.inactivity + rules.grace
  const boughtBy = (visit: Visit) => bought.filter(({ session }) => isSameVisitor(session, visit))
  const abandoned = visits.filter(
    (visit) =>
      visit.endedBy !== "capped" &&
      now > due(visit) &&
      !boughtBy(visit).some((purchase) => purchase.at > endOf(visit) && purchase.at <= due(visit))
  )
  const recoveredBy = (visit: Visit) =>
    boughtBy(visit)
      .filter(({ at }) => now >= at && at > due(visit) && at <= due(visit) + rules.recoveryWindow)
      .sort((a, b) => (a.at === b.at ? a.place - b.place : a.at - b.at))
      .at(0)?.subject ?? null
  const common = (visit: Visit) => ({
    visitorId: visit.visitorId,
    email: visit.email,
    sessionId: idOf(visit),
    segment: inSession(visit, bought).length,
    at: due(visit),
    isInferred: false,
    recoveredBy: recoveredBy(visit)
  })

  const carts: Array<{ readonly visit: Visit; readonly cart: Activity.Activity; readonly facts: OutcomeFacts }> = []
  for (const visit of abandoned) {
    const cart = snapshotLeft(visit, bought)
    if (cart === null) continue
    const original = carts.findLast(
      (other) =>
        other.facts.repeatOf === null &&
        isSameVisitor(other.visit, visit) &&
        isSameCart(other.cart, cart) &&
        due(visit) - due(other.visit) <= rules.repeatWindow
    )
    const repeatOf = original?.facts.subject ?? null
    carts.push({ visit, cart, facts: { ...common(visit), type: "AbandonedCart", subject: cart.id, repeatOf } })
  }
  const browses = abandoned.flatMap((visit): ReadonlyArray<OutcomeFacts> => {
    const view = visit.events.find(({ type }) => type === "VisitOnProductPage")
    const hadCart = visit.events.some((event) => event.type === "ModifyCart" || isFilled(event))
    if (view === undefined || hadCart || inSession(visit, bought).length > 0) return []
    return [{ ...common(visit), type: "AbandonedBrowse", subject: view.id, repeatOf: null }]
  })
  return [...carts.map(({ facts }) => facts), ...browses]
}

/** Section 5, before rule 1. An order that stands alone is before all sessions of its visitor, or has no visitor. */
const isSameVisitor = (a: Visit, b: Visit): boolean =>
  a.visitorId === b.visitorId && (a.email === null || b.email === null || a.email === b.email)

/** 4.1: a snapshot with at least one item; a sale page's is no cart. */
const isFilled = ({ type, cart }: Activity.Activity): boolean =>
  type !== "VisitOnSalePage" && cart !== undefined && cart.items.some(({ quantity }) => quantity > 0)

/** 5.4: quantities summed per product. */
const isSameCart = ({ cart: a }: Activity.Activity, { cart: b }: Activity.Activity): boolean => {
  const items = [...(a?.items ?? []), ...(b?.items ?? [])]
  return items.every(({ id }) => quantityOf(a, id) === quantityOf(b, id))
}

const quantityOf = (cart: Cart.Cart | undefined, product: string): number =>
  (cart?.items ?? []).reduce((sum, { id, quantity }) => (id === product && quantity > 0 ? sum + quantity : sum), 0)

const idOf = (part: Part): string => `shop:${first(part).id}`

const startOf = (part: Part): number => first(part).occurredAt

const endOf = (part: Part): number => only(part.events.slice(-1)).occurredAt

const first = (part: Part): Activity.Activity => only(part.events.slice(0, 1))
