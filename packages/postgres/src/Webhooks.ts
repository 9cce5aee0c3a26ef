import { type Ledger, type Outcome, Time } from "@spoor/domain"
import { Context, Effect, Layer, Redacted } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Place } from "./Activities.ts"
import { instant } from "./Keyset.ts"

/**
 * Where a business unit's outcomes are sent.
 *
 * *Shape*: `isWithHistoric` asks for outcomes that came too late to be news, too (sessions.md 6.2); `disabledReason` is
 * null while the webhook is enabled. *Units*: instants in UTC milliseconds.
 */
export interface Webhook {
  readonly unitId: number
  readonly id: number
  readonly url: string
  readonly outcomeTypes: ReadonlyArray<Outcome.OutcomeType>
  readonly isWithHistoric: boolean
  readonly disabledReason: string | null
  readonly pausedUntil: number | null
  readonly createdAt: number
}

/** A webhook to be added. *Shape*: the secret in the form of Standard Webhooks, `whsec_` and Base64. */
export interface NewWebhook extends Pick<Webhook, "unitId" | "url" | "outcomeTypes" | "isWithHistoric"> {
  readonly secret: Redacted.Redacted<string>
}

/** What a subscriber is told. */
export type MessageType = "outcome.superseded" | "outcome.emitted" | "outcome.amended" | "webhook.test"

/** The subscribers, and the outbox that is filled for them. *Fails* with `SqlError`. *Source*: ADR 0028. */
export class Webhooks extends Context.Service<
  Webhooks,
  {
    /** Gives its ID. */
    readonly add: (webhook: NewWebhook, now: number) => Effect.Effect<number, SqlError.SqlError>
    readonly ofUnit: (unitId: number) => Effect.Effect<ReadonlyArray<Webhook>, SqlError.SqlError>
    /** What waits goes on. Gives false where there is no such webhook, as the next three do. */
    readonly enable: (unitId: number, id: number) => Effect.Effect<boolean, SqlError.SqlError>
    /** What waits stays; nothing is added until it is enabled. */
    readonly disable: (unitId: number, id: number, reason: string) => Effect.Effect<boolean, SqlError.SqlError>
    /** Messages are signed with this from the next attempt on. */
    readonly rotate: (
      unitId: number,
      id: number,
      secret: Redacted.Redacted<string>
    ) => Effect.Effect<boolean, SqlError.SqlError>
    /** With all of its deliveries. */
    readonly remove: (unitId: number, id: number) => Effect.Effect<boolean, SqlError.SqlError>
    /** Sends nothing until then: the subscriber asked for it. */
    readonly pause: (unitId: number, id: number, until: number) => Effect.Effect<void, SqlError.SqlError>
    /** A message that says no more than that messages arrive. Gives the delivery's ID; null without such a webhook. */
    readonly test: (unitId: number, id: number, now: number) => Effect.Effect<number | null, SqlError.SqlError>
    /**
     * Puts changes of the ledger into the outbox, in the transaction that makes them. Rows are found while they stand, so
     * it comes before what supersedes them, and after what emits or amends them.
     */
    readonly enqueue: (
      place: Place,
      changes: ReadonlyArray<Ledger.Change>,
      now: number
    ) => Effect.Effect<void, SqlError.SqlError>
  }
