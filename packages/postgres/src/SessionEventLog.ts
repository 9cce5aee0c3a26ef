import { Cart, Explanation, Ids, Time } from "@spoor/domain"
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { instant, reading } from "./Keyset.ts"

const OutcomeType = Schema.Literals(["AbandonedBrowse", "AbandonedCart", "FinalizedTransaction"])

/** Another row of the ledger that a row speaks of. */
const Related = Schema.Struct({
  id: Schema.Int,
  type: OutcomeType,
  occurredAt: Time.Instant
})

const Evidence = Schema.Struct({
  id: Schema.String,
  logId: Schema.NullOr(Schema.Int),
  type: Schema.NullOr(Schema.String),
  occurredAt: Schema.NullOr(Time.Instant)
})

const Detailed = Schema.Struct({
  id: Schema.Int,
  siteId: Ids.SiteId,
  occurredAt: Time.Instant,
  visitorId: Schema.NullOr(Ids.VisitorId),
  type: OutcomeType,
  email: Schema.NullOr(Ids.Email),
  explanation: Explanation.Explanation,
  isRepeat: Schema.Boolean,
  isRecovered: Schema.Boolean,
  isSuperseded: Schema.Boolean,
  isHistoric: Schema.Boolean,
  isInferred: Schema.Boolean,
  emittedAt: Time.Instant,
  sessionId: Schema.NullOr(Ids.SessionId),
  segment: Schema.Int,
  orderId: Schema.NullOr(Schema.String),
  orderValue: Schema.NullOr(Schema.Int),
  orderCurrency: Schema.NullOr(Schema.String),
  cart: Schema.NullOr(Cart.Cart),
  supersededAt: Schema.NullOr(Time.Instant),
  supersededReason: Schema.NullOr(Schema.String),
  /** What the rule rests on: events of the activity log, or an order reported by API (`logId` null). */
  evidence: Schema.Array(Evidence),
  repeatOf: Schema.NullOr(Related),
  repeats: Schema.Array(Related),
  recoveredBy: Schema.NullOr(Related),
  recovers: Schema.Array(Related),
  supersededBy: Schema.NullOr(Related)
})

/** A row of *Session events*. *Units*: instants in UTC milliseconds, money in minor units. */
export type SessionEventDetail = typeof Detailed.Type
export type RelatedSessionEvent = typeof Related.Type

const decodeDetails = Schema.decodeUnknownEffect(Schema.Array(Detailed))

/** One row of *Session events* as the panel tells it. *Fails* with `SqlError`; rows that no schema accepts are defects. */
export class SessionEventLog extends Context.Service<
  SessionEventLog,
  {
    readonly find: (unitId: number, id: number) => Effect.Effect<SessionEventDetail | null, SqlError.SqlError>
  }
>()("@spoor/postgres/SessionEventLog") {
  static readonly layer = Layer.effect(
    SessionEventLog,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      /** A row as the object that `Related` describes; the rows that point here are cut off at ten. */
      const related = (name: string) =>
        sql.literal(
          `jsonb_build_object('id', ${name}.id, 'type', ${name}.type, ` +
            `'occurredAt', (extract(epoch from ${name}.occurred_at) * 1000)::bigint)`
        )
      const one = (column: string) => sql`(
        select ${related("other")} from session_event as other
        where other.unit_id = row.unit_id and other.id = ${sql.literal(`row.${column}`)})`
      const many = (column: string) => sql`coalesce((
        select jsonb_agg(${related("other")} order by other.id) from (
          select * from session_event as pointing
          where pointing.unit_id = row.unit_id and pointing.site_id = row.site_id
            and pointing.visitor_id = row.visitor_id and ${sql.literal(`pointing.${column}`)} = row.id
            and pointing.superseded_at is null
          order by pointing.id limit 10) as other), '[]')`

      const find = Effect.fn("SessionEventLog.find")(
        function* (unitId: number, id: number) {
          const rows = yield* sql`
          select row.id, row.site_id as "siteId", ${instant(sql, "row.occurred_at", "occurredAt")}, row.type, row.email,
        row.visitor_id as "visitorId", row.explanation, row.repeat_of is not null as "isRepeat",
        row.recovered_by is not null as "isRecovered", row.superseded_at is not null as "isSuperseded",
        row.is_historic as "isHistoric", row.is_inferred as "isInferred", ${instant(sql, "row.emitted_at", "emittedAt")}, session.id as "sessionId", row.segment,
            row.order_id as "orderId", row.order_value as "orderValue", row.order_currency as "orderCurrency", row.cart,
            ${instant(sql, "row.superseded_at", "supersededAt")}, row.superseded_reason as "supersededReason",
            ${one("repeat_of")} as "repeatOf", ${many("repeat_of")} as repeats,
            ${one("recovered_by")} as "recoveredBy", ${many("recovered_by")} as recovers,
            ${one("superseded_by")} as "supersededBy",
            coalesce((
              select jsonb_agg(jsonb_build_object('id', part.id, 'logId', activity.id, 'type', activity.type,
                'occurredAt', (extract(epoch from activity.occurred_at) * 1000)::bigint) order by part.place)
              from jsonb_array_elements_text(row.evidence) with ordinality as part (id, place)
              left join activity on activity.unit_id = row.unit_id and activity.site_id = row.site_id
                and activity.event_id = part.id), '[]') as evidence
          from session_event as row
          left join session on session.unit_id = row.unit_id and session.no = row.session_no
          where row.unit_id = ${unitId} and row.id = ${id}`
          return (yield* Effect.orDie(decodeDetails(rows)))[0] ?? null
        },
        (effect) => reading(sql, effect)
      )

      return SessionEventLog.of({ find })
    })
  )
}
