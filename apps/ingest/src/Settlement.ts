import {
  type Activity,
  Explanation,
  Identification,
  type Ids,
  Lateness,
  Ledger,
  OrderBook,
  Outcome,
  Placement,
  Rules,
  type Session,
  type Site,
  Timeline,
  Unlinking
} from "@spoor/domain"
import type { Assigned, Emission, Given, SessionWrite, StoredActivity, StoredOrder } from "@spoor/postgres"
import type { History, KeptSession } from "./Histories.ts"
import * as Numbering from "./Numbering.ts"

/** A held visitor. *Shape*: what is stored of it, remembered or as it was read; `fresh` are the batch's new events. */
export interface KnownVisitor {
  readonly id: Ids.VisitorId
  readonly stored: History | ReadonlyArray<StoredActivity>
  readonly fresh: ReadonlyArray<Activity.Activity>
  readonly given: Given
}

/** What the database knows of the touched visitors, the batch's new events included. */
export interface Known {
  readonly visitors: ReadonlyArray<KnownVisitor>
  readonly orders: ReadonlyArray<StoredOrder>
  readonly otherPages: NonNullable<Site.Input["otherPages"]>
  readonly standing: ReadonlyArray<Ledger.Standing>
}

/** What to write so that the tables say what the rules say. Session numbers of new rows are drawn while writing. */
export interface Settlement {
  readonly _tag: "Settlement"
  readonly visitors: ReadonlyArray<SettledVisitor>
  /** The sessions whose rows differ from what they say. */
  readonly sessions: ReadonlyArray<SessionWrite>
  /** Numbers of rows whose sessions were bridged into others. */
  readonly bridged: ReadonlyArray<number>
  readonly changes: ReadonlyArray<Ledger.Change>
  /** Events that came too late to change an outcome (sessions.md 6.2). */
  readonly late: ReadonlySet<Ids.EventId>
  /** Orders by API that the visitors' sessions have. */
  readonly placed: ReadonlyArray<Outcome.FinalizedTransaction>
}

/** The visitors of whom more is asked than is remembered: read all that is stored of them. */
export interface Forgotten {
  readonly _tag: "Forgotten"
  readonly visitorIds: ReadonlyArray<Ids.VisitorId>
}

/** What the rules say of one visitor. */
interface SettledVisitor {
  readonly id: Ids.VisitorId
  readonly history: Omit<History, "sessions">
  /** Sessions whose rows are as they should be. */
  readonly kept: ReadonlyArray<KeptSession>
  readonly written: ReadonlyArray<SessionWrite>
  /** Those of them that were read again, and the rows that their events have had. */
  readonly read: ReadonlyArray<SessionWrite>
  readonly former: ReadonlyArray<Numbering.FormerRow>
}

/** A visitor's state with the new events, and the state before. */
interface Begun {
  readonly visitor: KnownVisitor
  readonly history: History | null
  readonly timeline: Timeline.Timeline
  readonly events: ReadonlyArray<Activity.Activity> | null
  readonly isSlow: boolean
}

/** Asks the domain what the touched visitors' events amount to at `now`, and compares it with what is stored. */
export const settle = (rules: Rules.Rules, known: Known, now: number): Settlement | Forgotten => {
  const orders = known.orders.map(({ order }) => order)
  const book = OrderBook.make([...known.visitors.flatMap(pagesOf), ...known.otherPages], orders)
  const short = known.visitors.filter((visitor) => isShort(rules, visitor, book))
  if (short.length > 0) return forgotten(short)
  const begun = known.visitors.map((visitor) => begin(rules, visitor, book))
  const all = amountTo(rules, begun, book)
  if (all._tag === "Forgotten") return all
  const late = lateIds(rules, begun)
  const lateOrders = new Set(known.orders.filter(isLate(rules)).map(({ order }) => order.orderId))
  const onTime = late.size + lateOrders.size === 0 ? all : amountOnTime(rules, known, begun, late, lateOrders)
  if (onTime._tag === "Forgotten") return onTime

  const own = new Set(known.orders.flatMap(({ isOwn, order }) => (isOwn ? [order.orderId] : [])))
  // An order of a visitor who is not looked at seems to stand alone.
  const concerned = (outcome: Outcome.Outcome) => !isAlone(outcome) || own.has(outcome.orderId!)
  const outcomes = all.outcomes.filter(concerned)
  const looks = nextLooks(outcomes, now)
  const numbered = begun.map((one, index) => numberOf(one, all.states[index]!, looks))
  return {
    _tag: "Settlement",
    visitors: numbered.map(({ visitor }) => visitor),
    sessions: numbered.flatMap(({ visitor }) => visitor.written),
    bridged: numbered.flatMap(({ bridged }) => bridged),
    changes: Ledger.reconcile(
      rules,
      known.standing,
      {
        outcomes,
        onTime: onTime === all ? outcomes : onTime.outcomes.filter(concerned),
        late: new Set<string>([...late, ...lateOrders])
      },
      now
    ),
    late,
    placed: outcomes.filter(isBought).filter(({ session, orderId }) => session !== null && own.has(orderId!))
  }
}