>()("@spoor/postgres/Webhooks") {
  static readonly layer = Layer.effect(
    Webhooks,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const add = Effect.fn("Webhooks.add")(function* (webhook: NewWebhook, now: number) {
        const rows = yield* sql<{ readonly id: number }>`
          insert into webhook (unit_id, url, secret, outcome_types, is_with_historic, created_at)
          values (${webhook.unitId}, ${webhook.url}, ${Redacted.value(webhook.secret)},
            ${webhook.outcomeTypes}::text[]::session_event_type[], ${webhook.isWithHistoric}, ${at(now)})
          returning id`
        return rows[0]!.id
      })

      const ofUnit = Effect.fn("Webhooks.ofUnit")(function* (unitId: number) {
        return yield* sql<Webhook>`
          select unit_id as "unitId", id, url, to_json(outcome_types) as "outcomeTypes",
            is_with_historic as "isWithHistoric", disabled_reason as "disabledReason",
            ${instant(sql, "paused_until", "pausedUntil")}, ${instant(sql, "created_at", "createdAt")}
          from webhook where unit_id = ${unitId} order by id`
      })

      const enable = Effect.fn("Webhooks.enable")(function* (unitId: number, id: number) {
        const rows = yield* sql`
          update webhook set is_enabled = true, disabled_reason = null, paused_until = null
          where unit_id = ${unitId} and id = ${id} returning 1`
        return rows.length > 0
      })

      const disable = Effect.fn("Webhooks.disable")(function* (unitId: number, id: number, reason: string) {
        const rows = yield* sql`
          update webhook set is_enabled = false, disabled_reason = ${reason}
          where unit_id = ${unitId} and id = ${id} returning 1`
        return rows.length > 0
      })

      const rotate = Effect.fn("Webhooks.rotate")(function* (
        unitId: number,
        id: number,
        secret: Redacted.Redacted<string>
      ) {
        const rows = yield* sql`
          update webhook set secret = ${Redacted.value(secret)} where unit_id = ${unitId} and id = ${id} returning 1`
        return rows.length > 0
      })

      const remove = Effect.fn("Webhooks.remove")(function* (unitId: number, id: number) {
        const rows = yield* sql`delete from webhook where unit_id = ${unitId} and id = ${id} returning 1`
        return rows.length > 0
      })

      const pause = Effect.fn("Webhooks.pause")(function* (unitId: number, id: number, until: number) {
        yield* sql`
          update webhook set paused_until = greatest(paused_until, ${at(until)})
          where unit_id = ${unitId} and id = ${id}`
      })

      const test = Effect.fn("Webhooks.test")(function* (unitId: number, id: number, now: number) {
        const rows = yield* sql<{ readonly id: number }>`
          insert into webhook_delivery (unit_id, webhook_id, type, created_at, next_attempt_at)
          select unit_id, id, 'webhook.test', ${at(now)}, ${at(now)} from webhook
          where unit_id = ${unitId} and id = ${id}
          returning id`
        return rows[0]?.id ?? null
      })

      const enqueue = Effect.fn("Webhooks.enqueue")(function* (
        { unitId, siteId }: Place,
        changes: ReadonlyArray<Ledger.Change>,
        now: number
      ) {
        if (changes.length === 0) return
        const told = changes.map((change) => ({
          key: change._tag === "Emit" ? change.outcome.key : change.key,
          type: messageTypes[change._tag]
        }))
        // The limit, of which there is no need, keeps the planner to the index of keys: without statistics it reads the table.
        // Who is told what recovered an outcome has been told of that purchase: types are in this order.
        yield* sql`
          insert into webhook_delivery (unit_id, webhook_id, type, session_event_id, created_at, next_attempt_at)
          select row.unit_id, webhook.id, change.type, row.id, ${at(now)}, ${at(now)}
          from webhook
          cross join jsonb_to_recordset(${JSON.stringify(told)}::text::jsonb) as change (
            key text, type webhook_message_type)
          cross join lateral (
            select id, unit_id, type, is_historic from session_event
            where unit_id = ${unitId} and site_id = ${siteId} and key = change.key and superseded_at is null
            limit 1) as row
          where webhook.unit_id = ${unitId} and webhook.is_enabled and row.type = any(webhook.outcome_types)
            and (webhook.is_with_historic or not row.is_historic)
          order by change.type, row.id, webhook.id`
      })

      const at = (moment: number) => sql`${Time.formatInstant(moment)}::text::timestamptz`

      return Webhooks.of({ add, ofUnit, enable, disable, rotate, remove, pause, test, enqueue })
    })
  )
}

const messageTypes: Readonly<Record<Ledger.Change["_tag"], MessageType>> = {
  Supersede: "outcome.superseded",
  Emit: "outcome.emitted",
  Amend: "outcome.amended"
}
