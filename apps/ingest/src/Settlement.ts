import { Explanation, type Ids, Ledger, OrderBook, type Outcome, Rules, type Session, type Site } from "@spoor/domain"
import type { Assigned, Emission, SessionWrite, StoredOrder } from "@spoor/postgres"
import * as Amount from "./Amount.ts"
import type { History } from "./Histories.ts"
import * as Numbering from "./Numbering.ts"

/** What the database knows of the touched visitors, the batch's new events included. */
export interface Known {
  readonly visitors: ReadonlyArray<Amount.KnownVisitor>
  readonly orders: ReadonlyArray<StoredOrder>
  readonly otherPages: NonNullable<Site.Input["otherPages"]>
  readonly standing: ReadonlyArray<Ledger.Standing>
}

/** What to write so that the tables say what the rules say. Session numbers of new rows are drawn while writing. */
export interface Settlement {
  readonly _tag: "Settlement"
  readonly visitors: ReadonlyArray<Numbering.SettledVisitor>
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

/** Asks the domain what the touched visitors' events amount to at `now`, and compares it with what is stored. */
export const settle = (rules: Rules.Rules, known: Known, now: number): Settlement | Amount.Forgotten => {
  const orders = known.orders.map(({ order }) => order)
  const book = OrderBook.make([...known.visitors.flatMap(Amount.pagesOf), ...known.otherPages], orders)
  const short = known.visitors.filter((visitor) => Amount.isShort(rules, visitor, book))
  if (short.length > 0) return Amount.forgotten(short)
  const begun = known.visitors.map((visitor) => Amount.begin(rules, visitor, book))
  const all = Amount.amountTo(rules, begun, book)
  if (all._tag === "Forgotten") return all
  const late = Amount.lateIds(rules, begun)
  const lateOrders = new Set(known.orders.filter(isLate(rules)).map(({ order }) => order.orderId))
  const punctual = orders.filter(({ orderId }) => !lateOrders.has(orderId))
  const onTime =
    late.size + lateOrders.size === 0
      ? all
      : Amount.amountOnTime(rules, begun, late, { orders: punctual, otherPages: known.otherPages })
  if (onTime._tag === "Forgotten") return onTime

  const own = new Set(known.orders.flatMap(({ isOwn, order }) => (isOwn ? [order.orderId] : [])))
  // An order of a visitor who is not looked at seems to stand alone.
  const concerned = (outcome: Outcome.Outcome) => !isAlone(outcome) || own.has(outcome.orderId!)
  const outcomes = all.outcomes.filter(concerned)
  const looks = nextLooks(outcomes, now)
  const numbered = begun.map((one, index) => Numbering.renumber(one, all.states[index]!, looks))
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

/** Reported too late to change what was emitted, as an event may be (sessions.md 6.2, ADR 0020). */
const isLate =
  (rules: Rules.Rules) =>
  ({ order, receivedAt }: StoredOrder): boolean =>
    receivedAt - order.at > Rules.inForce(rules, order.at).allowedLateness

const isBought = (outcome: Outcome.Outcome): outcome is Outcome.FinalizedTransaction =>
  outcome.type === "FinalizedTransaction"

const isAlone = (outcome: Outcome.Outcome): outcome is Outcome.FinalizedTransaction =>
  isBought(outcome) && outcome.session === null

/** The row of an outcome's session. */
const noOf = (histories: ReadonlyMap<Ids.VisitorId, History>, session: Session.Session | null): number | null =>
  session === null ? null : (histories.get(session.visitorId)?.sessions.get(session.id)?.no ?? null)

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
