import type { SmsLog, SmsMessage } from "@spoor/domain"
import { Context, Duration, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { NewLogRow } from "./LogWriter.ts"

/** The row of the SMS log that a message would make. */
type Failure = NewLogRow<SmsLog.Row>

/**
 * A message, and all that it goes by.
 *
 * *Shape*: `failure` is null unless it waits. *Units*: `firstSeenAt` in UTC milliseconds.
 */
export interface SmsMessageRow extends SmsMessage.Message {
  readonly gatewayId: number
  readonly id: string
  readonly names: ReadonlyArray<string>
  readonly failure: Failure | null
  readonly firstSeenAt: number
}

/** What a gateway said of a message that failed. *Units*: UTC milliseconds. */
export interface SmsNote {
  readonly gatewayId: number
  readonly messageId: string
  readonly key: string
  readonly said: SmsMessage.Said
  readonly rawCode: string | null
  readonly payload: string | null
  readonly reportedAt: number | null
  readonly receivedAt: number
}

/** A message that turned out to be another one. */
export interface SmsJoin {
  readonly gatewayId: number
  readonly id: string
  readonly into: string
}

/** What came from a gateway and was not understood. *Units*: UTC milliseconds. */
export interface SmsUnread {
  readonly gatewayId: number
  readonly reason: string
  readonly payload: string
  readonly receivedAt: number
}

/**
 * What a batch tells of a gateway itself. *Shape*: `reportedAt` is when it last reported, `submittedAt` when the first message was registered;
 * null where there is none. *Units*: UTC milliseconds.
 */
export interface SmsGatewayNews {
  readonly gatewayId: number
  readonly reportedAt: number | null
  readonly submittedAt: number | null
}

/** How much was said in one hour. *Units*: `hour` is its first instant in UTC milliseconds. */
export interface SmsReportCount {
  readonly gatewayId: number
  readonly hour: number
  readonly said: SmsMessage.Said
  readonly count: number
}

export interface SmsNews {
  readonly messages: ReadonlyArray<SmsMessageRow>
  readonly joined: ReadonlyArray<SmsJoin>
  readonly notes: ReadonlyArray<SmsNote>
  readonly unread: ReadonlyArray<SmsUnread>
  readonly counts: ReadonlyArray<SmsReportCount>
}

/** A message is found by its names for this long after it was first seen: gateways use IDs again. */
export const foundFor = Duration.days(7)

/** Messages that did not fail, what was not understood, and what was counted, are kept for this long. */
export const keptFor = Duration.days(30)

/** Rows that one statement of the purge deletes, so that none holds its locks for long. */
const purgeRowsMax = 1_000

/** What is remembered of text messages. *Fails* with `SqlError`. *Source*: ADR 0034. */
export class SmsMessages extends Context.Service<
  SmsMessages,
  {
    /** Holds gateways until the end of the transaction, so that two workers do not judge one message at once. */
    readonly hold: (unitId: number, gateways: ReadonlyArray<SmsGatewayNews>) => Effect.Effect<void, SqlError.SqlError>
    /** The messages that go by any of these names, first seen after `since`. */
    readonly find: (
      unitId: number,
      names: ReadonlyArray<{ readonly gatewayId: number; readonly name: string }>,
      since: number
    ) => Effect.Effect<ReadonlyArray<SmsMessageRow>, SqlError.SqlError>
    /**
     * Writes messages as they are now, new ones and known ones, with their names, and notes that are not there yet. Joined ones are gone
     * then, and their notes are the other's.
     */
    readonly write: (unitId: number, news: SmsNews) => Effect.Effect<void, SqlError.SqlError>
    /** Messages of one unit whose time is up, locked until the end of the transaction; null when there are none. */
    readonly due: (
      now: number,
      rowsMax: number
    ) => Effect.Effect<
      { readonly unitId: number; readonly messages: ReadonlyArray<SmsMessageRow> } | null,
      SqlError.SqlError
    >
    /** Deletes what has been kept for long enough, in steps; gives how many rows this one took. */
    readonly purge: (now: number) => Effect.Effect<number, SqlError.SqlError>
  }
>()("@spoor/postgres/SmsMessages") {
  static readonly layer = Layer.effect(
    SmsMessages,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const columns = sql`
        gateway_id as "gatewayId", id, standing, phone, sender, is_registered as "isRegistered", failure,
        (extract(epoch from due_at) * 1000)::float8 as "dueAt", is_logged as "isLogged",
        (extract(epoch from first_seen_at) * 1000)::float8 as "firstSeenAt",
        (select coalesce(json_agg(name), '[]') from sms_message_name as own
          where own.unit_id = message.unit_id and own.gateway_id = message.gateway_id and own.message_id = message.id)
          as names`

      const hold = Effect.fn("SmsMessages.hold")(function* (unitId: number, gateways: ReadonlyArray<SmsGatewayNews>) {
        // Rows are locked in the order of their IDs before any is changed, so that workers cannot wait for each other.
        yield* sql`
          with held as (
            select id, news."reportedAt", news."submittedAt" from sms_gateway
            join jsonb_to_recordset(${JSON.stringify(gateways)}::text::jsonb)
              as news ("gatewayId" integer, "reportedAt" float8, "submittedAt" float8) on id = news."gatewayId"
            where unit_id = ${unitId} order by id for no key update of sms_gateway)
          update sms_gateway set
            last_report_at = greatest(last_report_at, to_timestamp(held."reportedAt" / 1000)),
            unreported_since = case when held."reportedAt" is null
              then coalesce(unreported_since, to_timestamp(held."submittedAt" / 1000)) end
          from held where unit_id = ${unitId} and sms_gateway.id = held.id`
      })

      const find = Effect.fn("SmsMessages.find")(function* (
        unitId: number,
        names: ReadonlyArray<{ readonly gatewayId: number; readonly name: string }>,
        since: number
      ) {
        if (names.length === 0) return []
        return yield* sql<SmsMessageRow>`
          with wanted as (
            select distinct known.gateway_id, known.message_id
            from jsonb_to_recordset(${JSON.stringify(names)}::text::jsonb) as asked ("gatewayId" integer, name text)
            join sms_message_name as known on known.unit_id = ${unitId} and known.gateway_id = asked."gatewayId"
              and known.name = asked.name)
          select ${columns} from sms_message as message
          where unit_id = ${unitId} and first_seen_at > to_timestamp(${since}::float8 / 1000)
            and (gateway_id, id) in (select gateway_id, message_id from wanted)
          order by first_seen_at, id`
      })

      const write = Effect.fn("SmsMessages.write")(function* (
        unitId: number,
        { counts, joined, messages, notes, unread }: SmsNews
      ) {
        if (messages.length > 0) {
          yield* sql`
            insert into sms_message as known (unit_id, gateway_id, id, standing, phone, sender, is_registered, failure, due_at,
              is_logged, first_seen_at)
            select ${unitId}, "gatewayId", id, standing, phone, sender, "isRegistered", nullif(failure, 'null'),
              to_timestamp("dueAt" / 1000), "isLogged", to_timestamp("firstSeenAt" / 1000)
            from jsonb_to_recordset(${JSON.stringify(messages)}::text::jsonb) as new ("gatewayId" integer, id uuid,
              standing sms_standing, phone text, sender text, "isRegistered" boolean, failure jsonb, "dueAt" float8,
              "isLogged" boolean, "firstSeenAt" float8)
            on conflict (unit_id, gateway_id, id) do update set standing = excluded.standing, phone = excluded.phone,
              sender = excluded.sender, is_registered = excluded.is_registered, failure = excluded.failure,
              due_at = excluded.due_at, is_logged = excluded.is_logged`
          yield* sql`
            insert into sms_message_name (unit_id, gateway_id, message_id, name)
            select ${unitId}, "gatewayId", id, name
            from jsonb_to_recordset(${JSON.stringify(messages)}::text::jsonb) as new ("gatewayId" integer, id uuid, names jsonb),
              jsonb_array_elements_text(names) as name
            on conflict do nothing`
        }
        if (notes.length > 0) {
          yield* sql`
            insert into sms_report (unit_id, gateway_id, message_id, key, said, raw_code, payload, reported_at, received_at)
            select ${unitId}, "gatewayId", "messageId", key, said, "rawCode", payload,
              to_timestamp("reportedAt" / 1000), to_timestamp("receivedAt" / 1000)
            from jsonb_to_recordset(${JSON.stringify(notes)}::text::jsonb) as new ("gatewayId" integer, "messageId" uuid,
              key text, said sms_said, "rawCode" text, payload text, "reportedAt" float8, "receivedAt" float8)
            on conflict do nothing`
        }
        if (joined.length > 0) {
          yield* sql`
            with merged as (
              select * from jsonb_to_recordset(${JSON.stringify(joined)}::text::jsonb) as m ("gatewayId" integer, id uuid, "into" uuid)),
            moved as (
              insert into sms_report (unit_id, gateway_id, message_id, key, said, raw_code, payload, reported_at, received_at)
              select unit_id, gateway_id, "into", key, said, raw_code, payload, reported_at, received_at
              from sms_report join merged on unit_id = ${unitId} and gateway_id = "gatewayId" and message_id = id
              on conflict do nothing)
            delete from sms_message using merged
            where unit_id = ${unitId} and gateway_id = "gatewayId" and sms_message.id = merged.id`
        }
        if (unread.length > 0) {
          yield* sql`
            insert into sms_unreadable (unit_id, gateway_id, reason, payload, received_at)
            select ${unitId}, "gatewayId", reason, payload, to_timestamp("receivedAt" / 1000)
            from jsonb_to_recordset(${JSON.stringify(unread)}::text::jsonb)
              as new ("gatewayId" integer, reason text, payload text, "receivedAt" float8)`
        }
        if (counts.length > 0) {
          yield* sql`
            insert into sms_report_count as known (unit_id, gateway_id, hour, said, count)
            select ${unitId}, "gatewayId", to_timestamp(hour / 1000), said, count
            from jsonb_to_recordset(${JSON.stringify(counts)}::text::jsonb)
              as new ("gatewayId" integer, hour float8, said sms_said, count bigint)
            on conflict (unit_id, gateway_id, hour, said) do update set count = known.count + excluded.count`
        }
      })

      const due = Effect.fn("SmsMessages.due")(function* (now: number, rowsMax: number) {
        const at = sql`to_timestamp(${now}::float8 / 1000)`
        const units = yield* sql<{ readonly unitId: number }>`
          select unit_id as "unitId" from sms_message where due_at <= ${at} order by due_at limit 1`
        const unitId = units[0]?.unitId
        if (unitId === undefined) return null
        // Gateways before messages, as in `hold`.
        yield* sql`
          select 1 from sms_gateway where unit_id = ${unitId} and id in (
            select gateway_id from sms_message where unit_id = ${unitId} and due_at <= ${at})
          order by id for no key update`
        const messages = yield* sql<SmsMessageRow>`
          select ${columns} from sms_message as message where unit_id = ${unitId} and due_at <= ${at}
          order by due_at, id limit ${rowsMax}`
        return { unitId, messages }
      })

      const purge = Effect.fn("SmsMessages.purge")(function* (now: number) {
        const before = sql`to_timestamp(${now - Duration.toMillis(keptFor)}::float8 / 1000)`
        const messages = yield* sql`
          delete from sms_message where (unit_id, gateway_id, id) in (
            select unit_id, gateway_id, id from sms_message
            where standing <> 'failed' and due_at is null and first_seen_at < ${before}
            order by first_seen_at limit ${purgeRowsMax}) returning 1`
        const unread = yield* sql`
          delete from sms_unreadable where (unit_id, id) in (
            select unit_id, id from sms_unreadable where received_at < ${before} order by received_at limit ${purgeRowsMax})
          returning 1`
        const counts = yield* sql`
          delete from sms_report_count where (unit_id, gateway_id, hour, said) in (
            select unit_id, gateway_id, hour, said from sms_report_count where hour < ${before} limit ${purgeRowsMax})
          returning 1`
        return messages.length + unread.length + counts.length
      })

      return SmsMessages.of({ hold, find, write, due, purge })
    })
  )
}
