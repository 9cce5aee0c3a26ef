import { Context, Duration, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { instant as readable } from "./Keyset.ts"
import { logTables } from "./log/LogTable.ts"

/** The logs that are kept for some time. Session events are kept as long as the activity that they rest on. */
export const retainedLogs = ["panel", "activity", "api", "sms"] as const
export type RetainedLog = (typeof retainedLogs)[number]

/** *Units*: days. *Source*: ADR 0040. */
export const retainedDays = { minimum: 30, maximum: 3_650 }

/** How long a log is kept. *Units*: days, from 30 to 3,650: less would meet what lateness, grace and recovery may still change. */
export interface Retained {
  readonly log: RetainedLog
  readonly days: number
}

/** What the next removal takes, and what the last one took. *Shape*: nulls where there was none. *Units*: UTC milliseconds. */
export interface Expiring {
  readonly log: RetainedLog
  /** So many rows are old enough; `expiringMax` stands for that and more. Of the activity some may stay, for what stays rests on them. */
  readonly rows: number
  readonly lastRunAt: number | null
  readonly lastRemoved: number | null
}

/** Counting stops here. */
export const expiringMax = 100_000

/** Where nobody has said how long. *Units*: days. */
const daysDefault = 180

/** What one transaction removes, so that nobody waits for it. */
const rowsMax = 5_000
const sessionsMax = 500

const DAY = 86_400_000

/** Between two transactions, so that a long removal leaves room for others. */
const PAUSE = Duration.millis(20)

/** Whoever removes holds it: a second process finds it taken, and leaves it to the first. */
const ADVISORY_LOCK = 5_700_668

/** How far a removal has come. *Shape*: sessions go in the order of their beginning, as text, and number. */
interface Step {
  readonly removed: number
  readonly next: { readonly startedAt: string; readonly no: number } | null
}

/**
 * How long each log is kept, and the removal of what is older.
 *
 * *Fails* with `SqlError`. *Source*: ADR 0040.
 */
export class Retention extends Context.Service<
  Retention,
  {
    /** Every log of the unit, in the order of `retainedLogs`. */
    readonly ofUnit: (unitId: number) => Effect.Effect<ReadonlyArray<Retained>, SqlError.SqlError>
    readonly keep: (unitId: number, retained: Retained) => Effect.Effect<void, SqlError.SqlError>
    /** What goes of each log of the unit when it is removed at `now`. */
    readonly expiring: (unitId: number, now: number) => Effect.Effect<ReadonlyArray<Expiring>, SqlError.SqlError>
    /**
     * Removes what a log has from before an instant, in many short transactions; what was removed stays so if it is stopped. Of
     * the activity whole sessions go, with their outcomes, and visitors of whom nothing is left.
     *
     * *Units*: UTC milliseconds. *Shape*: how many rows of the log went; 0 where another process is at it.
     */
    readonly purge: (unitId: number, log: RetainedLog, before: number) => Effect.Effect<number, SqlError.SqlError>
  }
>()("@spoor/postgres/Retention") {
  static readonly layer = Layer.effect(
    Retention,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const ofUnit = Effect.fn("Retention.ofUnit")(function* (unitId: number) {
        const known = yield* sql<Retained>`select log, days from retention where unit_id = ${unitId}`
        const days = new Map(known.map((retained) => [retained.log, retained.days]))
        return retainedLogs.map((log) => ({ log, days: days.get(log) ?? daysDefault }))
      })

      const keep = Effect.fn("Retention.keep")(function* (unitId: number, { days, log }: Retained) {
        yield* sql`
          insert into retention (unit_id, log, days) values (${unitId}, ${log}, ${days})
          on conflict (unit_id, log) do update set days = excluded.days`
      })

      const purge = Effect.fn("Retention.purge")(function* (unitId: number, log: RetainedLog, before: number) {
        const purgeSome =
          log === "activity"
            ? (after: Step["next"]) => purgeSessions(unitId, before, after)
            : () => purgeRows(unitId, log, before)
        let removed = 0
        let isMine = false
        let next: Step["next"] | undefined = null
        while (next !== undefined) {
          const step: Step | undefined = yield* alone(purgeSome(next))
          removed += step?.removed ?? 0
          isMine ||= step !== undefined
          next = step?.next ?? undefined
          if (next !== undefined) yield* Effect.sleep(PAUSE)
        }
        if (log === "activity") yield* Effect.asVoid(alone(purgeOrphans(unitId, before)))
        if (isMine) {
          yield* sql`
            insert into retention_run (unit_id, log, ended_at, removed) values (${unitId}, ${log}, now(), ${removed})
            on conflict (unit_id, log) do update set ended_at = excluded.ended_at, removed = excluded.removed`
        }
        return removed
      })

      const expiring = Effect.fn("Retention.expiring")(function* (unitId: number, now: number) {
        const runs = yield* sql<Omit<Expiring, "rows">>`
          select log, ${readable(sql, "ended_at", "lastRunAt")}, removed as "lastRemoved" from retention_run
          where unit_id = ${unitId}`
        return yield* Effect.forEach(yield* ofUnit(unitId), ({ days, log }) =>
          Effect.gen(function* () {
            const counted = yield* sql<{ readonly rows: number }>`
              select count(*)::integer as rows from (
                select from ${sql.literal(logTables[log].name)}
                where unit_id = ${unitId} and occurred_at < ${instant(now - days * DAY)} limit ${expiringMax}) as old`
            const run = runs.find((one) => one.log === log)
            const { lastRemoved, lastRunAt } = run ?? { lastRemoved: null, lastRunAt: null }
            return { log, rows: counted[0]?.rows ?? 0, lastRunAt, lastRemoved }
          })
        )
      })

      /** Undefined where another process is at it. */
      const alone = <A>(effect: Effect.Effect<A, SqlError.SqlError>) =>
        sql.withTransaction(
          Effect.gen(function* () {
            const [lock] = yield* sql<{ readonly isMine: boolean }>`
              select pg_try_advisory_xact_lock(${ADVISORY_LOCK}) as "isMine"`
            return lock?.isMine ? yield* effect : undefined
          })
        )

      const purgeRows = Effect.fn("Retention.purgeRows")(function* (unitId: number, log: RetainedLog, before: number) {
        const table = sql.literal(logTables[log].name)
        const rows = yield* sql`
          delete from ${table} where ctid = any(array(
            select ctid from ${table} where unit_id = ${unitId} and occurred_at < ${instant(before)}
            order by occurred_at limit ${rowsMax} for update skip locked))
          returning 1 as one`
        return { removed: rows.length, next: rows.length < rowsMax ? null : { startedAt: "", no: 0 } } satisfies Step
      })

      const purgeSessions = Effect.fn("Retention.purgeSessions")(function* (
        unitId: number,
        before: number,
        after: Step["next"]
      ) {
        const beyond =
          after === null
            ? sql``
            : sql`and (started_at, no) > (${after.startedAt}::text::timestamptz, ${after.no}::bigint)`
        const candidates = yield* sql<{ readonly no: number; readonly startedAt: string }>`
          select no, started_at::text as "startedAt" from session
          where unit_id = ${unitId} and started_at < ${instant(before)} ${beyond}
          order by started_at, no limit ${sessionsMax}`
        const last = candidates.at(-1)
        if (last === undefined) return { removed: 0, next: null } satisfies Step
        yield* lockVisitors(
          unitId,
          candidates.map(({ no }) => no)
        )
        const numbers = yield* outlived(
          unitId,
          before,
          candidates.map(({ no }) => no)
        )
        const removed = yield* removeSessions(unitId, before, numbers)
        return { removed, next: candidates.length < sessionsMax ? null : last } satisfies Step
      })

      /** As the worker locks them; what it remembers of them is no longer valid. */
      const lockVisitors = (unitId: number, sessions: ReadonlyArray<number>) => sql`
        with locked as (
          select site_id, id from visitor
          where unit_id = ${unitId} and (site_id, id) in (
            select site_id, visitor_id from session where unit_id = ${unitId} and no = any(${sessions}::bigint[]))
          order by site_id, id for update)
        update visitor as known set version = pg_current_xact_id(), version_before = version
        from locked where unit_id = ${unitId} and known.site_id = locked.site_id and known.id = locked.id`

      /**
       * Those of the sessions that are over and that nothing which stays rests on. One is kept while an order of it is still known
       * by the API or was reported again later, and while the visitor's next event is a sale page: without it that would
       * seem to be another purchase (sessions.md 4.2).
       */
      const outlived = Effect.fnUntraced(function* (unitId: number, before: number, sessions: ReadonlyArray<number>) {
        const rows = yield* sql<{ readonly no: number }>`
          select no from session as old
          where unit_id = ${unitId} and no = any(${sessions}::bigint[]) and ended_at < ${instant(before)} and due_at is null
            and not exists (
              select from session_event as outcome
              where outcome.unit_id = old.unit_id and outcome.session_no = old.no and (
                outcome.occurred_at >= ${instant(before)}
                or exists (select from reported_order as known where known.unit_id = outcome.unit_id
                  and known.site_id = outcome.site_id and known.id = outcome.order_id and known.removed_at is null)))
            and not exists (
              select from activity as sale join activity as again on again.unit_id = sale.unit_id
                and again.site_id = sale.site_id and again.order_id = sale.order_id and again.occurred_at > old.ended_at
              where sale.unit_id = old.unit_id and sale.session_no = old.no and sale.order_id is not null)
            and (select next.type from activity as next
              where next.unit_id = old.unit_id and next.site_id = old.site_id and next.visitor_id = old.visitor_id
                and next.occurred_at > old.ended_at
              order by next.occurred_at, next.id limit 1) is distinct from 'VisitOnSalePage'`
        return rows.map(({ no }) => no)
      })

      const removeSessions = Effect.fnUntraced(function* (
        unitId: number,
        before: number,
        numbers: ReadonlyArray<number>
      ) {
        if (numbers.length === 0) return 0
        const ofThese = sql`unit_id = ${unitId} and session_no = any(${numbers}::bigint[])`
        yield* sql`
          delete from webhook_delivery
          where unit_id = ${unitId} and state = 'waiting' and session_event_id in (select id from session_event where ${ofThese})`
        yield* sql`delete from session_event where ${ofThese}`
        const rows = yield* sql`delete from activity where ${ofThese} returning 1 as one`
        yield* sql`
          with gone as (
            delete from session where unit_id = ${unitId} and no = any(${numbers}::bigint[]) returning site_id, visitor_id, no),
          left_over as (
            select distinct site_id, visitor_id from gone
            where not exists (
              select from session as other where other.unit_id = ${unitId} and other.site_id = gone.site_id
                and other.visitor_id = gone.visitor_id and other.no <> all(${numbers}::bigint[]))),
          forgotten as (
            delete from identification using left_over
            where unit_id = ${unitId} and identification.site_id = left_over.site_id
              and identification.visitor_id = left_over.visitor_id and identification.occurred_at < ${instant(before)}),
          undecided as (
            delete from unlinking using left_over
            where unit_id = ${unitId} and unlinking.site_id = left_over.site_id
              and unlinking.visitor_id = left_over.visitor_id and unlinking.decided_at < ${instant(before)})
          delete from visitor using left_over
          where unit_id = ${unitId} and visitor.site_id = left_over.site_id and visitor.id = left_over.visitor_id
            and visitor.last_seen_at < ${instant(before)}`
        return rows.length
      })

      /** Purchases without a session, whose order is not known any more. */
      const purgeOrphans = (unitId: number, before: number) => sql`
        delete from session_event as outcome
        where unit_id = ${unitId} and occurred_at < ${instant(before)}
          and not exists (select from session where session.unit_id = outcome.unit_id and session.no = outcome.session_no)
          and not exists (select from reported_order as known where known.unit_id = outcome.unit_id
            and known.site_id = outcome.site_id and known.id = outcome.order_id and known.removed_at is null)`

      const instant = (at: number) => sql`to_timestamp(${at}::float8 / 1000)`

      return Retention.of({ ofUnit, keep, expiring, purge })
    })
  )
}
