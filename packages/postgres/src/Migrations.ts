import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { foundation } from "./migrations/0001_foundation.ts"
import { doors } from "./migrations/0002_doors.ts"
import { cartChange } from "./migrations/0003_cart_change.ts"
import { logIndexes } from "./migrations/0004_log_indexes.ts"
import { deadLetters } from "./migrations/0005_dead_letters.ts"
import { webhooks } from "./migrations/0006_webhooks.ts"
import { visitorVersion } from "./migrations/0007_visitor_version.ts"
import { personIndexes } from "./migrations/0009_person_indexes.ts"
import { siteRules } from "./migrations/0010_site_rules.ts"
import { views } from "./migrations/0011_views.ts"
import { smsGateways } from "./migrations/0012_sms_gateways.ts"
import { smsMessages } from "./migrations/0013_sms_messages.ts"
import { smsHealth } from "./migrations/0014_sms_health.ts"
import { grownLogs } from "./migrations/0015_grown_logs.ts"
import { retention } from "./migrations/0016_retention.ts"
import { rareValues } from "./migrations/0017_rare_values.ts"
import { setUp } from "./migrations/0018_set_up.ts"
import { secondFactor } from "./migrations/0019_second_factor.ts"
import { panelChain } from "./migrations/0020_panel_chain.ts"
import { smsSpool } from "./migrations/0021_sms_spool.ts"
import { unitLock } from "./migrations/0022_unit_lock.ts"
import { rejectedReplay } from "./migrations/0025_rejected_replay.ts"
import { administration } from "./migrations/0026_administration.ts"
import { closedUnits } from "./migrations/0027_closed_units.ts"
import { unlinking } from "./migrations/0028_unlinking.ts"
import { addressBeginnings } from "./migrations/0029_address_beginnings.ts"
import { seenSessions } from "./migrations/0030_seen_sessions.ts"
import { widerIndexes } from "./migrations/0031_wider_indexes.ts"
import { sessionsInIndexes } from "./migrations/0032_sessions_in_indexes.ts"
import { alone, applyAtOnce, applyBesideWriters, indexesIn, type Migration } from "./Upgrade.ts"

/** Every migration in order, forward only: what has been committed is never edited, the next number corrects it. */
const migrations: Record<string, string | Migration> = {
  "0001_foundation": foundation,
  "0002_doors": doors,
  "0003_cart_change": cartChange,
  "0004_log_indexes": logIndexes,
  "0005_dead_letters": deadLetters,
  "0006_webhooks": webhooks,
  "0007_visitor_version": visitorVersion,
  "0009_person_indexes": personIndexes,
  "0010_site_rules": siteRules,
  "0011_views": views,
  "0012_sms_gateways": smsGateways,
  "0013_sms_messages": smsMessages,
  "0014_sms_health": smsHealth,
  "0015_grown_logs": grownLogs,
  "0016_retention": retention,
  "0017_rare_values": rareValues,
  "0018_set_up": setUp,
  "0019_second_factor": secondFactor,
  "0020_panel_chain": panelChain,
  "0021_sms_spool": smsSpool,
  "0025_rejected_replay": rejectedReplay,
  // After 0025, which was there first: it locks that table too. Whoever adds another locks it in the same migration.
  "0022_unit_lock": unitLock,
  "0026_administration": administration,
  "0027_closed_units": closedUnits,
  "0028_unlinking": unlinking,
  "0029_address_beginnings": addressBeginnings,
  "0030_seen_sessions": seenSessions,
  "0031_wider_indexes": widerIndexes,
  "0032_sessions_in_indexes": sessionsInIndexes
}

const all = Object.entries(migrations).map(([file, migration]) => ({
  file,
  id: Number.parseInt(file, 10),
  name: file.slice(5),
  migration: typeof migration === "string" ? { indexes: [], statements: migration } : migration
}))

/** The number of the newest one. */
export const newest = Math.max(...all.map(({ id }) => id))

/** Those that the database does not have yet, in order. A number that came late is not passed over. */
const pending = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: number }>`select migration_id as id from migration`
  const known = new Set(rows.map(({ id }) => id))
  return all.filter(({ id }) => !known.has(id))
})

/** What a pending migration does to a table that has rows. *Units*: rows, as the planner believes, and seconds. */
export interface Step {
  readonly migration: string
  /** Such as "index activity_url on activity"; what touches no rows is "changes of the schema". */
  readonly does: string
  readonly rows: number
  readonly seconds: number
  /** Whether the table can be written to all the while; else writers wait for as long as it takes. */
  readonly isBesideWriters: boolean
}

/** An index of a log on a small machine, measured at ten million rows. */
const indexedRowsPerSecond = 150_000

/** Where `migrate` would begin, without anything being changed or locked. *Fails* with `SqlError`. */
export const plan = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const sizes = yield* sql<{ readonly name: string; readonly rows: number }>`
    select relname as name, greatest(reltuples, 0)::float8 as rows from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`
  const rowsOf = new Map(sizes.map(({ name, rows }) => [name, rows]))
  const isNew = !rowsOf.has("migration")
  return (isNew ? all : yield* pending).flatMap(({ file, migration }): ReadonlyArray<Step> => {
    const indexes = (statements: string, isBesideWriters: boolean) =>
      indexesIn(statements).flatMap(({ index, table }): ReadonlyArray<Step> => {
        const rows = rowsOf.get(table) ?? 0
        const seconds = Math.ceil(rows / indexedRowsPerSecond)
        return rows === 0
          ? []
          : [{ migration: file, does: `index ${index} on ${table}`, rows, seconds, isBesideWriters }]
      })
    const steps = [...indexes(migration.indexes.join(";"), true), ...indexes(migration.statements, false)]
    const changes = { migration: file, does: "changes of the schema", rows: 0, seconds: 0, isBesideWriters: false }
    return steps.length > 0 ? steps : [changes]
  })
}).pipe(Effect.withSpan("Migrations.plan"))

/**
 * Brings the database to the newest schema; does nothing when it is there. A new database gets all migrations in one transaction, one in
 * use each by itself, so that nobody who writes logs waits longer than a second (ADR 0046).
 * Safe when several processes start at once: the second waits and finds nothing left to do.
 *
 * *Shape*: the migrations that ran now, as [number, name]. *Fails* with `SqlError`; nothing remains then of the one that failed, and
 * what went before it stays.
 */
export const migrate = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const record = ({ id, name }: (typeof all)[number]) =>
    sql`insert into migration (migration_id, name) values (${id}, ${name})`
  const begin = sql`
    create table migration (
      migration_id integer primary key, created_at timestamptz not null default now(), name text not null)`
  const ran = yield* alone(
    Effect.gen(function* () {
      const [found] = yield* sql<{ readonly isNew: boolean }>`select to_regclass('public.migration') is null as "isNew"`
      return yield* found!.isNew
        ? sql.withTransaction(
            Effect.andThen(
              begin,
              Effect.forEach(all, (one) => Effect.as(Effect.andThen(applyAtOnce(one.migration), record(one)), one))
            )
          )
        : Effect.forEach(yield* pending, (one) => Effect.as(applyBesideWriters(one.migration, record(one)), one))
    })
  )
  return ran.map(({ id, name }) => [id, name] as const)
}).pipe(Effect.withSpan("Migrations.migrate"))
