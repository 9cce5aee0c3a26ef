import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { newest } from "./Migrations.ts"

/** Outcomes whose time has come and that are not emitted yet, counted to `countMax`. *Units*: UTC milliseconds. */
export interface Overdue {
  readonly sessions: number
  readonly oldestDueAt: number | null
}

/** Beyond this nobody counts on: counting must not become a burden when everything is late. */
const countMax = 10_000

/** What an operator asks the database, and nobody else. *Fails* with `SqlError`. */
export class Vitals extends Context.Service<
  Vitals,
  {
    /** Whether the schema is at least as new as this program; false where there is none. */
    readonly isMigrated: Effect.Effect<boolean, SqlError.SqlError>
    readonly overdue: (now: number) => Effect.Effect<Overdue, SqlError.SqlError>
    /** Messages that were put aside. *Shape*: by topic, those without any left out; counted to `countMax` together. */
    readonly deadLetters: Effect.Effect<ReadonlyMap<string, number>, SqlError.SqlError>
    /** Webhook messages that are still to be delivered, counted to `countMax`. */
    readonly webhooksWaiting: Effect.Effect<number, SqlError.SqlError>
  }
>()("@spoor/postgres/Vitals") {
  static readonly layer = Layer.effect(
    Vitals,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const isMigrated = Effect.gen(function* () {
        const rows = yield* sql<{ readonly newest: number }>`select max(migration_id) as newest from migration`
        return (rows[0]?.newest ?? 0) >= newest
      }).pipe(
        Effect.catchIf(
          ({ reason }) => reason._tag === "SqlSyntaxError",
          () => Effect.succeed(false)
        ),
        Effect.withSpan("Vitals.isMigrated")
      )

      const overdue = Effect.fn("Vitals.overdue")(function* (now: number) {
        const rows = yield* sql<Overdue>`
          select count(*)::float8 as sessions, (extract(epoch from min(due_at)) * 1000)::float8 as "oldestDueAt"
          from (select due_at from session where due_at <= to_timestamp(${now}::float8 / 1000)
            order by due_at limit ${countMax}) as due`
        return rows[0] ?? { sessions: 0, oldestDueAt: null }
      })

      const deadLetters = Effect.gen(function* () {
        const rows = yield* sql<{ readonly topic: string; readonly letters: number }>`
          select topic, count(*)::float8 as letters
          from (select topic from dead_letter where is_dead order by id desc limit ${countMax}) as letter
          group by topic`
        return new Map(rows.map(({ letters, topic }) => [topic, letters]))
      }).pipe(Effect.withSpan("Vitals.deadLetters"))

      const webhooksWaiting = Effect.gen(function* () {
        const rows = yield* sql<{ readonly waiting: number }>`
          select count(*)::float8 as waiting
          from (select 1 from webhook_delivery where state = 'waiting' limit ${countMax}) as delivery`
        return rows[0]?.waiting ?? 0
      }).pipe(Effect.withSpan("Vitals.webhooksWaiting"))

      return Vitals.of({ isMigrated, overdue, deadLetters, webhooksWaiting })
    })
  )
}
