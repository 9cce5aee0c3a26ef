import { type Activity, compare, type Position } from "./Activity.ts"
import type { Email, SessionId, VisitorId } from "./Ids.ts"
import type { PlacedOrder } from "./Purchase.ts"
import type { ReportedOrder } from "./ReportedOrder.ts"
import type { Session } from "./Session.ts"

/** A session that an order naming only an e-mail may belong to. *Shape*: `first` is the place of its first event. */
export interface Candidate {
  readonly visitorId: VisitorId
  readonly email: Email
  readonly sessionId: SessionId
  readonly first: Position
}

/** Orders given to visitors, each visitor's in order of time; and those that no session of the site can have. */
export interface Placement {
  readonly byVisitor: ReadonlyMap<VisitorId, ReadonlyArray<PlacedOrder>>
  readonly alone: ReadonlyArray<ReportedOrder>
}

/** The e-mails that orders ask for, so that only sessions with one of them need to be kept as candidates. */
export const emailsOf = (orders: ReadonlyArray<ReportedOrder>): ReadonlySet<Email> =>
  new Set(orders.flatMap(({ visitorId, email }) => (visitorId === undefined && email !== undefined ? [email] : [])))

/** One visitor's sessions that have one of the e-mails. *Shape*: all sessions and events of the visitor, in total order. */
export const candidates = (
  sessions: ReadonlyArray<Session>,
  events: ReadonlyArray<Activity>,
  emails: ReadonlySet<Email>
): ReadonlyArray<Candidate> => {
  let next = 0
  return sessions.flatMap(({ visitorId, email, id, eventIds }) => {
    const first = events[next]!
    next += eventIds.length
    return email !== null && emails.has(email) ? [{ visitorId, email, sessionId: id, first }] : []
  })
}

/**
 * Gives each order by API to its visitor, or, where it names only an e-mail, to the last session of the site that has the
 * e-mail and began at or before its time.
 *
 * *Shape*: `orders` in order of time.
 * *Source*: sessions.md 4.4.
 */
export const place = (
  orders: ReadonlyArray<ReportedOrder>,
  isKnown: (visitorId: VisitorId) => boolean,
  candidates: ReadonlyArray<Candidate>
): Placement => {
  const byEmail = Map.groupBy(
    [...candidates].sort((a, b) => compare(a.first, b.first)),
    ({ email }) => email
  )
  const byVisitor = new Map<VisitorId, Array<PlacedOrder>>()
  const alone: Array<ReportedOrder> = []
  for (const order of orders) {
    const found =
      order.visitorId === undefined ? lastOf(byEmail, order) : { visitorId: order.visitorId, sessionId: null }
    if (found === undefined || !isKnown(found.visitorId)) {
      alone.push(order)
      continue
    }
    const own = byVisitor.get(found.visitorId)
    const placed = { order, sessionId: found.sessionId }
    if (own === undefined) byVisitor.set(found.visitorId, [placed])
    else own.push(placed)
  }
  return { byVisitor, alone }
}

const lastOf = (byEmail: ReadonlyMap<Email, ReadonlyArray<Candidate>>, { email, at }: ReportedOrder) =>
  email === undefined ? undefined : byEmail.get(email)?.findLast(({ first }) => first.occurredAt <= at)
