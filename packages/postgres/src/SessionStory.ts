import { Activity, Cart, CartChange, Ids, Session, Time } from "@spoor/domain"
import { Clock, Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { instant, reading } from "./Keyset.ts"

/** Events of one session that its story tells; the rest stands in the list, filtered by the session. */
const storyEventsMax = 200

const Summary = Schema.Struct({
  id: Ids.SessionId,
  siteId: Ids.SiteId,
  visitorId: Ids.VisitorId,
  email: Schema.NullOr(Ids.Email),
  startedAt: Time.Instant,
  endedAt: Time.Instant,
  closedAt: Time.Instant,
  endedBy: Schema.NullOr(Schema.Literals(["inactivity", "identity", "capped"])),
  eventCount: Schema.Int,
  productViews: Schema.Int,
  productsViewed: Schema.Int,
  cart: Schema.NullOr(Cart.Cart),
  cartValue: Schema.NullOr(Schema.Int),
  cartCurrency: Schema.NullOr(Schema.String),
  landingUrl: Schema.NullOr(Schema.String),
  referrer: Schema.NullOr(Schema.String),
  device: Schema.NullOr(Schema.String)
})

const StoryEvent = Schema.Struct({
  id: Schema.Int,
  eventId: Ids.EventId,
  type: Activity.ActivityType,
  occurredAt: Time.Instant,
  url: Schema.NullOr(Schema.String),
  product: Schema.NullOr(Activity.Product),
  cart: Schema.NullOr(Cart.Cart),
  cartChange: Schema.NullOr(CartChange.CartChange),
  orderId: Schema.NullOr(Schema.String),
  orderValue: Schema.NullOr(Schema.Int),
  orderCurrency: Schema.NullOr(Schema.String)
})

const StoryOutcome = Schema.Struct({
  id: Schema.Int,
  type: Schema.Literals(["AbandonedBrowse", "AbandonedCart", "FinalizedTransaction"]),
  occurredAt: Time.Instant,
  isSuperseded: Schema.Boolean,
  evidence: Schema.Array(Schema.String)
})

/** *Units*: instants in UTC milliseconds, money in minor units. `endReason` is null while the session is active. */
export type SessionSummary = typeof Summary.Type & {
  readonly isActive: boolean
  readonly endReason: Session.Session["endedBy"]
}
export type StoryEvent = typeof StoryEvent.Type
export type StoryOutcome = typeof StoryOutcome.Type

/** One session from its first event to what it amounted to; `events` are its first `storyEventsMax`. */
export interface Story {
  readonly session: SessionSummary
  readonly events: ReadonlyArray<StoryEvent>
  readonly outcomes: ReadonlyArray<StoryOutcome>
}

const decodeSummary = Schema.decodeUnknownEffect(Summary)
const decodeEvents = Schema.decodeUnknownEffect(Schema.Array(StoryEvent))
const decodeOutcomes = Schema.decodeUnknownEffect(Schema.Array(StoryOutcome))

/** What a drawer tells of a session. *Fails* with `SqlError`; rows that no schema accepts are defects. */
export class SessionStory extends Context.Service<
  SessionStory,
  {
    /** *Shape*: `sessionId` may be a former ID (sessions.md 2.3); null when no such session was ever there. */
    readonly tell: (unitId: number, sessionId: string) => Effect.Effect<Story | null, SqlError.SqlError>
  }
>()("@spoor/postgres/SessionStory") {
  static readonly layer = Layer.effect(
    SessionStory,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const summaryOf = (unitId: number, no: number) => sql`
        select id, site_id as "siteId", visitor_id as "visitorId", email, ${instant(sql, "started_at", "startedAt")},
          ${instant(sql, "ended_at", "endedAt")}, ${instant(sql, "closed_at", "closedAt")}, ended_by as "endedBy",
          event_count as "eventCount", product_view_count as "productViews", products_viewed as "productsViewed", cart,
          cart_value as "cartValue", cart_currency as "cartCurrency", landing_url as "landingUrl", referrer, device
        from session where unit_id = ${unitId} and no = ${no}`

      // UTF-16 code units order like bytes here but for characters beyond the BMP, which only the worker must tell apart.
      const eventsOf = (unitId: number, no: number) => sql`
        select id, event_id as "eventId", type, ${instant(sql, "occurred_at", "occurredAt")}, url, product, cart,
          cart_change as "cartChange", order_id as "orderId", order_value as "orderValue", order_currency as "orderCurrency"
        from activity where unit_id = ${unitId} and session_no = ${no}
        order by occurred_at, sequence, event_id collate "C" limit ${storyEventsMax}`

      const outcomesOf = (unitId: number, no: number) => sql`
        select id, type, ${instant(sql, "occurred_at", "occurredAt")}, superseded_at is not null as "isSuperseded",
          evidence
        from session_event where unit_id = ${unitId} and session_no = ${no} order by occurred_at, id`

      const tell = Effect.fn("SessionStory.tell")(
        function* (unitId: number, sessionId: string) {
          const no = yield* resolveSession(sql, unitId, sessionId)
          const [row] = no === null ? [] : yield* summaryOf(unitId, no)
          if (no === null || row === undefined) return null
          const events = yield* Effect.orDie(decodeEvents(yield* eventsOf(unitId, no)))
          const outcomes = yield* Effect.orDie(decodeOutcomes(yield* outcomesOf(unitId, no)))
          const summary = yield* Effect.orDie(decodeSummary(row))
          const now = yield* Clock.currentTimeMillis
          const session = {
            ...summary,
            isActive: Session.isActive(summary, now),
            endReason: Session.endReason(summary, now)
          }
          return { session, events, outcomes }
        },
        (effect) => reading(sql, effect)
      )

      return SessionStory.of({ tell })
    })
  )
}

/**
 * The row of the session that an ID means: the living session of that ID, else the one that now holds the event which
 * the ID names (sessions.md 2.3).
 */
export const resolveSession = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, unitId: number, id: string) {
  const parts = Ids.partsOf(id)
  if (parts === undefined) return null
  const rows = yield* sql<{ readonly no: number }>`
    select no from (
      select no, 0 as rank from session where unit_id = ${unitId} and site_id = ${parts.siteId} and id = ${id}
      union all
      select session_no, 1 from activity
      where unit_id = ${unitId} and site_id = ${parts.siteId} and event_id = ${parts.eventId}) as found
    order by rank limit 1`
  return rows[0]?.no ?? null
})
