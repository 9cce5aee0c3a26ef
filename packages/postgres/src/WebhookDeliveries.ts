import { type LogRow, Time } from "@spoor/domain"
import { Context, Duration, Effect, Layer, Redacted, Struct } from "effect"
import { SqlClient, type SqlError, type Statement } from "effect/sql"
import { instant, reading } from "./Keyset.ts"
import type { MessageType } from "./Webhooks.ts"

/** What is still to be told, has been, or was given up. */
export type DeliveryState = "waiting" | "delivered" | "failed"

/**
 * A message to one subscriber, as the delivery log shows it.
 *
 * *Shape*: `messageId` stays the same however often it is sent. `sessionEventId` is null for a test, `lastStatus` where
 * the last attempt brought no answer. *Units*: instants in UTC milliseconds.
 */
export interface WebhookDelivery {
  readonly unitId: number
  readonly id: number
  readonly webhookId: number
  readonly messageId: string
  readonly type: MessageType
  readonly sessionEventId: LogRow.LogId | null
  readonly state: DeliveryState
  readonly attempts: number
  readonly createdAt: number
  readonly nextAttemptAt: number
  readonly lastAttemptAt: number | null
  readonly lastStatus: number | null
  readonly lastError: string | null
  readonly deliveredAt: number | null
}

/** A delivery that is taken for one attempt. *Shape*: this one included in `attempts`; `takenUntil` says whose it is. */
export interface TakenDelivery extends Pick<
  WebhookDelivery,
  "unitId" | "id" | "webhookId" | "messageId" | "type" | "sessionEventId" | "attempts" | "createdAt"
> {
  readonly url: string
  readonly secret: Redacted.Redacted<string>
  readonly takenUntil: number
}

/** How an attempt ended. *Shape*: `retryAt` is null when no other one follows. */
export type Attempt = { readonly status: number | null } & (
  | { readonly isDelivered: true }
  | { readonly isDelivered: false; readonly error: string; readonly retryAt: number | null }
)

/** How much one `take` may bring, and who holds it until when. */
export interface TakeLimits {
  readonly max: number
  /** Of one webhook, in all processes together. */
  readonly perWebhookMax: number
  readonly lease: Duration.Duration
}

/** How long the delivery log goes back. What waits is kept for as long as it waits. */
export const deliveriesKeptFor = Duration.days(30)

/** Due deliveries of one webhook that a `take` looks at for each that it may take; those that wait behind others are among them. */
const lookedAtForEach = 4

/** What waits behind one that is due or taken is looked at again after this. */
const turnPause = Duration.seconds(1)

/** Rows that one statement of the purge deletes, so that none holds its locks for long. */
const purgeRowsMax = 1_000

/** Deliveries that are due, and the log of all others. *Fails* with `SqlError`. *Source*: ADR 0028. */
export class WebhookDeliveries extends Context.Service<
  WebhookDeliveries,
  {
    /**
     * Takes due deliveries of enabled webhooks for one attempt each. Any number may ask at once: nobody else gets these
     * until `settle` or the end of the lease. One that waits behind an earlier one of its session is not due.
     */
    readonly take: (now: number, limits: TakeLimits) => Effect.Effect<ReadonlyArray<TakenDelivery>, SqlError.SqlError>
    /** Writes down how the attempt ended, unless the lease ended first and another one took it. */
    readonly settle: (taken: TakenDelivery, attempt: Attempt, now: number) => Effect.Effect<void, SqlError.SqlError>
    /** A webhook's deliveries, newest first, older than `before`. */
    readonly page: (
      unitId: number,
      webhookId: number,
      options: {
        readonly state?: DeliveryState | undefined
        readonly before?: number | undefined
        readonly rowsMax: number
      }
    ) => Effect.Effect<ReadonlyArray<WebhookDelivery>, SqlError.SqlError>
    readonly find: (unitId: number, id: number) => Effect.Effect<WebhookDelivery | null, SqlError.SqlError>
    /** Sends one again that was delivered or given up, as the same message. Gives false for any other. */
    readonly replay: (unitId: number, id: number, now: number) => Effect.Effect<boolean, SqlError.SqlError>
    /** Sends all of a webhook again that were given up; gives their number. */
    readonly replayFailed: (unitId: number, webhookId: number, now: number) => Effect.Effect<number, SqlError.SqlError>
    /** Sends all of a webhook again that were told or given up since then; gives their number. */
    readonly replaySince: (
      unitId: number,
      webhookId: number,
      since: number,
      now: number
    ) => Effect.Effect<number, SqlError.SqlError>
    /** Deletes what has been kept for long enough at `now`, of all units, in steps; gives how many rows this one took. */
    readonly purge: (now: number) => Effect.Effect<number, SqlError.SqlError>
  }
