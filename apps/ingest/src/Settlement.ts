import { type Activity, Explanation, type Ids, Ledger, Outcome, type Rules, type Session, Site } from "@spoor/domain"
import type { Emission, SessionWrite, StoredActivity } from "@spoor/postgres"

/** What the database knows of the touched visitors, the batch's new events included. */
export interface Known {
  readonly stored: ReadonlyArray<StoredActivity>
  readonly fresh: ReadonlyArray<Activity.Activity>
  readonly otherPages: Site.Input["otherPages"]
  readonly standing: ReadonlyArray<Ledger.Standing>
}

/** What to write so that the tables say what the rules say. Session numbers of new rows are drawn while writing. */
export interface Settlement {
  readonly sessions: ReadonlyArray<SessionWrite>
  /** Numbers of rows whose sessions were bridged into others. */
  readonly bridged: ReadonlyArray<number>
  readonly changes: ReadonlyArray<Ledger.Change>
}

/** Asks the domain what the touched visitors' events amount to at `now`, and compares it with what is stored. */
export const settle = (rules: Rules.Rules, known: Known, now: number): Settlement => {
  const events = [...known.stored.map(({ activity }) => activity), ...known.fresh]
  const { sessions, outcomes } = Site.sessionize(rules, { events, otherPages: known.otherPages ?? [] }, now)
  const numbers = numberSessions(sessions, known.stored)
  const kept = new Set(numbers.values())
  return {
    sessions: sessions.map((session) => ({
      no: numbers.get(session.id) ?? null,
      session,
      dueAt: nextLook(rules, session, now)
    })),
    bridged: [...new Set(known.stored.map(({ sessionNo }) => sessionNo))].filter((no) => !kept.has(no)),
    changes: Ledger.reconcile(rules, known.standing, outcomes, now)
  }
}

/** Which event is in which session, once every session has its number. */
export const membership = (
  sessions: ReadonlyArray<SessionWrite>,
  numbers: ReadonlyArray<number>
): ReadonlyMap<Ids.EventId, number> =>
  new Map(sessions.flatMap(({ session }, index) => session.eventIds.map((id) => [id, numbers[index]!] as const)))

/** Stored events whose session is another one now (sessions.md 3.7). */
export const moves = (stored: ReadonlyArray<StoredActivity>, members: ReadonlyMap<Ids.EventId, number>) =>
  stored.flatMap(({ activity, sessionNo }) => {
    const current = members.get(activity.id)
    return current === undefined || current === sessionNo ? [] : [{ eventId: activity.id, sessionNo: current }]
  })

/** An outcome as the ledger keeps it. */
export const emission = (
  rules: Rules.Rules,
  { outcome, isHistoric }: Extract<Ledger.Change, { readonly _tag: "Emit" }>,
  members: ReadonlyMap<Ids.EventId, number>
): Emission => ({
  outcome,
  isHistoric,
  explanation: Explanation.explain(rules, outcome),
  sessionNo: outcome.session === null ? null : (members.get(outcome.session.eventIds[0]!) ?? null)
})

/** A session keeps the row that already holds one of its events, each row serving one session only. */
const numberSessions = (
  sessions: ReadonlyArray<Session.Session>,
  stored: ReadonlyArray<StoredActivity>
): ReadonlyMap<Ids.SessionId, number> => {
  const rowOf = new Map(stored.map(({ activity, sessionNo }) => [activity.id, sessionNo]))
  const taken = new Set<number>()
  const numbers = new Map<Ids.SessionId, number>()
  for (const session of sessions) {
    const no = session.eventIds
      .map((id) => rowOf.get(id))
      .find((candidate) => candidate !== undefined && !taken.has(candidate))
    if (no === undefined) continue
    taken.add(no)
    numbers.set(session.id, no)
  }
  return numbers
}

/** When the schedule must come back to a session: just after its abandonment is due, if that can still be. */
const nextLook = (rules: Rules.Rules, session: Session.Session, now: number): number | null => {
  const due = Outcome.dueAt(rules, session)
  const canFire = Outcome.judgeCart(rules, session, []).fires || Outcome.judgeBrowse(rules, session, []).fires
  return canFire && due >= now ? due + 1 : null
}
