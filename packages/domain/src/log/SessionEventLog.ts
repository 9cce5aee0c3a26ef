import { Schema, Struct } from "effect"
import { ActivityType, Order, Product } from "../session/Activity.ts"
import { Cart } from "../session/Cart.ts"
import { Explanation } from "../session/Explanation.ts"
import { Email, EventId, OrderId, SessionId, SiteId, VisitorId } from "../session/Ids.ts"
import type { SupersedeReason } from "../session/Ledger.ts"
import { columnsOf, head, type Label, LogId, RowInstant } from "./Row.ts"

/** What a customer's activity amounted to. */
export const OutcomeType = Explanation.fields.rule

/**
 * An event or order that an outcome rests on.
 *
 * *Shape*: the last three say which row of the activity log it is; they are null for an order reported through the API,
 * and for an event that retention has removed.
 */
const Evidence = Schema.Struct({
  id: Schema.Union([EventId, OrderId]),
  logId: Schema.NullOr(LogId),
  type: Schema.NullOr(ActivityType),
  occurredAt: Schema.NullOr(RowInstant)
})

const at = Schema.optionalKey(RowInstant)

/** The explanation as stored, but for its instants: a row's instants are all written alike. */
const Why = Explanation.mapFields(
  Struct.evolve({
    facts: (facts) =>
      facts.mapFields(Struct.assign({ startedAt: at, endedAt: at, closedAt: at, dueAt: at, purchasedAt: at }))
  })
)

/**
 * What a customer's activity amounted to; derived, never typed in.
 *
 * *Shape*: `createdAt` is the purchase, or when the abandonment was due; `emittedAt` when the row was written. An order
 * that stands alone (sessions.md 4.4) may have no visitor and has no session. `products` are those that were looked at,
 * `cart` is what was left or bought. `repeatOf`, `recoveredBy` and `supersededBy` are rows of this log.
 * *Source*: spec.md, "Session events"; sessions.md 5 and 6.
 */
export const Row = Schema.Struct({
  ...head,
  siteId: SiteId,
  visitorId: Schema.NullOr(VisitorId),
  type: OutcomeType,
  visitorEmail: Schema.NullOr(Email),
  details: Schema.Struct({
    sessionId: Schema.NullOr(SessionId),
    segment: Schema.Int,
    emittedAt: RowInstant,
    products: Schema.Array(Product),
    cart: Schema.NullOr(Cart),
    order: Schema.NullOr(Order),
    isInferred: Schema.Boolean,
    isHistoric: Schema.Boolean,
    explanation: Why,
    evidence: Schema.Array(Evidence),
    repeatOf: Schema.NullOr(LogId),
    recoveredBy: Schema.NullOr(LogId),
    supersededAt: Schema.NullOr(RowInstant),
    supersededReason: Schema.NullOr(
      Schema.Literals([
        "purchase-named",
        "reported-earlier",
        "order-moved",
        "no-longer-computed"
      ]) satisfies Schema.Schema<SupersedeReason>
    ),
    supersededBy: Schema.NullOr(LogId)
  })
})
export interface Row extends Schema.Schema.Type<typeof Row> {}

/** The columns of the table, from left to right. */
export const labels = {
  id: { pl: "ID logu", en: "Log ID" },
  createdAt: { pl: "Utworzono", en: "Created" },
  visitorId: { pl: "ID odwiedzającego", en: "Visitor ID" },
  type: { pl: "Typ zdarzenia", en: "Event type" },
  visitorEmail: { pl: "E-mail odwiedzającego", en: "Visitor e-mail" },
  details: { pl: "Szczegóły", en: "Details" }
} as const satisfies Partial<Record<keyof Row, Label>>

export const columns = columnsOf(labels)