const isHistory = (stored: KnownVisitor["stored"]): stored is History => "timeline" in stored

const pagesOf = ({ fresh, stored }: KnownVisitor): ReadonlyArray<OrderBook.PageReport> => [
  ...(isHistory(stored) ? stored.timeline.pages : reportsOf(stored.map(({ activity }) => activity))),
  ...reportsOf(fresh)
]

const reportsOf = (events: ReadonlyArray<Activity.Activity>): ReadonlyArray<OrderBook.PageReport> =>
  events.flatMap((event) => OrderBook.reportOf(event) ?? [])

/** The orders that a visitor's pages report. */
export const ordersOnPages = (visitor: KnownVisitor): ReadonlyArray<Ids.OrderId> =>
  pagesOf(visitor).map(({ orderId }) => orderId)

const forgotten = (visitors: ReadonlyArray<KnownVisitor>): Forgotten => ({
  _tag: "Forgotten",
  visitorIds: visitors.map(({ id }) => id)
})

/** Whether the new events, orders or e-mails reach back to what is forgotten. */
const isShort = (rules: Rules.Rules, visitor: KnownVisitor, book: OrderBook.OrderBook): boolean => {
  const { fresh, given, stored } = visitor
  if (!isHistory(stored) || stored.timeline.forgotten === 0) return false
  const { orders } = stored.timeline
  return (
    isGiven(given) ||
    fresh.some((event) => Lateness.isSlow(rules, event)) ||
    Timeline.reachesBack(stored.timeline, { events: fresh, site: { book, orders } })
  )
}

const isGiven = ({ identifications, unlinkings }: Given): boolean => identifications.length + unlinkings.length > 0

const begin = (rules: Rules.Rules, visitor: KnownVisitor, book: OrderBook.OrderBook): Begun => {
  const { fresh, given, stored } = visitor
  const history = isHistory(stored) ? stored : null
  const isSlow = (events: ReadonlyArray<Activity.Activity>) => events.some((event) => Lateness.isSlow(rules, event))
  if (history !== null && history.events === null && !isGiven(given)) {
    const { timeline } = history
    const news = { events: fresh, site: { book, orders: timeline.orders } }
    return {
      visitor,
      history,
      timeline: Timeline.advance(rules, timeline, news),
      events: null,
      isSlow: history.isSlow || isSlow(fresh)
    }
  }
  const before = isHistory(stored)
    ? (stored.events ?? Timeline.eventsOf(stored.timeline))
    : stored.map(({ activity }) => activity)
  const all = [...before, ...fresh]
  const left = Unlinking.apply({ events: all, identifications: given.identifications }, given.unlinkings)
  const events = Identification.attach(rules, left.events, left.identifications)
  return {
    visitor,
    history,
    timeline: Timeline.advance(rules, Timeline.empty, { events, site: { book, orders: [] } }),
    events: isGiven(given) ? all : null,
    isSlow: isSlow(all)
  }
}

/** *Shape*: `states` and `visits` in the order of the input. */
interface Amount {
  readonly _tag: "Amount"
  readonly states: ReadonlyArray<{
    readonly timeline: Timeline.Timeline
    readonly sessions: ReadonlyArray<Session.Session>
  }>
  readonly outcomes: ReadonlyArray<Outcome.Outcome>
}

/** What some visitors' events amount to once the orders have been given to them (sessions.md 4.4). */
const amountTo = (
  rules: Rules.Rules,
  begun: ReadonlyArray<Pick<Begun, "visitor" | "timeline">>,
  book: OrderBook.OrderBook
): Amount | Forgotten => {
  const emails = Placement.emailsOf(book.orders)
  const candidates = emails.size === 0 ? [] : begun.flatMap(({ timeline }) => candidatesOf(rules, timeline, emails))
  const known = new Set(begun.flatMap(({ timeline, visitor }) => (timeline.open === null ? [] : [visitor.id])))
  const { alone, byVisitor } = Placement.place(book.orders, (id) => known.has(id), candidates)
  const newsOf = ({ id }: KnownVisitor): Timeline.News => ({ site: { book, orders: byVisitor.get(id) ?? [] } })
  const short = begun.filter(({ timeline, visitor }) => Timeline.reachesBack(timeline, newsOf(visitor)))
  if (short.length > 0) return forgotten(short.map(({ visitor }) => visitor))
  const outcomes: Array<Outcome.Outcome> = [...Outcome.alone(alone, Infinity)]
  const states = begun.map((one) => {
    const timeline = Timeline.advance(rules, one.timeline, newsOf(one.visitor))
    const visit = Timeline.read(rules, timeline)
    for (const outcome of Outcome.settle(rules, visit, Infinity)) outcomes.push(outcome)
    return { timeline, sessions: visit.sessions }
  })
  return { _tag: "Amount", states, outcomes }
}

