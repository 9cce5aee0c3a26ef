import type { Log } from "@spoor/domain"
import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

/**
 * How somebody likes a log's table. *Shape*: columns by the key of `Log.columns`; `hidden` are left out, those without a
 * width take their share. *Units*: widths in CSS pixels.
 */
export interface LogLayout {
  readonly hidden: ReadonlyArray<string>
  readonly widths: Readonly<Record<string, number>>
  readonly isRoomy: boolean
}

/** Whose layout, and of which log. */
export interface Reader {
  readonly unitId: number
  readonly userId: string
  readonly log: Log.Log
}

/** Each person's layout of each log, kept only where it is not the usual one. *Fails* with `SqlError`. */
export class LogLayouts extends Context.Service<
  LogLayouts,
  {
    /** The usual one for whoever has chosen none. */
    readonly of: (reader: Reader) => Effect.Effect<LogLayout, SqlError.SqlError>
    readonly keep: (reader: Reader, layout: LogLayout) => Effect.Effect<void, SqlError.SqlError>
    /** Back to the usual one. */
    readonly forget: (reader: Reader) => Effect.Effect<void, SqlError.SqlError>
  }
>()("@spoor/postgres/LogLayouts") {
  static readonly layer = Layer.effect(
    LogLayouts,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const of = Effect.fn("LogLayouts.of")(function* ({ unitId, userId, log }: Reader) {
        const rows = yield* sql<LogLayout>`
          select to_jsonb(hidden) as hidden, widths, is_roomy as "isRoomy" from log_layout
          where unit_id = ${unitId} and user_id = ${userId} and log = ${log}`
        return rows[0] ?? usual
      })

      const keep = Effect.fn("LogLayouts.keep")(function* (
        { unitId, userId, log }: Reader,
        { hidden, widths, isRoomy }: LogLayout
      ) {
        yield* sql`
          insert into log_layout (unit_id, user_id, log, hidden, widths, is_roomy)
          values (${unitId}, ${userId}, ${log}, ${hidden}::text[], ${JSON.stringify(widths)}::text::jsonb, ${isRoomy})
          on conflict (unit_id, user_id, log)
          do update set hidden = excluded.hidden, widths = excluded.widths, is_roomy = excluded.is_roomy`
      })

      const forget = Effect.fn("LogLayouts.forget")(function* ({ unitId, userId, log }: Reader) {
        yield* sql`delete from log_layout where unit_id = ${unitId} and user_id = ${userId} and log = ${log}`
      })

      return LogLayouts.of({ of, keep, forget })
    })
  )
}

const usual: LogLayout = { hidden: [], widths: {}, isRoomy: false }
