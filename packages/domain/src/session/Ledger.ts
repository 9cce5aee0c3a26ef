import type { Email, SiteId } from "./Ids.ts"
import type { Outcome } from "./Outcome.ts"
import type { Rules } from "./Rules.ts"

/** An outcome as it stands in the ledger: emitted, and not superseded. */
export interface Standing {
  readonly siteId: SiteId
  readonly key: string
  readonly email: Email | null
  readonly recoveredBy: string | null
  readonly evidence: ReadonlyArray<string>
}

/**
 * What to append to the ledger, or to add to a row that stands. Rows are never edited away (sessions.md 6.1): `Amend`
 * only adds an e-mail that became known (5.6) and the purchase that recovered it (5.5).
 */
export type Change =
  | { readonly _tag: "Emit"; readonly outcome: Outcome; readonly isHistoric: boolean }
  | { readonly _tag: "Supersede"; readonly key: string; readonly reason: SupersedeReason }
  | { readonly _tag: "Amend"; readonly key: string; readonly email: Email | null; readonly recoveredBy: string | null }

/** Why a row was superseded: what the set of events says now (sessions.md 6.1). */
export type SupersedeReason = "purchase-named" | "reported-earlier" | "no-longer-computed"

/**
 * What brings the ledger from what stands to what is computed at `now`.
 *
 * *Shape*: both sides of the same visitors. Applied once, a second call gives no change.
 * *Source*: sessions.md 5.5, 5.6, 6.1 and 6.2.
 */
export const reconcile = (
  rules: Rules,
  standing: ReadonlyArray<Standing>,
  computed: ReadonlyArray<Outcome>,
  now: number
): ReadonlyArray<Change> => {
  const wanted = new Map(computed.map((outcome) => [outcome.key, outcome]))
  const changes: Array<Change> = []
  for (const row of standing) {
    const outcome = wanted.get(row.key)
    const reason = supersedeReason(row, outcome)
    if (outcome === undefined || reason !== null) {
      changes.push({ _tag: "Supersede", key: row.key, reason: reason ?? "no-longer-computed" })
      continue
    }
    wanted.delete(row.key)
    const { email } = outcome
    const recoveredBy = outcome.type === "FinalizedTransaction" ? null : outcome.recoveredBy
    if (email !== row.email || recoveredBy !== row.recoveredBy) {
      changes.push({ _tag: "Amend", key: row.key, email, recoveredBy })
    }
  }
  for (const outcome of wanted.values()) {
    changes.push({ _tag: "Emit", outcome, isHistoric: isHistoric(rules, outcome, now) })
  }
  return changes
}

/** Null when the row still says what is computed. A purchase whose first report is another one is replaced. */
const supersedeReason = (row: Standing, outcome: Outcome | undefined): SupersedeReason | null => {
  if (outcome !== undefined) return outcome.evidence[0] === row.evidence[0] ? null : "reported-earlier"
  // An inferred purchase goes when an order ID names it (sessions.md 4.3).
  return row.key.startsWith("sale:") ? "purchase-named" : "no-longer-computed"
}

/** Computed too late to be news: shown, never delivered (sessions.md 1.4 and 6.2). */
const isHistoric = (rules: Rules, outcome: Outcome, now: number): boolean =>
  outcome.session?.isHistory === true || now - outcome.at > rules.allowedLateness
