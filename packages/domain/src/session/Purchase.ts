import type { Activity } from "./Activity.ts"
import type { Cart } from "./Cart.ts"
import type { EventId, OrderId, SessionId } from "./Ids.ts"
import type { ReportedOrder } from "./ReportedOrder.ts"
import type { Session } from "./Session.ts"

/**
 * Something was bought (sessions.md 4.2 to 4.5).
 *
 * *Shape*: `session` is null for an order that stands alone. `evidence` holds event IDs, or the order ID of an order
 * by API. `isInferred` marks a sale page without an order ID that nothing has named.
 */
export interface Purchase {
  readonly at: number
  readonly orderId: OrderId | null
  readonly isInferred: boolean
  readonly eventId: EventId | null
  readonly session: Session | null
  readonly segment: number
  readonly order: ReportedOrder | null
  readonly cart: Cart | null
  readonly value: number | null
  readonly currency: string | null
  readonly evidence: ReadonlyArray<string>
}

/**
 * An order by API and where it belongs (sessions.md 4.4).
 *
 * *Shape*: `sessionId` is null for the session that goes on at its time, or went on last: that is where an order that
 * names its visitor belongs. One that names only an e-mail has been given to a session of the site by its ID.
 */
export interface PlacedOrder {
  readonly order: ReportedOrder
  readonly sessionId: SessionId | null
}

/**
 * A sale as the walk along the events meets it; the session is known only when it is over.
 *
 * *Shape*: `sessionId` is null for the session that the walk was in. `Named` gives the last inferred purchase its order ID
 * (sessions.md 4.3).
 */
export type Sale =
  | {
      readonly _tag: "ByPage"
      readonly page: Activity
      readonly segment: number
      readonly cart: Cart | null
    }
  | {
      readonly _tag: "ByOrder"
      readonly order: ReportedOrder
      readonly sessionId: SessionId | null
      readonly segment: number
      readonly cart: Cart | null
    }
  | {
      readonly _tag: "Named"
      readonly orderId: OrderId
      readonly evidence: string
      readonly report: Pick<ReportedOrder, "value" | "currency">
      readonly order: ReportedOrder | null
    }

/**
 * That the visitor bought, as long as nothing but sale pages followed the last purchase; null after anything else
 * (sessions.md 4.2).
 *
 * *Shape*: `inferredIn` is the session of an inferred purchase that an order ID may still name (4.3): nothing but sale pages
 * followed it, no order ID has named it. Null where there is none.
 */
export interface LastPurchase {
  readonly inferredIn: SessionId | null
}
