import { compare, type Position } from "./Activity.ts"
import type { Email, VisitorId } from "./Ids.ts"
import type { ReportedOrder } from "./ReportedOrder.ts"
import type { Span } from "./Span.ts"
import type { PlacedOrder } from "./Visit.ts"

/** A session that an order naming only an e-mail may belong to. */
export interface Candidate {
  readonly visitorId: VisitorId
  readonly email: Email
  readonly span: number
  readonly first: Position
}

/** Orders given to sessions, by visitor, each visitor's in order of time; and those that stand alone. */
export interface Placement {
  readonly byVisitor: ReadonlyMap<VisitorId, ReadonlyArray<PlacedOrder>>
  readonly alone: ReadonlyArray<ReportedOrder>
}

/**
 * The e-mails that orders ask for, so that only sessions with one of them need to be kept as candidates.
 */
export const emailsOf = (orders: ReadonlyArray<ReportedOrder>): ReadonlySet<Email> =>
  new Set(orders.flatMap(({ visitorId, email }) => (visitorId === undefined && email !== undefined ? [email] : [])))

/** One visitor's sessions that have one of the e-mails. */
export const candidates = (
  visitorId: VisitorId,
  spans: ReadonlyArray<Span>,
  emails: ReadonlySet<Email>
): ReadonlyArray<Candidate> =>
  emails.size === 0
    ? []
    : spans.flatMap(({ email, events }, span) =>
        email !== null && emails.has(email) ? [{ visitorId, email, span, first: events[0]! }] : []
      )

/**
 * Gives each order by API to the last session that began at or before its time: its visitor's, or, for an order that names
 * only an e-mail, of all sessions of the site that have it.
 *
 * *Shape*: `orders` in order of time; `spansOf` the spans of a visitor, none for one that is not known.
 * *Source*: sessions.md 4.4.
 */
export const place = (
  orders: ReadonlyArray<ReportedOrder>,
  spansOf: (visitorId: VisitorId) => ReadonlyArray<Span>,
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
      order.visitorId === undefined
        ? byEmail.get(order.email!)?.findLast(({ first }) => first.occurredAt <= order.at)
        : lastBegun(order.visitorId, spansOf(order.visitorId), order.at)
    if (found === undefined) {
      alone.push(order)
      continue
    }
    const own = byVisitor.get(found.visitorId)
    const placed = { order, span: found.span }
    if (own === undefined) byVisitor.set(found.visitorId, [placed])
    else own.push(placed)
  }
  return { byVisitor, alone }
}

const lastBegun = (visitorId: VisitorId, spans: ReadonlyArray<Span>, at: number) => {
  const span = spans.findLastIndex(({ startedAt }) => startedAt <= at)
  return span < 0 ? undefined : { visitorId, span }
}
