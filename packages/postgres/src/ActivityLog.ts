import { Activity, Cart, Ids, Session, Time } from "@spoor/domain"
import { Clock, Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { instant, reading } from "./Keyset.ts"

const Detailed = Schema.Struct({
  id: Schema.Int,
  siteId: Ids.SiteId,
  occurredAt: Time.Instant,
  visitorId: Ids.VisitorId,
  sessionId: Ids.SessionId,
  type: Activity.ActivityType,
  email: Schema.NullOr(Ids.Email),
  closedAt: Time.Instant,
  endedBy: Schema.NullOr(Schema.Literals(["inactivity", "identity", "capped"])),
  url: Schema.NullOr(Schema.String),
  product: Schema.NullOr(Activity.Product),
  cart: Schema.NullOr(Cart.Cart),
  orderId: Schema.NullOr(Schema.String),
  orderValue: Schema.NullOr(Schema.Int),
  orderCurrency: Schema.NullOr(Schema.String),
  sessionNo: Schema.Int,
  eventId: Ids.EventId,
  clientAt: Schema.NullOr(Time.Instant),
  receivedAt: Time.Instant,
  storedAt: Time.Instant,
  title: Schema.NullOr(Schema.String),
  referrer: Schema.NullOr(Schema.String),
  device: Schema.NullOr(Schema.String),
  isLogout: Schema.Boolean,
  isClockWrong: Schema.Boolean,
  isLate: Schema.Boolean,
  isHistory: Schema.Boolean
})

/** A row of *Website activity*. *Units*: instants in UTC milliseconds. The e-mail is the session's (sessions.md 3.5). */
export type ActivityDetail = typeof Detailed.Type & { readonly isSessionActive: boolean }

const decodeDetails = Schema.decodeUnknownEffect(Schema.Array(Detailed))

/** One row of *Website activity* as the panel tells it. *Fails* with `SqlError`; rows that no schema accepts are defects. */
export class ActivityLog extends Context.Service<
  ActivityLog,
  {
    readonly find: (unitId: number, id: number) => Effect.Effect<ActivityDetail | null, SqlError.SqlError>
    /** Whether this site, or any site of the unit, has ever had an event. */
    readonly isFilled: (unitId: number, site: string | undefined) => Effect.Effect<boolean, SqlError.SqlError>
  }
>()("@spoor/postgres/ActivityLog") {
  static readonly layer = Layer.effect(
    ActivityLog,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const find = Effect.fn("ActivityLog.find")(
        function* (unitId: number, id: number) {
          const rows = yield* sql`
          select row.id, row.site_id as "siteId", row.event_id as "eventId", row.visitor_id as "visitorId",
            row.session_no as "sessionNo", session.id as "sessionId", session.email, session.ended_by as "endedBy",
            row.type, ${instant(sql, "row.occurred_at", "occurredAt")}, ${instant(sql, "row.client_at", "clientAt")},
            ${instant(sql, "row.received_at", "receivedAt")}, ${instant(sql, "row.stored_at", "storedAt")},
            ${instant(sql, "session.closed_at", "closedAt")}, row.url, row.title, row.referrer, row.device,
            row.product, row.cart, row.order_id as "orderId", row.order_value as "orderValue",
            row.order_currency as "orderCurrency", row.is_logout as "isLogout",
            row.is_clock_wrong as "isClockWrong", row.is_late as "isLate", row.is_history as "isHistory"
          from activity as row join session on session.unit_id = row.unit_id and session.no = row.session_no
          where row.unit_id = ${unitId} and row.id = ${id}`
          const now = yield* Clock.currentTimeMillis
          return (yield* Effect.orDie(decodeDetails(rows))).map(withActivity(now))[0] ?? null
        },
        (effect) => reading(sql, effect)
      )

      const isFilled = Effect.fn("ActivityLog.isFilled")(function* (unitId: number, site: string | undefined) {
        const where = [sql`unit_id = ${unitId}`, ...(site === undefined ? [] : [sql`site_id = ${site}`])]
        return (yield* sql`select 1 from activity where ${sql.and(where)} limit 1`).length > 0
      })

      return ActivityLog.of({ find, isFilled })
    })
  )
}

const withActivity =
  (now: number) =>
  <Row extends Pick<Session.Session, "closedAt" | "endedBy">>(row: Row) => ({
    ...row,
    isSessionActive: Session.isActive(row, now)
  })