>()("@spoor/postgres/WebhookDeliveries") {
  static readonly layer = Layer.effect(
    WebhookDeliveries,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const at = (moment: number) => sql`${Time.formatInstant(moment)}::text::timestamptz`
      const columns = sql`
        unit_id as "unitId", id, webhook_id as "webhookId", message_id as "messageId", type,
        session_event_id::text as "sessionEventId", state, attempts, ${instant(sql, "created_at", "createdAt")},
        ${instant(sql, "next_attempt_at", "nextAttemptAt")}, ${instant(sql, "last_attempt_at", "lastAttemptAt")},
        last_status as "lastStatus", last_error as "lastError", ${instant(sql, "delivered_at", "deliveredAt")}`

      /** What waits and speaks of the same row, or of a row that is of the same session by now. */
      const earlier = sql`
        select is_taken, next_attempt_at from webhook_delivery as same
        where same.unit_id = waiting.unit_id and same.session_event_id = waiting.session_event_id
          and same.webhook_id = waiting.webhook_id and same.state = 'waiting' and same.id < waiting.id
        union all
        select ahead.is_taken, ahead.next_attempt_at from session_event as row
        join session_event as sibling on sibling.unit_id = row.unit_id and sibling.session_no = row.session_no
        join webhook_delivery as ahead on ahead.unit_id = sibling.unit_id and ahead.session_event_id = sibling.id
          and ahead.webhook_id = waiting.webhook_id and ahead.state = 'waiting' and ahead.id < waiting.id
        where row.unit_id = waiting.unit_id and row.id = waiting.session_event_id`

      /**
       * Takers of one webhook come one after the other, for its row is locked. What waits behind others is put off until
       * they are tried again, so that nobody looks at it in vain in every round: a subscriber may be away for days.
       */
      const take = Effect.fn("WebhookDeliveries.take")(function* (
        now: number,
        { max, perWebhookMax, lease }: TakeLimits
      ) {
        const takenUntil = now + Duration.toMillis(lease)
        const soon = at(now + Duration.toMillis(turnPause))
        // As a literal: for a limit that it does not know the planner takes a tenth of all that waits, and reads it as a whole.
        const lookedAtMax = sql.literal(String(lookedAtForEach * perWebhookMax))
        const look = sql<
          Omit<TakenDelivery, "secret" | "takenUntil"> & { readonly secret: string; readonly isTaken: boolean }
        >`
          with subscriber as (
            select unit_id, id, url, secret, ${perWebhookMax}::integer - (
              select count(*) from webhook_delivery as taken
              where taken.unit_id = webhook.unit_id and taken.webhook_id = webhook.id and taken.is_taken
                and taken.next_attempt_at > ${at(now)}) as free
            from webhook where is_enabled and (paused_until is null or paused_until <= ${at(now)})
            for no key update skip locked
          ), due as (
            select subscriber.*, next.delivery_id, next.behind,
              row_number() over (partition by subscriber.unit_id, subscriber.id, next.behind is null order by next.place) as turn
            from subscriber cross join lateral (
              select waiting.id as delivery_id, row_number() over (order by next_attempt_at, id) as place, (
                select max(case when earlier.is_taken then ${soon} else greatest(earlier.next_attempt_at, ${soon}) end)
                from (${earlier}) as earlier) as behind
              from (
                select * from (
                  select * from webhook_delivery
                  where unit_id = subscriber.unit_id and webhook_id = subscriber.id and state = 'waiting'
                    and next_attempt_at <= ${at(now)}
                  order by next_attempt_at, id limit ${lookedAtMax}) as first
                order by next_attempt_at, id limit ${lookedAtForEach}::integer * greatest(subscriber.free, 0)) as waiting
            ) as next
            where subscriber.free > 0
          ), chosen as (
            (select unit_id, delivery_id, url, secret, true as is_taken, ${at(takenUntil)} as until
              from due where behind is null and turn <= free limit ${max})
            union all
            select unit_id, delivery_id, null, null, false, behind from due where behind is not null
          ), changed as (
            update webhook_delivery as delivery set is_taken = chosen.is_taken, next_attempt_at = chosen.until,
              attempts = attempts + chosen.is_taken::integer,
              last_attempt_at = case when chosen.is_taken then ${at(now)} else last_attempt_at end
            from chosen
            where delivery.unit_id = chosen.unit_id and delivery.id = chosen.delivery_id and state = 'waiting'
              and next_attempt_at <= ${at(now)}
            returning delivery.*, url, secret
          )
          select unit_id as "unitId", id, webhook_id as "webhookId", message_id as "messageId", type,
            session_event_id::text as "sessionEventId", attempts, ${instant(sql, "created_at", "createdAt")}, url, secret,
            is_taken as "isTaken"
          from changed`
        for (;;) {
          const rows = yield* look
          const taken = rows.filter(({ isTaken }) => isTaken)
          // All that was looked at waits behind others, and was put off: what comes after them may be free.
          if (taken.length === 0 && rows.length > 0) continue
          return taken.map((row) => ({
            ...Struct.omit(row, ["isTaken"]),
            secret: Redacted.make(row.secret),
            takenUntil
          }))
        }
      })

      const settle = Effect.fn("WebhookDeliveries.settle")(function* (
        { unitId, id, takenUntil }: TakenDelivery,
        attempt: Attempt,
        now: number
      ) {
        const retryAt = attempt.isDelivered ? null : attempt.retryAt
        const state: DeliveryState = attempt.isDelivered ? "delivered" : retryAt === null ? "failed" : "waiting"
        yield* sql`
          update webhook_delivery set is_taken = false, state = ${state}::webhook_delivery_state,
            next_attempt_at = ${at(retryAt ?? now)}, last_status = ${attempt.status}::smallint,
            last_error = ${attempt.isDelivered ? null : attempt.error}::text,
            delivered_at = ${attempt.isDelivered ? at(now) : sql`null`}
          where unit_id = ${unitId} and id = ${id} and is_taken and next_attempt_at = ${at(takenUntil)}`
      })

      const page = Effect.fn("WebhookDeliveries.page")(
        function* (
          unitId: number,
          webhookId: number,
          { state, before, rowsMax }: Parameters<(typeof WebhookDeliveries.Service)["page"]>[2]
        ) {
          const where = [
            sql`unit_id = ${unitId}`,
            sql`webhook_id = ${webhookId}`,
            ...(state === undefined ? [] : [sql`state = ${state}::webhook_delivery_state`]),
            ...(before === undefined ? [] : [sql`id < ${before}::bigint`])
          ]
          return yield* sql<WebhookDelivery>`
            select ${columns} from webhook_delivery where ${sql.and(where)} order by id desc limit ${rowsMax}`
        },
        (effect) => reading(sql, effect)
      )

      const find = Effect.fn("WebhookDeliveries.find")(function* (unitId: number, id: number) {
        const rows = yield* sql<WebhookDelivery>`
          select ${columns} from webhook_delivery where unit_id = ${unitId} and id = ${id}::bigint`
        return rows[0] ?? null
      })

      const anew = (now: number) =>
        sql`state = 'waiting', attempts = 0, delivered_at = null, next_attempt_at = ${at(now)}`

      const replay = Effect.fn("WebhookDeliveries.replay")(function* (unitId: number, id: number, now: number) {
        const rows = yield* sql`
          update webhook_delivery set ${anew(now)}
          where unit_id = ${unitId} and id = ${id}::bigint and state <> 'waiting' returning 1`
        return rows.length > 0
      })

      const replayAll = Effect.fnUntraced(function* (
        unitId: number,
        webhookId: number,
        which: Statement.Fragment,
        now: number
      ) {
        const rows = yield* sql<{ readonly count: number }>`
          with replayed as (
            update webhook_delivery set ${anew(now)}
            where unit_id = ${unitId} and webhook_id = ${webhookId} and ${which} returning 1)
          select count(*)::integer as count from replayed`
        return rows[0]?.count ?? 0
      })

      const replayFailed = (unitId: number, webhookId: number, now: number) =>
        replayAll(unitId, webhookId, sql`state = 'failed'`, now)

      const replaySince = (unitId: number, webhookId: number, since: number, now: number) =>
        replayAll(unitId, webhookId, sql`state <> 'waiting' and created_at >= ${at(since)}`, now)

      const purge = Effect.fn("WebhookDeliveries.purge")(function* (now: number) {
        const oldest = at(now - Duration.toMillis(deliveriesKeptFor))
        const rows = yield* sql`
          delete from webhook_delivery where (unit_id, id) in (
            select unit_id, id from webhook_delivery where state <> 'waiting' and created_at < ${oldest}
            order by created_at limit ${purgeRowsMax} for update skip locked)
          returning 1`
        return rows.length
      })

      return WebhookDeliveries.of({ take, settle, page, find, replay, replayFailed, replaySince, purge })
    })
  )
}
