import { type Explanation, type Ids, type Ledger, Outcome } from "@spoor/domain"
import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Place } from "./Activities.ts"
import { copyOrInsert, instants, jsonOf } from "./Copy.ts"
import { unseen } from "./Statistics.ts"

/** An outcome to be put into the ledger, with its explanation and the row of its session. */
export interface Emission {
  readonly outcome: Outcome.Outcome
  readonly explanation: Explanation.Explanation
  readonly isHistoric: boolean
  readonly sessionNo: number | null
}

/** Which session a purchase of this visitor belongs to. */
export interface Assigned {
  readonly key: string
  readonly visitorId: Ids.VisitorId
  readonly sessionNo: number
}

/** The ledger of outcomes. Rows are added and marked, never edited away (sessions.md 6.1). *Fails* with `SqlError`. */
export class SessionEvents extends Context.Service<
  SessionEvents,
  {
    /** What stands for these visitors, and of these orders by API where they stand alone. */
    readonly standing: (
      place: Place,
      visitorIds: ReadonlyArray<Ids.VisitorId>,
      orderIds: ReadonlyArray<Ids.OrderId>
    ) => Effect.Effect<ReadonlyArray<Ledger.Standing>, SqlError.SqlError>
    readonly emit: (
      place: Place,
      emissions: ReadonlyArray<Emission>,
      now: number
    ) => Effect.Effect<void, SqlError.SqlError>
    /** Marks rows that stand: superseded, or amended with an e-mail, a visitor and a recovery. */
    readonly mark: (
      place: Place,
      changes: ReadonlyArray<Exclude<Ledger.Change, { readonly _tag: "Emit" }>>,
      now: number
    ) => Effect.Effect<void, SqlError.SqlError>
    /** Points rows superseded at `now`, and those that they recovered, to the rows that took their place. */
    readonly replace: (
      place: Place,
      changes: ReadonlyArray<Extract<Ledger.Change, { readonly _tag: "Supersede" }>>,
      now: number
    ) => Effect.Effect<void, SqlError.SqlError>
    /** Points rows of these sessions to the sessions that hold their evidence now (sessions.md 3.7). */
    readonly follow: (place: Place, sessionNumbers: ReadonlyArray<number>) => Effect.Effect<void, SqlError.SqlError>
    /** Points purchases that stand to their sessions: an order by API is no event that could be followed. */
    readonly assign: (place: Place, purchases: ReadonlyArray<Assigned>) => Effect.Effect<void, SqlError.SqlError>
  }