/** What follows without the events and orders that came too late. */
const amountOnTime = (
  rules: Rules.Rules,
  known: Known,
  begun: ReadonlyArray<Begun>,
  late: ReadonlySet<Ids.EventId>,
  lateOrders: ReadonlySet<Ids.OrderId>
): Amount | Forgotten => {
  const pages = begun.flatMap(({ timeline }) => timeline.pages).filter(({ id }) => !late.has(id as Ids.EventId))
  const orders = known.orders.flatMap(({ order }) => (lateOrders.has(order.orderId) ? [] : [order]))
  const book = OrderBook.make([...pages, ...known.otherPages], orders)
  const site = { book, orders: [] }
  const punctual = begun.map(({ isSlow, timeline, visitor }) => {
    const events = isSlow ? Timeline.eventsOf(timeline) : []
    return events.some(({ id }) => late.has(id))
      ? {
          visitor,
          timeline: Timeline.advance(rules, Timeline.empty, { events: events.filter(({ id }) => !late.has(id)), site })
        }
      : { visitor, timeline }
  })
  return amountTo(rules, punctual, book)
}

const candidatesOf = (
  rules: Rules.Rules,
  timeline: Timeline.Timeline,
  emails: ReadonlySet<Ids.Email>
): ReadonlyArray<Placement.Candidate> => {
  const chapters = Timeline.chaptersOf(timeline)
  return Timeline.read(rules, timeline).sessions.flatMap(({ email, id, visitorId }, index) =>
    email !== null && emails.has(email)
      ? [{ visitorId, email, sessionId: id, first: Timeline.firstOf(chapters[index]!) }]
      : []
  )
}

const lateIds = (rules: Rules.Rules, begun: ReadonlyArray<Begun>): ReadonlySet<Ids.EventId> =>
  Lateness.lateIds(
    rules,
    begun.flatMap(({ events, isSlow, timeline, visitor }) => {
      if (!isSlow) return []
      if (events === null) return Timeline.eventsOf(timeline)
      return Unlinking.apply({ events, identifications: [] }, visitor.given.unlinkings).events
    })
  )

/** Reported too late to change what was emitted, as an event may be (sessions.md 6.2, ADR 0020). */
const isLate =
  (rules: Rules.Rules) =>
  ({ order, receivedAt }: StoredOrder): boolean =>
    receivedAt - order.at > Rules.inForce(rules, order.at).allowedLateness

const isBought = (outcome: Outcome.Outcome): outcome is Outcome.FinalizedTransaction =>
  outcome.type === "FinalizedTransaction"

const isAlone = (outcome: Outcome.Outcome): outcome is Outcome.FinalizedTransaction =>
  isBought(outcome) && outcome.session === null

/** Gives the sessions their rows. What has not been read again keeps its own. */
const numberOf = (
  { events, history, isSlow, visitor }: Begun,
  { sessions, timeline }: Amount["states"][number],
  looks: ReadonlyMap<Ids.SessionId, number>
) => {
  const before = history === null ? [] : Timeline.chaptersOf(history.timeline)
  const unread = Numbering.unread(before, Timeline.chaptersOf(timeline))
  const end = sessions.length - unread.last
  const former = isHistory(visitor.stored)
    ? before
        .slice(unread.first, before.length - unread.last)
        .map((chapter) => formerRow(visitor.stored as History, chapter))
    : Numbering.rowsOf(visitor.stored)
  const { bridged, numbered } = Numbering.number(former, sessions.slice(unread.first, end))
  const dueAtOf = ({ id }: Session.Session) => looks.get(id) ?? null
  const read = numbered.map((one): SessionWrite => ({ ...one, dueAt: dueAtOf(one.session) }))
  const kept: Array<KeptSession> = []
  const written: Array<SessionWrite> = []
  const compare = (session: Session.Session) => {
    const row = history!.sessions.get(session.id)!
    const dueAt = dueAtOf(session)
    if (row.dueAt === dueAt && isSame(row.session, session)) kept.push(row)
    else written.push({ no: row.no, session, isRenamed: false, dueAt })
  }
  sessions.slice(0, unread.first).forEach(compare)
  written.push(...read)
  sessions.slice(end).forEach(compare)
  const settled: SettledVisitor = {
    id: visitor.id,
    history: { timeline: withOwnBook(timeline), events, isSlow },
    kept,
    written,
    read,
    former
  }
  return { visitor: settled, bridged }
}

