import type { SmsLog, SmsMessage } from "@spoor/domain"
import { Context, Duration, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { instant, reading } from "./Keyset.ts"

/** A bind to an SMPP gateway. *Shape*: `reason` is why there is none, or why the one before ended. *Units*: UTC milliseconds. */
export interface SmsBind {
  readonly phase: "connecting" | "bound" | "waiting" | "closed"
  readonly since: number
  readonly receivedAt: number | null
  readonly reason: string | null
}

/**
 * What an adapter tells of a gateway. *Shape*: `problem` says why it cannot be used; `lastMinute` counts the reports that it took in the last
 * minute; `trace` are lines, the newest last.
 */
export interface SmsGatewayState {
  readonly unitId: number
  readonly gatewayId: number
  readonly problem: string | null
  readonly binds: ReadonlyArray<SmsBind>
  readonly lastMinute: number
  readonly trace: ReadonlyArray<string>
}

/** A process of the SMS adapter. *Shape*: `ticket` is a UUID that it made up, `url` how gateways reach it. */
export interface SmsAdapter {
  readonly ticket: string
  readonly url: string
}

/**
 * The queue between adapter and worker, as the adapter sees it.
 *
 * *Shape*: `share` is how much of its room is used, from 0 to 1, by all logs together; `waiting` counts messages with reports, and `oldestAt` is
 * when the oldest of them came, null when there is none. *Units*: UTC milliseconds.
 */
export interface SmsQueue {
  readonly share: number
  readonly waiting: number
  readonly oldestAt: number | null
}

/** What is known of a gateway beside its settings. *Units*: UTC milliseconds. *Shape*: `lastDay` counts what it said, `unreadable` what of that was not understood; `recent` and `usualDays` as in
 * `usualHours`. */
export interface SmsGatewayHealth {
  readonly gatewayId: number
  readonly states: ReadonlyArray<Omit<SmsGatewayState, "unitId" | "gatewayId"> & { readonly seenAt: number }>
  readonly lastDay: Readonly<Partial<Record<SmsMessage.Said, number>>>
  readonly recent: number
  readonly usualDays: number
  readonly unreadable: number
}

/** What it reported last. *Units*: `lastAt` in UTC milliseconds. */
export interface SmsGatewayFaults {
  readonly categories: ReadonlyArray<{ readonly category: SmsLog.Category; readonly count: number }>
  /** The commonest first; `rawCode` has all that were given. */
  readonly codes: ReadonlyArray<{ readonly code: string; readonly rawCode: string | null; readonly count: number }>
  readonly unreadable: ReadonlyArray<{ readonly reason: string; readonly count: number; readonly lastAt: number }>
}

/** Failures with one code. *Shape*: `rawCode` has all codes that were given, `text` is one of theirs. *Units*: UTC milliseconds. */
export interface SmsCode {
  readonly gateway: string
  readonly code: string
  readonly rawCode: string | null
  readonly text: string
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
}

/** An adapter that has said nothing for this long is gone, or cut off. */
export const adapterSeenFor = Duration.seconds(30)

/**
 * A gateway's silence is compared with the same hours of seven days: `recent` counts its reports in the last so many hours, `usualDays` the days
 * on which it reported in them.
 */
export const usualHours = 3

/** Failures of a gateway are summed up over so many days. */
export const faultDays = 7

const adapterKeptFor = Duration.days(1)
const linesMax = 20
export const deadLettersMax = 1_000
const codesMax = 500
const allCodesMax = 5_000

/** How gateways of text messages are doing. *Fails* with `SqlError`. *Source*: gateways.md R32, R34; ADR 0037. */
export class SmsHealth extends Context.Service<
  SmsHealth,
  {
    /** What an adapter says of its gateways and its queue, in place of what it said before; null where the queue does not answer. */
    readonly tell: (
      adapter: SmsAdapter & { readonly queue: SmsQueue | null },
      states: ReadonlyArray<SmsGatewayState>,
      now: number
    ) => Effect.Effect<void, SqlError.SqlError>
    /** It ends, and says nothing more. */
    readonly leave: (ticket: string) => Effect.Effect<void, SqlError.SqlError>
    /** An adapter that is there; null when none is. */
    readonly adapter: (unitId: number, now: number) => Effect.Effect<SmsAdapter | null, SqlError.SqlError>
    /** Whether an adapter that is there has this ticket. */
    readonly isTicket: (ticket: string, now: number) => Effect.Effect<boolean, SqlError.SqlError>
    /** The fullest queue of those that adapters of now tell of; null when none does. */
    readonly queue: (unitId: number, now: number) => Effect.Effect<SmsQueue | null, SqlError.SqlError>
    /** Messages with reports that were put aside because they could not be written, counted to `deadLettersMax`. */
    readonly deadLetters: (unitId: number) => Effect.Effect<number, SqlError.SqlError>
    /** Of all gateways of a unit. */
    readonly ofUnit: (unitId: number, now: number) => Effect.Effect<ReadonlyArray<SmsGatewayHealth>, SqlError.SqlError>
    /** Every code of the last `faultDays`, the commonest first. */
    readonly codes: (unitId: number, now: number) => Effect.Effect<ReadonlyArray<SmsCode>, SqlError.SqlError>
    /** Of one, by its name in the log too. */
    readonly faults: (
      unitId: number,
      gateway: { readonly id: number; readonly name: string },
      now: number
    ) => Effect.Effect<SmsGatewayFaults, SqlError.SqlError>
  }
>()("@spoor/postgres/SmsHealth") {
  static readonly layer = Layer.effect(
    SmsHealth,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const at = (milliseconds: number | null) => sql`to_timestamp(${milliseconds}::float8 / 1000)`
      const seenSince = (now: number) => at(now - Duration.toMillis(adapterSeenFor))

      const tell = Effect.fn("SmsHealth.tell")(
        function* (
          { queue, ticket, url }: SmsAdapter & { readonly queue: SmsQueue | null },
          states: ReadonlyArray<SmsGatewayState>,
          now: number
        ) {
          yield* sql`
            insert into sms_adapter (unit_id, ticket, url, seen_at, queue_share, queue_waiting, queue_oldest_at)
            select unit_id, ${ticket}, ${url}, ${at(now)}, ${queue?.share ?? null}::float8, ${queue?.waiting ?? null}::bigint,
              ${at(queue?.oldestAt ?? null)}
            from business_unit order by unit_id
            on conflict (unit_id, ticket) do update set seen_at = excluded.seen_at, queue_share = excluded.queue_share,
              queue_waiting = excluded.queue_waiting, queue_oldest_at = excluded.queue_oldest_at`
          yield* sql`
            insert into sms_gateway_state (unit_id, gateway_id, ticket, problem, binds, last_minute, trace)
            select "unitId", "gatewayId", ${ticket}, problem, binds, "lastMinute", trace
            from jsonb_to_recordset(${JSON.stringify(states)}::text::jsonb) as told ("unitId" integer, "gatewayId" integer,
              problem text, binds jsonb, "lastMinute" integer, trace jsonb)
            order by 1, 2
            on conflict (unit_id, gateway_id, ticket) do update set problem = excluded.problem, binds = excluded.binds,
              last_minute = excluded.last_minute, trace = excluded.trace`
          yield* sql`delete from sms_adapter where seen_at < ${at(now - Duration.toMillis(adapterKeptFor))}`
        },
        (effect) => sql.withTransaction(effect)
      )

      const leave = (ticket: string) => Effect.asVoid(sql`delete from sms_adapter where ticket = ${ticket}`)

      const adapter = Effect.fn("SmsHealth.adapter")(function* (unitId: number, now: number) {
        const rows = yield* sql<SmsAdapter>`
          select ticket, url from sms_adapter where unit_id = ${unitId} and seen_at > ${seenSince(now)} order by seen_at desc limit 1`
        return rows[0] ?? null
      })

      const isTicket = Effect.fn("SmsHealth.isTicket")(function* (ticket: string, now: number) {
        const rows = yield* sql`
          select 1 from sms_adapter where ticket::text = ${ticket} and seen_at > ${seenSince(now)} limit 1`
        return rows.length > 0
      })

      const queue = Effect.fn("SmsHealth.queue")(function* (unitId: number, now: number) {
        const rows = yield* sql<SmsQueue>`
          select queue_share::float8 as share, queue_waiting::float8 as waiting, ${instant(sql, "queue_oldest_at", "oldestAt")}
          from sms_adapter where unit_id = ${unitId} and seen_at > ${seenSince(now)} and queue_share is not null
          order by queue_share desc limit 1`
        return rows[0] ?? null
      })

      const deadLetters = Effect.fn("SmsHealth.deadLetters")(function* (unitId: number) {
        const rows = yield* sql<{ readonly count: number }>`
          select count(*)::float8 as count from (
            select 1 from dead_letter where unit_id = ${unitId} and topic = 'sms' and is_dead limit ${deadLettersMax}) as letter`
        return rows[0]?.count ?? 0
      })

      const ofUnit = Effect.fn("SmsHealth.ofUnit")(
        function* (unitId: number, now: number) {
          const hours = (count: number) => sql`make_interval(hours => ${count}::int)`
          return yield* sql<SmsGatewayHealth>`
            select id as "gatewayId",
              (select coalesce(json_agg(json_build_object('seenAt', (extract(epoch from seen_at) * 1000)::float8,
                  'problem', problem, 'binds', binds, 'lastMinute', last_minute, 'trace', trace) order by seen_at desc), '[]')
                from sms_gateway_state as state join sms_adapter using (unit_id, ticket)
                where state.unit_id = gateway.unit_id and state.gateway_id = gateway.id) as states,
              (select coalesce(json_object_agg(said, count), '{}') from (
                select said, sum(count)::float8 as count from sms_report_count as c
                where c.unit_id = gateway.unit_id and c.gateway_id = gateway.id and hour > ${at(now)} - ${hours(24)}
                group by said) as day) as "lastDay",
              (select coalesce(sum(count), 0)::float8 from sms_report_count as c
                where c.unit_id = gateway.unit_id and c.gateway_id = gateway.id and said <> 'submitted'
                  and hour > ${at(now)} - ${hours(usualHours)}) as recent,
              (select count(*)::float8 from generate_series(1, 7) as ago where exists (
                select from sms_report_count as c
                where c.unit_id = gateway.unit_id and c.gateway_id = gateway.id and said <> 'submitted'
                  and hour > ${at(now)} - ago * interval '1 day' - ${hours(usualHours)}
                  and hour <= ${at(now)} - ago * interval '1 day')) as "usualDays",
              (select count(*)::float8 from sms_unreadable as u
                where u.unit_id = gateway.unit_id and u.gateway_id = gateway.id
                  and received_at > ${at(now)} - ${hours(24)}) as unreadable
            from sms_gateway as gateway where unit_id = ${unitId} and removed_at is null`
        },
        (effect) => reading(sql, effect)
      )

      const codes = Effect.fn("SmsHealth.codes")(
        function* (unitId: number, now: number) {
          return yield* sql<SmsCode>`
            select gateway, error_code as code, raw_code as "rawCode", max(error_text) as text, count(*)::float8 as count,
              ${instant(sql, "min(occurred_at)", "firstAt")}, ${instant(sql, "max(occurred_at)", "lastAt")}
            from sms_log where unit_id = ${unitId} and error_code <> ''
              and occurred_at > ${at(now)} - make_interval(days => ${faultDays}::int)
            group by 1, 2, 3 order by 5 desc, 1, 2, 3 limit ${allCodesMax}`
        },
        (effect) => reading(sql, effect)
      )

      const faults = Effect.fn("SmsHealth.faults")(
        function* (unitId: number, { id, name }: { readonly id: number; readonly name: string }, now: number) {
          const rows = sql`
            sms_log where unit_id = ${unitId} and gateway = ${name}
              and occurred_at > ${at(now)} - make_interval(days => ${faultDays}::int)`
          const categories = yield* sql<SmsGatewayFaults["categories"][number]>`
            select category, count(*)::float8 as count from ${rows} group by 1 order by 2 desc, 1`
          const codes = yield* sql<SmsGatewayFaults["codes"][number]>`
            select error_code as code, raw_code as "rawCode", count(*)::float8 as count from ${rows}
            group by 1, 2 order by 3 desc, 1, 2 limit ${codesMax}`
          const unreadable = yield* sql<SmsGatewayFaults["unreadable"][number]>`
            select reason, count(*)::float8 as count, ${instant(sql, "max(received_at)", "lastAt")}
            from sms_unreadable where unit_id = ${unitId} and gateway_id = ${id}
            group by 1 order by 3 desc limit ${linesMax}`
          return { categories, codes, unreadable }
        },
        (effect) => reading(sql, effect)
      )

      return SmsHealth.of({ tell, leave, adapter, isTicket, queue, deadLetters, ofUnit, codes, faults })
    })
  )
}
