import { Schema } from "effect"
import { ActivityType, Device, Order, Product } from "../session/Activity.ts"
import { Cart, Currency, Money } from "../session/Cart.ts"
import { Email, EventId, SessionId, SiteId, text, VisitorId } from "../session/Ids.ts"
import { columnsOf, head, type Label, RowInstant } from "./Row.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/**
 * The session of an event, as far as it is known now.
 *
 * *Units*: `cartValue` in minor units of `cartCurrency`; both null without a current cart (sessions.md 4.1).
 * *Shape*: `endedAt` is the time of its last event so far. `productsViewed` counts distinct ones (3.6).
 */
const SessionFacts = Schema.Struct({
  id: SessionId,
  startedAt: RowInstant,
  endedAt: RowInstant,
  productViews: Count,
  productsViewed: Count,
  cartValue: Schema.NullOr(Money),
  cartCurrency: Schema.NullOr(Currency)
})

/**
 * What a customer did on the shop's pages.
 *
 * *Shape*: `createdAt` is when it happened, by our clock; `clientAt` is what the client's clock said, `storedAt` when
 * the row was written. `visitorEmail` is the session's (sessions.md 3.5), `details.email` the one that this event
 * named.
 * *Source*: spec.md, "Website activity".
 */
export const Row = Schema.Struct({
  ...head,
  siteId: SiteId,
  visitorId: VisitorId,
  sessionId: SessionId,
  type: ActivityType,
  visitorEmail: Schema.NullOr(Email),
  sessionActive: Schema.Boolean,
  details: Schema.Struct({
    session: SessionFacts,
    eventId: EventId,
    url: Schema.NullOr(text(2_048)),
    title: Schema.NullOr(text(512)),
    referrer: Schema.NullOr(text(2_048)),
    device: Schema.NullOr(Device),
    email: Schema.NullOr(Email),
    product: Schema.NullOr(Product),
    cart: Schema.NullOr(Cart),
    order: Schema.NullOr(Order),
    clientAt: Schema.NullOr(RowInstant),
    receivedAt: RowInstant,
    storedAt: RowInstant,
    isLogout: Schema.Boolean,
    isClockWrong: Schema.Boolean,
    isLate: Schema.Boolean,
    isHistory: Schema.Boolean
  })
})
export interface Row extends Schema.Schema.Type<typeof Row> {}

/** The columns of the table, from left to right. */
export const labels = {
  id: { pl: "ID logu", en: "Log ID" },
  createdAt: { pl: "Utworzono", en: "Created" },
  visitorId: { pl: "ID odwiedzającego", en: "Visitor ID" },
  sessionId: { pl: "ID sesji", en: "Session ID" },
  type: { pl: "Typ zdarzenia", en: "Event type" },
  visitorEmail: { pl: "E-mail odwiedzającego", en: "Visitor e-mail" },
  sessionActive: { pl: "Aktywna sesja", en: "Active session" },
  details: { pl: "Szczegóły", en: "Details" }
} as const satisfies Partial<Record<keyof Row, Label>>

export const columns = columnsOf(labels)
