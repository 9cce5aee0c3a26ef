import { Activity, Ids, type Session, type Timeline } from "@spoor/domain"
import type { StoredActivity } from "@spoor/postgres"

/** A session's row as it was, and the events that it has had. */
export interface FormerRow {
  readonly no: number
  readonly id: Ids.SessionId
  readonly eventIds: ReadonlyArray<Ids.EventId>
}

/** A session and the row that keeps it from now on; null: a new one. */
export interface Numbered {
  readonly no: number | null
  readonly session: Session.Session
  /** Whether the row has had another ID until now. */
  readonly isRenamed: boolean
}

/** The rows that stored events tell of: a session's ID is that of its first event (sessions.md 2.3). */
export const rowsOf = (stored: ReadonlyArray<StoredActivity>): ReadonlyArray<FormerRow> =>
  [...Map.groupBy(stored, ({ sessionNo }) => sessionNo)].map(([no, own]) => {
    const events = own.map(({ activity }) => activity).sort(Activity.compare)
    return { no, id: Ids.sessionId(events[0]!.siteId, events[0]!.id), eventIds: events.map(({ id }) => id) }
  })

/** How many chapters at the begin and at the end of two readings are the same: nothing in them was read again. */
export const unread = (
  before: ReadonlyArray<Timeline.Chapter>,
  after: ReadonlyArray<Timeline.Chapter>
): { readonly first: number; readonly last: number } => {
  const most = Math.min(before.length, after.length)
  let first = 0
  while (first < most && before[first] === after[first]) first++
  let last = 0
  while (last < most - first && before.at(-1 - last) === after.at(-1 - last)) last++
  return { first, last }
}

/** A session keeps the row that already holds one of its events, each row serving one session only. */
export const number = (
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

/** Stored events whose session is another one now (sessions.md 3.7). */
export const moves = (former: ReadonlyArray<FormerRow>, members: ReadonlyMap<Ids.EventId, number>) =>
  former.flatMap(({ eventIds, no: from }) =>
    eventIds.flatMap((eventId) => {
      const sessionNo = members.get(eventId)
      return sessionNo === undefined || sessionNo === from ? [] : [{ eventId, from, sessionNo }]
    })
  )
