import { type Cart, isSame as isSameCart } from "./Cart.ts"
import type { Email, SiteId, VisitorId } from "./Ids.ts"
import { dueBy, type Outcome } from "./Outcome.ts"
import { inForce, type Rules } from "./Rules.ts"

/** An outcome as it stands in the ledger: emitted, and not superseded. */
export interface Standing {
  readonly siteId: SiteId
  readonly key: string
  /** Null for an order by API that stands alone and names only an e-mail (sessions.md 4.4). */
  readonly visitorId: VisitorId | null
  readonly email: Email | null
  readonly recoveredBy: string | null
  readonly evidence: ReadonlyArray<string>
  /** What was left or bought, as it was emitted. */
  readonly cart: Cart | null
}

/**
 * What to append to the ledger, or to add to a row that stands. Rows are never edited away (sessions.md 6.1): `Amend`
 * only adds an e-mail (5.6) or a visitor that became known, and the purchase that recovered it (5.5). `replacedBy` is the key
 * of the outcome that is emitted in place of a superseded one, if any.
 */
export type Change =
  | { readonly _tag: "Emit"; readonly outcome: Outcome; readonly isHistoric: boolean }
  | {
      readonly _tag: "Supersede"
      readonly key: string
      readonly reason: SupersedeReason
      readonly replacedBy: string | null
    }
  | {
      readonly _tag: "Amend"
      readonly key: string
      readonly visitorId: VisitorId | null
      readonly email: Email | null
      readonly recoveredBy: string | null
    }

/** Why a row was superseded: what the set of events says now (sessions.md 6.1). */
export type SupersedeReason = "purchase-named" | "reported-earlier" | "order-moved" | "no-longer-computed"

/**
 * What the rules make of the stored events, due or not: all of it, and what follows without the events that came too
 * late (`Lateness.lateIds`).
 *
 * *Shape*: outcomes as settled at `Infinity`; one array twice where nothing came too late.
 */
export interface Computed {
  readonly outcomes: ReadonlyArray<Outcome>
  readonly onTime: ReadonlyArray<Outcome>
  readonly late: ReadonlySet<string>
}

/**
 * What brings the ledger from what stands to what is computed at `now`.
 *
 * Events that came too late change nothing that was emitted: what rests on them is added where no row speaks of it yet,
 * as historic, and stands. A row that is due again later, because its session turned out to be longer, stands, too:
 * an outcome is emitted once per key.
 *
 * *Shape*: both sides of the same visitors. Applied once, a second call gives no change.
 * *Source*: sessions.md 5.5, 5.6, 6.1, 6.2 and ADR 0013.
 */
export const reconcile = (
  rules: Rules,
  standing: ReadonlyArray<Standing>,
  computed: Computed,
  now: number
): ReadonlyArray<Change> => {
  const known = byKey(computed.onTime)
  const due = dueBy(computed.onTime, now)
  const current = byKey(due)
  const reasonFor = (row: Standing): SupersedeReason | null =>
    row.evidence.some((id) => computed.late.has(id)) ? null : supersedeReason(row, known.get(row.key))
  const kept = new Map(standing.flatMap((row) => (reasonFor(row) === null ? [[row.key, row]] : [])))
  const emitted = [...due.filter(({ key }) => !kept.has(key)), ...added(standing, computed, now)]
  return [
    ...superseded(
      standing.flatMap((row) => {
        const reason = reasonFor(row)
        return reason === null ? [] : [{ row, reason }]
      }),
      emitted
    ),
    ...[...kept.values()].flatMap((row) => amended(row, current.get(row.key))),
    ...emitted.map((outcome): Change => ({
      _tag: "Emit",
      outcome,
      isHistoric: isHistoric(rules, computed, outcome, now)
    }))
  ]
}

const byKey = (outcomes: ReadonlyArray<Outcome>): ReadonlyMap<string, Outcome> =>
  new Map(outcomes.map((outcome) => [outcome.key, outcome]))

/**
 * Null when the row still says what is computed. A purchase of another report or another visitor is replaced, and so is a cart
 * whose last difference is the same and leads to another one now (ADR 0021).
 */
const supersedeReason = (row: Standing, outcome: Outcome | undefined): SupersedeReason | null => {
  if (outcome !== undefined) {
    if (!isSame(outcome.evidence, row.evidence)) return "reported-earlier"
    if (outcome.type === "AbandonedCart" && row.cart !== null && !isSameCart(outcome.cart, row.cart)) {
      return "no-longer-computed"
    }
    return row.visitorId === null || row.visitorId === outcome.visitorId ? null : "order-moved"
  }
  // An inferred purchase goes when an order ID names it (sessions.md 4.3).
  return row.key.startsWith("sale:") ? "purchase-named" : "no-longer-computed"
}

const isSame = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): boolean =>
  a.length === b.length && a.every((id, index) => id === b[index])

const superseded = (
  rows: ReadonlyArray<{ readonly row: Standing; readonly reason: SupersedeReason }>,
  emitted: ReadonlyArray<Outcome>
): ReadonlyArray<Change> => {
  if (rows.length === 0) return []
  // Backwards, so that of several the first remains.
  const known = byKey(emitted.toReversed())
  const resting = new Map(emitted.toReversed().flatMap(({ evidence, key }) => evidence.map((id) => [id, key] as const)))
  const inSession = new Map(
    emitted
      .toReversed()
      .flatMap(({ key, session }) => session?.eventIds.map((id) => [id as string, key] as const) ?? [])
  )
  return rows.map(({ row: { evidence, key }, reason }) => {
    const first = evidence[0] ?? ""
    const replacedBy = known.get(key)?.key ?? resting.get(first) ?? inSession.get(first) ?? null
    return { _tag: "Supersede", key, reason, replacedBy }
  })
}

const amended = (row: Standing, outcome: Outcome | undefined): ReadonlyArray<Change> => {
  if (outcome === undefined) return []
  const { visitorId, email } = outcome
  const recoveredBy = outcome.type === "FinalizedTransaction" ? null : outcome.recoveredBy
  if (visitorId === row.visitorId && email === row.email && recoveredBy === row.recoveredBy) return []
  return [{ _tag: "Amend", key: row.key, visitorId, email, recoveredBy }]
}

/** What rests on late events, of purchases and sessions that no row speaks of. */
const added = (
  standing: ReadonlyArray<Standing>,
  { outcomes, onTime, late }: Computed,
  now: number
): ReadonlyArray<Outcome> => {
  if (late.size === 0) return []
  const spoken = new Set([...onTime, ...standing].flatMap(({ evidence }) => evidence))
  const known = new Set([...onTime, ...standing].map(({ key }) => key))
  return dueBy(outcomes, now).filter(({ key, type, evidence, session }) => {
    const concerned: ReadonlyArray<string> = type === "FinalizedTransaction" ? evidence : (session?.eventIds ?? [])
    return !known.has(key) && evidence.some((id) => late.has(id)) && !concerned.some((id) => spoken.has(id))
  })
}

/** Computed too late to be news: shown, never delivered (sessions.md 1.4 and 6.2). */
const isHistoric = (rules: Rules, { late }: Computed, outcome: Outcome, now: number): boolean =>
  outcome.session?.isHistory === true ||
  now - outcome.at > inForce(rules, outcome.session?.startedAt ?? outcome.at).allowedLateness ||
  outcome.evidence.some((id) => late.has(id))