>()("@spoor/postgres/SessionEvents") {
  static readonly layer = Layer.effect(
    SessionEvents,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const standing = Effect.fn("SessionEvents.standing")(function* (
        { unitId, siteId }: Place,
        visitorIds: ReadonlyArray<Ids.VisitorId>,
        orderIds: ReadonlyArray<Ids.OrderId>
      ) {
        const keys = orderIds.map((orderId) => Outcome.orderKey(siteId, orderId))
        return yield* sql<Ledger.Standing>`
          select row.site_id as "siteId", row.key, row.visitor_id as "visitorId", row.email, row.evidence,
            row.cart, recovery.key as "recoveredBy"
          from session_event as row
          left join session_event as recovery on recovery.unit_id = row.unit_id and recovery.id = row.recovered_by
          where row.unit_id = ${unitId} and row.site_id = ${siteId} and row.superseded_at is null
            and (row.visitor_id = any(${unseen(sql, visitorIds)})
              or row.visitor_id is null and row.key = any(${keys}::text[]))`
      })

      const insert = Effect.fn("SessionEvents.insert")(function* (
        { unitId, siteId }: Place,
        records: ReadonlyArray<Fields>,
        now: number
      ) {
        yield* sql`
          insert into ${sql.literal(columns)}
          select ${unitId}, ${siteId}, key, type, "visitorId", email, "sessionNo", segment, to_timestamp(at / 1000),
            to_timestamp(${now}::float8 / 1000), "orderId", "isInferred", "isHistoric", cart, value, currency, evidence,
            explanation
          from jsonb_to_recordset(${JSON.stringify(records)}::text::jsonb) as new (
            key text, type session_event_type, "visitorId" text, email text, "sessionNo" bigint, segment integer,
            at float8, "orderId" text, "isInferred" boolean, "isHistoric" boolean, cart jsonb, value bigint,
            currency text, evidence jsonb, explanation jsonb)
          order by at, key`
      })

      const emit = Effect.fn("SessionEvents.emit")(function* (
        place: Place,
        emissions: ReadonlyArray<Emission>,
        now: number
      ) {
        const { unitId, siteId } = place
        const records = emissions.map(fieldsOf).sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1))
        yield* copyOrInsert(sql, columns, records, lineOf(place, now), insert(place, records, now))
        // Links are keys until now: the row that is meant may have come in with this very statement.
        const links = records.flatMap(({ key, repeatOf, recoveredBy }) =>
          repeatOf === null && recoveredBy === null ? [] : [{ key, repeatOf, recoveredBy }]
        )
        if (links.length === 0) return
        yield* sql`
          update session_event as row set
            repeat_of = original.id, recovered_by = coalesce(recovery.id, row.recovered_by)
          from jsonb_to_recordset(${JSON.stringify(links)}::text::jsonb) as new (
            key text, "repeatOf" text, "recoveredBy" text)
          left join session_event as original on original.unit_id = ${unitId} and original.site_id = ${siteId}
            and original.key = new."repeatOf" and original.superseded_at is null
          left join session_event as recovery on recovery.unit_id = ${unitId} and recovery.site_id = ${siteId}
            and recovery.key = new."recoveredBy" and recovery.superseded_at is null
          where row.unit_id = ${unitId} and row.site_id = ${siteId} and row.key = new.key
            and row.superseded_at is null`
      })

      const mark = Effect.fn("SessionEvents.mark")(function* (
        { unitId, siteId }: Place,
        changes: ReadonlyArray<Exclude<Ledger.Change, { readonly _tag: "Emit" }>>,
        now: number
      ) {
        if (changes.length === 0) return
        yield* sql`
          update session_event as row set
            superseded_at = case when new._tag = 'Supersede' then to_timestamp(${now}::float8 / 1000) end,
            superseded_reason = new.reason,
            recovered_by = case when new._tag = 'Amend' then recovery.id else row.recovered_by end,
            email = case when new._tag = 'Amend' then new.email else row.email end,
            visitor_id = case when new._tag = 'Amend' then new."visitorId" else row.visitor_id end
          from jsonb_to_recordset(${JSON.stringify(changes)}::text::jsonb) as new (
            _tag text, key text, reason text, "recoveredBy" text, email text, "visitorId" text)
          left join session_event as recovery on recovery.unit_id = ${unitId} and recovery.site_id = ${siteId}
            and recovery.key = new."recoveredBy" and recovery.superseded_at is null
          where row.unit_id = ${unitId} and row.site_id = ${siteId} and row.key = new.key
            and row.superseded_at is null`
      })

      const replace = Effect.fn("SessionEvents.replace")(function* (
        { unitId, siteId }: Place,
        changes: ReadonlyArray<Extract<Ledger.Change, { readonly _tag: "Supersede" }>>,
        now: number
      ) {
        const replaced = changes.filter(({ replacedBy }) => replacedBy !== null)
        if (replaced.length === 0) return
        yield* sql`
          update session_event as row set superseded_by = replacement.id
          from jsonb_to_recordset(${JSON.stringify(replaced)}::text::jsonb) as change (key text, "replacedBy" text)
          join session_event as replacement on replacement.unit_id = ${unitId} and replacement.site_id = ${siteId}
            and replacement.key = change."replacedBy" and replacement.superseded_at is null
          where row.unit_id = ${unitId} and row.site_id = ${siteId} and row.key = change.key
            and row.superseded_at = to_timestamp(${now}::float8 / 1000)`
        yield* sql`
          update session_event as row set recovered_by = purchase.superseded_by
          from jsonb_to_recordset(${JSON.stringify(replaced)}::text::jsonb) as change (key text, "replacedBy" text)
          join session_event as purchase on purchase.unit_id = ${unitId} and purchase.site_id = ${siteId}
            and purchase.key = change.key and purchase.key = change."replacedBy"
            and purchase.superseded_at = to_timestamp(${now}::float8 / 1000)
          where row.unit_id = ${unitId} and row.site_id = ${siteId} and row.visitor_id = purchase.visitor_id
            and row.recovered_by = purchase.id`
      })

      const follow = Effect.fn("SessionEvents.follow")(function* (
        { unitId, siteId }: Place,
        sessionNumbers: ReadonlyArray<number>
      ) {
        if (sessionNumbers.length === 0) return
        // A subquery for each row, because a join would be planned for the tables' sizes of some other day.
        yield* sql`
          update session_event as row set session_no = moved.session_no
          from (
            select id, (
              select session_no from activity
              where unit_id = ${unitId} and site_id = ${siteId} and event_id = event.evidence ->> 0
            ) as session_no
            from session_event as event where unit_id = ${unitId} and session_no = any(${sessionNumbers}::bigint[])
          ) as moved
          where row.unit_id = ${unitId} and row.id = moved.id and row.session_no <> moved.session_no`
      })

      const assign = Effect.fn("SessionEvents.assign")(function* (
        { unitId, siteId }: Place,
        purchases: ReadonlyArray<Assigned>
      ) {
        if (purchases.length === 0) return
        yield* sql`
          update session_event as row set session_no = new."sessionNo"
          from jsonb_to_recordset(${JSON.stringify(purchases)}::text::jsonb) as new (
            key text, "visitorId" text, "sessionNo" bigint)
          where row.unit_id = ${unitId} and row.site_id = ${siteId} and row.key = new.key
            and row.superseded_at is null and row.visitor_id = new."visitorId" and row.session_no is distinct from new."sessionNo"`
      })

      return SessionEvents.of({ standing, emit, mark, replace, follow, assign })
    })
  )
}