const formerRow = ({ sessions }: History, { events, from, session, to }: Timeline.Chapter): Numbering.FormerRow => ({
  no: sessions.get(session.id)!.no,
  id: session.id,
  eventIds: events.slice(from, to).map(({ id }) => id)
})

/** Whether a session says the same of the same events: e-mails and orders come and go. */
const isSame = (a: Session.Session, b: Session.Session): boolean =>
  a === b ||
  (Object.keys(a) as ReadonlyArray<keyof Session.Session>).every((key) => key === "eventIds" || a[key] === b[key])

/** The book holds what all visitors of the batch report, and a memory may last. */
const withOwnBook = (timeline: Timeline.Timeline): Timeline.Timeline => {
  const first = timeline.pages.flatMap(({ orderId }) => {
    const page = timeline.book.pages.get(orderId)
    return page === undefined ? [] : [[orderId, page] as const]
  })
  return { ...timeline, book: first.length === 0 ? OrderBook.empty : { pages: new Map(first), orders: [] } }
}

/** Which event is in which session, of those that may be new or moved, once every session has its number. */
export const membership = ({ sessions, visitors }: Settlement, numbers: ReadonlyArray<number>) => {
  const noOf = new Map(sessions.map((write, index) => [write, numbers[index]!]))
  const members = new Map<Ids.EventId, number>()
  for (const { read } of visitors) {
    for (const write of read) for (const id of write.session.eventIds) members.set(id, noOf.get(write)!)
  }
  return members
}

/** What there is to remember of each visitor, once every session has its number. */
export const histories = (
  { sessions, visitors }: Settlement,
  numbers: ReadonlyArray<number>
): ReadonlyMap<Ids.VisitorId, History> => {
  const noOf = new Map(sessions.map((write, index) => [write, numbers[index]!]))
  return new Map(
    visitors.map(({ history, id, kept, written }) => {
      const rows = written.map((write): KeptSession => ({
        no: noOf.get(write)!,
        session: write.session,
        dueAt: write.dueAt
      }))
      return [id, { ...history, sessions: new Map([...kept, ...rows].map((row) => [row.session.id, row])) }]
    })
  )
}

/** The row of an outcome's session. */
const noOf = (histories: ReadonlyMap<Ids.VisitorId, History>, session: Session.Session | null): number | null =>
  session === null ? null : (histories.get(session.visitorId)?.sessions.get(session.id)?.no ?? null)

/** Stored events whose session is another one now (sessions.md 3.7). */
export const moves = ({ visitors }: Settlement, members: ReadonlyMap<Ids.EventId, number>) =>
  visitors.flatMap(({ former }) => Numbering.moves(former, members))

/** An outcome as the ledger keeps it. */
export const emission = (
  rules: Rules.Rules,
  { outcome, isHistoric }: Extract<Ledger.Change, { readonly _tag: "Emit" }>,
  histories: ReadonlyMap<Ids.VisitorId, History>
): Emission => ({
  outcome,
  isHistoric,
  explanation: Explanation.explain(rules, outcome),
  sessionNo: noOf(histories, outcome.session)
})

/** Which session's row a purchase by API belongs to. */
export const assignment = (
  { key, visitorId, session }: Outcome.FinalizedTransaction,
  histories: ReadonlyMap<Ids.VisitorId, History>
): ReadonlyArray<Assigned> => {
  const sessionNo = noOf(histories, session)
  return sessionNo === null || visitorId === null ? [] : [{ key, visitorId, sessionNo }]
}

/** When the schedule must come back to a session: as soon as its next outcome is there (sessions.md 5). */
const nextLooks = (outcomes: ReadonlyArray<Outcome.Outcome>, now: number): ReadonlyMap<Ids.SessionId, number> => {
  const looks = new Map<Ids.SessionId, number>()
  for (const outcome of outcomes) {
    const at = outcome.type === "FinalizedTransaction" ? outcome.at : outcome.at + 1
    if (outcome.sessionId === null || at <= now) continue
    looks.set(outcome.sessionId, Math.min(at, looks.get(outcome.sessionId) ?? Infinity))
  }
  return looks
}
