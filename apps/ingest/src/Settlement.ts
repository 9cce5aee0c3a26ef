import {
  Activity,
  Explanation,
  Identification,
  Ids,
  Lateness,
  Ledger,
  type Outcome,
  Rules,
  type Session,
  Site,
  Unlinking
} from "@spoor/domain"
import type { Assigned, Emission, Given, SessionWrite, StoredActivity, StoredOrder } from "@spoor/postgres"

/** What the database knows of the touched visitors, the batch's new events included. */
export interface Known {
  readonly stored: ReadonlyArray<StoredActivity>
  readonly fresh: ReadonlyArray<Activity.Activity>
  readonly given: Given
  readonly orders: ReadonlyArray<StoredOrder>
  readonly otherPages: Site.Input["otherPages"]
  readonly standing: ReadonlyArray<Ledger.Standing>
}

/** What to write so that the tables say what the rules say. Session numbers of new rows are drawn while writing. */
export interface Settlement {
  readonly sessions: ReadonlyArray<SessionWrite>
  /** Numbers of rows whose sessions were bridged into others. */
  readonly bridged: ReadonlyArray<number>
  readonly changes: ReadonlyArray<Ledger.Change>
  /** Events that came too late to change an outcome (sessions.md 6.2). */
  readonly late: ReadonlySet<Ids.EventId>
  /** Orders by API that the visitors' sessions have. */
  readonly placed: ReadonlyArray<Outcome.FinalizedTransaction>
}

/** Asks the domain what the touched visitors' events amount to at `now`, and compares it with what is stored. */
export const settle = (rules: Rules.Rules, known: Known, now: number): Settlement => {
  const { events, identifications } = Unlinking.apply(
    { ...known.given, events: [...known.stored.map(({ activity }) => activity), ...known.fresh] },
    known.given.unlinkings
  )
  const late = Lateness.lateIds(rules, events)
  const lateOrders = new Set(known.orders.filter(isLate(rules)).map(({ order }) => order.orderId))
  const own = new Set(known.orders.flatMap(({ isOwn, order }) => (isOwn ? [order.orderId] : [])))
  const named = Identification.attach(rules, events, identifications)
  const amountTo = (input: Pick<Site.Input, "events" | "orders">) => {
    const { sessions, outcomes } = Site.sessionize(rules, { ...input, otherPages: known.otherPages ?? [] }, Infinity)
    // An order of a visitor who is not looked at seems to stand alone.
    return { sessions, outcomes: outcomes.filter((outcome) => !isAlone(outcome) || own.has(outcome.orderId!)) }
  }
  const orders = known.orders.map(({ order }) => order)
  const { sessions, outcomes } = amountTo({ events: named, orders })
  const onTime =
    late.size + lateOrders.size === 0
      ? outcomes
      : amountTo({
          events: named.filter(({ id }) => !late.has(id)),
          orders: orders.filter(({ orderId }) => !lateOrders.has(orderId))
        }).outcomes
  const numbers = numberSessions(sessions, known.stored)
  const formerIds = idsOfRows(known.stored)
  const kept = new Set(numbers.values())
  const looks = nextLooks(outcomes, now)
  return {
    sessions: sessions.map((session) => ({
      no: numbers.get(session.id) ?? null,
      isRenamed: formerIds.get(numbers.get(session.id) ?? NaN) !== session.id,
      session,
      dueAt: looks.get(session.id) ?? null
    })),
    bridged: [...new Set(known.stored.map(({ sessionNo }) => sessionNo))].filter((no) => !kept.has(no)),
    changes: Ledger.reconcile(
      rules,
      known.standing,
      { outcomes, onTime, late: new Set<string>([...late, ...lateOrders]) },
      now
    ),
    late,
    placed: outcomes.filter(isBought).filter(({ session, orderId }) => session !== null && own.has(orderId!))
  }
}

/** Reported too late to change what was emitted, as an event may be (sessions.md 6.2, ADR 0020). */
const isLate =
  (rules: Rules.Rules) =>
  ({ order, receivedAt }: StoredOrder): boolean =>
    receivedAt - order.at > Rules.inForce(rules, order.at).allowedLateness

const isBought = (outcome: Outcome.Outcome): outcome is Outcome.FinalizedTransaction =>
  outcome.type === "FinalizedTransaction"

const isAlone = (outcome: Outcome.Outcome): outcome is Outcome.FinalizedTransaction =>
  isBought(outcome) && outcome.session === null

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
    return current === undefined || current === sessionNo
      ? []
      : [{ eventId: activity.id, from: sessionNo, sessionNo: current }]
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

/** Which session's row a purchase by API belongs to. */
export const assignment = (
  { key, visitorId, session }: Outcome.FinalizedTransaction,
  members: ReadonlyMap<Ids.EventId, number>
): ReadonlyArray<Assigned> => {
  const sessionNo = session === null ? undefined : members.get(session.eventIds[0]!)
  return sessionNo === undefined || visitorId === null ? [] : [{ key, visitorId, sessionNo }]
}

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

/** The IDs that sessions' rows have had until now: those of their first events (sessions.md 2.3). */
const idsOfRows = (stored: ReadonlyArray<StoredActivity>): ReadonlyMap<number, Ids.SessionId> => {
  const first = new Map<number, Activity.Activity>()
  for (const { activity, sessionNo } of stored) {
    const known = first.get(sessionNo)
    if (known === undefined || Activity.compare(activity, known) < 0) first.set(sessionNo, activity)
  }
  return new Map([...first].map(([no, { id, siteId }]) => [no, Ids.sessionId(siteId, id)]))
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