const columns = `session_event (unit_id, site_id, key, type, visitor_id, email, session_no, segment, occurred_at,
  emitted_at, order_id, is_inferred, is_historic, cart, order_value, order_currency, evidence, explanation)`

const lineOf = ({ siteId, unitId }: Place, now: number) => {
  const occurred = instants()
  const emittedAt = instants()(now)
  return (row: Fields) => [
    unitId,
    siteId,
    row.key,
    row.type,
    row.visitorId,
    row.email,
    row.sessionNo,
    row.segment,
    occurred(row.at),
    emittedAt,
    row.orderId,
    row.isInferred,
    row.isHistoric,
    jsonOf(row.cart),
    row.value,
    row.currency,
    jsonOf(row.evidence),
    jsonOf(row.explanation)
  ]
}

type Fields = ReturnType<typeof fieldsOf>

const fieldsOf = ({ outcome, explanation, isHistoric, sessionNo }: Emission) => {
  const isPurchase = outcome.type === "FinalizedTransaction"
  return {
    key: outcome.key,
    type: outcome.type,
    visitorId: outcome.visitorId,
    email: outcome.email,
    sessionNo,
    segment: outcome.segment,
    at: outcome.at,
    orderId: isPurchase ? outcome.orderId : null,
    isInferred: isPurchase && outcome.isInferred,
    isHistoric,
    cart: outcome.type === "AbandonedBrowse" ? null : outcome.cart,
    value: isPurchase ? outcome.value : null,
    currency: isPurchase ? outcome.currency : null,
    evidence: outcome.evidence,
    explanation,
    repeatOf: outcome.type === "AbandonedCart" ? outcome.repeatOf : null,
    recoveredBy: isPurchase ? null : outcome.recoveredBy
  }
}
