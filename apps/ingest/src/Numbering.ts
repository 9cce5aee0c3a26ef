import { Activity, Ids, OrderBook, type Session, Timeline } from "@spoor/domain"
import type { SessionWrite, StoredActivity } from "@spoor/postgres"
import { type Amount, type Begun, isHistory } from "./Amount.ts"
import type { History, KeptSession } from "./Histories.ts"

/** A session's row as it was, and the events that it has had. */
interface FormerRow {
  readonly no: number
  readonly id: Ids.SessionId
  readonly eventIds: ReadonlyArray<Ids.EventId>
}

/** A session and the row that keeps it from now on; null: a new one. */
interface Numbered {
  readonly no: number | null
  readonly session: Session.Session
  /** Whether the row has had another ID until now. */
  readonly isRenamed: boolean
}

/** What the rules say of one visitor. */
export interface SettledVisitor {
  readonly id: Ids.VisitorId
  readonly history: Omit<History, "sessions">
  /** Sessions whose rows are as they should be. */
  readonly kept: ReadonlyArray<KeptSession>
  readonly written: ReadonlyArray<SessionWrite>
  /** Those of them that were read again, and the rows that their events have had. */
  readonly read: ReadonlyArray<SessionWrite>
  readonly former: ReadonlyArray<FormerRow>
}

/** Gives the sessions their rows. A session whose chapter has not been read again keeps its own. */
export const renumber = (
  { events, history, isSlow, visitor }: Begun,
  { sessions, timeline }: Amount["states"][number],
  looks: ReadonlyMap<Ids.SessionId, number>
) => {
  const { stored } = visitor
  const before = history === null ? [] : Timeline.chaptersOf(history.timeline)
  const after = Timeline.chaptersOf(timeline)
  const [known, still] = [new Set(before), new Set(after)]
  const former = isHistory(stored)
    ? before.filter((chapter) => !still.has(chapter)).map((chapter) => formerRow(stored, chapter))
    : rowsOf(stored)
  const { bridged, numbered } = number(
    former,
    sessions.filter((_, index) => !known.has(after[index]!))
  )
  const dueAtOf = ({ id }: Session.Session) => looks.get(id) ?? null
  const read = numbered.map((one): SessionWrite => ({ ...one, dueAt: dueAtOf(one.session) }))
  const kept: Array<KeptSession> = []
  const written = [...read]
  for (const [index, session] of sessions.entries()) {
    if (!known.has(after[index]!)) continue
    const row = history!.sessions.get(session.id)!
    const dueAt = dueAtOf(session)
    if (row.dueAt === dueAt && isSame(row.session, session)) kept.push(row)
    else written.push({ no: row.no, session, isRenamed: false, dueAt })
  }
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

const formerRow = ({ sessions }: History, { events, from, session, to }: Timeline.Chapter): FormerRow => ({
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
export const membership = (visitors: ReadonlyArray<SettledVisitor>, numbers: ReadonlyMap<SessionWrite, number>) => {
  const members = new Map<Ids.EventId, number>()
  for (const { read } of visitors) {
    for (const write of read) for (const id of write.session.eventIds) members.set(id, numbers.get(write)!)
  }
  return members
}

/** Stored events whose session is another one now (sessions.md 3.7). */
export const moves = (visitors: ReadonlyArray<SettledVisitor>, members: ReadonlyMap<Ids.EventId, number>) =>
  visitors.flatMap(({ former }) =>
    former.flatMap(({ eventIds, no: from }) =>
      eventIds.flatMap((eventId) => {
        const sessionNo = members.get(eventId)
        return sessionNo === undefined || sessionNo === from ? [] : [{ eventId, from, sessionNo }]
      })
    )
  )

/** What there is to remember of each visitor, once every session has its number. */
export const histories = (
  visitors: ReadonlyArray<SettledVisitor>,
  numbers: ReadonlyMap<SessionWrite, number>
): ReadonlyMap<Ids.VisitorId, History> =>
  new Map(
    visitors.map(({ history, id, kept, written }) => {
      const rows = written.map((write): KeptSession => ({
        no: numbers.get(write)!,
        session: write.session,
        dueAt: write.dueAt
      }))
      return [id, { ...history, sessions: new Map([...kept, ...rows].map((row) => [row.session.id, row])) }]
    })
  )

/** The rows that stored events tell of: a session's ID is that of its first event (sessions.md 2.3). */
const rowsOf = (stored: ReadonlyArray<StoredActivity>): ReadonlyArray<FormerRow> =>
  [...Map.groupBy(stored, ({ sessionNo }) => sessionNo)].map(([no, own]) => {
    const events = own.map(({ activity }) => activity).sort(Activity.compare)
    return { no, id: Ids.sessionId(events[0]!.siteId, events[0]!.id), eventIds: events.map(({ id }) => id) }
  })

/** A session keeps the row that already holds one of its events, each row serving one session only. */
const number = (
  former: ReadonlyArray<FormerRow>,
  sessions: ReadonlyArray<Session.Session>
): { readonly numbered: ReadonlyArray<Numbered>; readonly bridged: ReadonlyArray<number> } => {
  const rowOf = new Map(former.flatMap((row) => row.eventIds.map((id) => [id, row] as const)))
  const taken = new Set<FormerRow>()
  const numbered = sessions.map((session): Numbered => {
    for (const id of session.eventIds) {
      const row = rowOf.get(id)
      if (row === undefined || taken.has(row)) continue
      taken.add(row)
      return { no: row.no, session, isRenamed: row.id !== session.id }
    }
    return { no: null, session, isRenamed: false }
  })
  return { numbered, bridged: former.filter((row) => !taken.has(row)).map(({ no }) => no) }
}
