import type { Explanation, Ids, Ledger, Outcome } from "@spoor/domain"
import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Place } from "./Activities.ts"

/** An outcome to be put into the ledger, with its explanation and the row of its session. */
export interface Emission {
  readonly outcome: Outcome.Outcome
  readonly explanation: Explanation.Explanation
  readonly isHistoric: boolean
  readonly sessionNo: number | null
}

/** The ledger of outcomes. Rows are added and marked, never edited away (sessions.md 6.1). *Fails* with `SqlError`. */
export class SessionEvents extends Context.Service<
  SessionEvents,
  {
    /** What stands for these visitors, and for whoever else has one of these keys. */
    readonly standing: (
      place: Place,
      visitorIds: ReadonlyArray<Ids.VisitorId>
    ) => Effect.Effect<ReadonlyArray<Ledger.Standing>, SqlError.SqlError>
    readonly emit: (
      place: Place,
      emissions: ReadonlyArray<Emission>,
      now: number
    ) => Effect.Effect<void, SqlError.SqlError>
    /** Marks rows that stand: superseded, or amended with an e-mail and a recovery. */
    readonly mark: (
      place: Place,
      changes: ReadonlyArray<Exclude<Ledger.Change, { readonly _tag: "Emit" }>>,
      now: number
    ) => Effect.Effect<void, SqlError.SqlError>
    /** Points rows of these sessions to the sessions that hold their evidence now (sessions.md 3.7). */
    readonly follow: (place: Place, sessionNumbers: ReadonlyArray<number>) => Effect.Effect<void, SqlError.SqlError>
  }
>()("@spoor/postgres/SessionEvents") {
  static readonly layer = Layer.effect(
    SessionEvents,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const standing = Effect.fn("SessionEvents.standing")(function* (
        { unitId, siteId }: Place,
        visitorIds: ReadonlyArray<Ids.VisitorId>
      ) {
        return yield* sql<Ledger.Standing>`
          select row.site_id as "siteId", row.key, row.email, row.evidence, recovery.key as "recoveredBy"
          from session_event as row
          left join session_event as recovery on recovery.unit_id = row.unit_id and recovery.id = row.recovered_by
          where row.unit_id = ${unitId} and row.site_id = ${siteId} and row.superseded_at is null
            and row.visitor_id = any(${visitorIds}::text[])`
      })

      const emit = Effect.fn("SessionEvents.emit")(function* (
        { unitId, siteId }: Place,
        emissions: ReadonlyArray<Emission>,
        now: number
      ) {
        if (emissions.length === 0) return
        const records = emissions.map(rowOf)
        yield* sql`
          insert into session_event (unit_id, site_id, key, type, visitor_id, email, session_no, segment, occurred_at,
            emitted_at, order_id, is_inferred, is_historic, cart, order_value, order_currency, evidence, explanation)
          select ${unitId}, ${siteId}, key, type, "visitorId", email, "sessionNo", segment, to_timestamp(at / 1000),
            to_timestamp(${now}::float8 / 1000), "orderId", "isInferred", "isHistoric", cart, value, currency, evidence,
            explanation
          from jsonb_to_recordset(${JSON.stringify(records)}::text::jsonb) as new (
            key text, type session_event_type, "visitorId" text, email text, "sessionNo" bigint, segment integer,
            at float8, "orderId" text, "isInferred" boolean, "isHistoric" boolean, cart jsonb, value bigint,
            currency text, evidence jsonb, explanation jsonb)
          order by at, key`
        // Links are keys until now: the row that is meant may have come in with this very statement.
        yield* sql`
          update session_event as row set
            repeat_of = original.id, recovered_by = coalesce(recovery.id, row.recovered_by)
          from jsonb_to_recordset(${JSON.stringify(records)}::text::jsonb) as new (
            key text, "repeatOf" text, "recoveredBy" text)
          left join session_event as original on original.unit_id = ${unitId} and original.site_id = ${siteId}
            and original.key = new."repeatOf" and original.superseded_at is null
          left join session_event as recovery on recovery.unit_id = ${unitId} and recovery.site_id = ${siteId}
            and recovery.key = new."recoveredBy" and recovery.superseded_at is null
          where row.unit_id = ${unitId} and row.site_id = ${siteId} and row.key = new.key
            and row.superseded_at is null and coalesce(new."repeatOf", new."recoveredBy") is not null`
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
            email = case when new._tag = 'Amend' then new.email else row.email end
          from jsonb_to_recordset(${JSON.stringify(changes)}::text::jsonb) as new (
            _tag text, key text, reason text, "recoveredBy" text, email text)
          left join session_event as recovery on recovery.unit_id = ${unitId} and recovery.site_id = ${siteId}
            and recovery.key = new."recoveredBy" and recovery.superseded_at is null
          where row.unit_id = ${unitId} and row.site_id = ${siteId} and row.key = new.key
            and row.superseded_at is null`
      })

      const follow = Effect.fn("SessionEvents.follow")(function* (
        { unitId, siteId }: Place,
        sessionNumbers: ReadonlyArray<number>
      ) {
        if (sessionNumbers.length === 0) return
        yield* sql`
          update session_event as row set session_no = evidence.session_no
          from activity as evidence
          where row.unit_id = ${unitId} and row.session_no = any(${sessionNumbers}::bigint[])
            and evidence.unit_id = ${unitId} and evidence.site_id = ${siteId}
            and evidence.event_id = row.evidence ->> 0 and evidence.session_no <> row.session_no`
      })

      return SessionEvents.of({ standing, emit, mark, follow })
    })
  )
}

const rowOf = ({ outcome, explanation, isHistoric, sessionNo }: Emission) => {
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
