import type { ApiLog, PanelLog, SmsLog } from "@spoor/domain"
import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

/** A row before it has an ID. *Units*: `occurredAt` in UTC milliseconds. */
export type NewLogRow<Row> = Omit<Row, "id" | "unitId" | "createdAt"> & {
  /** The sender's own ID: a second delivery changes nothing. */
  readonly itemId: string
  readonly occurredAt: number
}

/** Rows of one of the logs that are written as they come. */
export type NewLogRows =
  | { readonly log: "api"; readonly entries: ReadonlyArray<NewLogRow<ApiLog.Row>> }
  | { readonly log: "panel"; readonly entries: ReadonlyArray<NewLogRow<PanelLog.Row>> }
  | { readonly log: "sms"; readonly entries: ReadonlyArray<NewLogRow<SmsLog.Row>> }

/** *Fails* with `SqlError`. */
export class LogWriter extends Context.Service<
  LogWriter,
  {
    /** Adds the rows that the unit does not have yet, in the order of their senders' IDs; gives their number. */
    readonly add: (unitId: number, rows: ReadonlyArray<NewLogRows>) => Effect.Effect<number, SqlError.SqlError>
  }
>()("@spoor/postgres/LogWriter") {
  static readonly layer = Layer.effect(
    LogWriter,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const add = Effect.fn("LogWriter.add")(function* (unitId: number, rows: ReadonlyArray<NewLogRows>) {
        let stored = 0
        for (const log of ["api", "panel", "sms"] as const) {
          const entries = rows.flatMap((some): ReadonlyArray<unknown> => (some.log === log ? some.entries : []))
          if (entries.length === 0) continue
          if (log === "panel") yield* holdChain(unitId)
          const added = yield* insert[log](unitId, JSON.stringify(entries))
          if (log === "panel" && added.length > 0) {
            yield* sql`select link_panel_log(${unitId}, ${added.map(({ id }) => id)}::bigint[])`
          }
          stored += added.length
        }
        return stored
      }, sql.withTransaction)

      /** Before any row is added: whoever waits for the chain then waits with no row that another waits for. */
      const holdChain = (unitId: number) => sql`
        insert into panel_log_chain as known values (${unitId}, 0, ''::bytea)
        on conflict (unit_id) do update set seq = known.seq`

      const insert = {
        api: (unitId: number, entries: string) => sql<Added>`
          insert into api_log (unit_id, item_id, occurred_at, url, method, status, key_name, key_prefix, ip, request_id,
            processing_ms, user_agent)
          select ${unitId}, "itemId", to_timestamp("occurredAt" / 1000), url, method, status, "apiKey" ->> 'name',
            "apiKey" ->> 'prefix', ip, details ->> 'requestId', (details ->> 'processingMs')::float8, details ->> 'userAgent'
          from jsonb_to_recordset(${entries}::text::jsonb) as new ("itemId" text, "occurredAt" float8, url text,
            method text, status smallint, "apiKey" jsonb, ip text, details jsonb)
          order by "itemId" on conflict (unit_id, item_id) do nothing returning id`,
        panel: (unitId: number, entries: string) => sql<Added>`
          insert into panel_log (unit_id, item_id, occurred_at, url, method, status, user_email, user_id, ip, request_id,
            processing_ms, user_agent)
          select ${unitId}, "itemId", to_timestamp("occurredAt" / 1000), url, method, status, "userEmail",
            details ->> 'userId', ip, details ->> 'requestId', (details ->> 'processingMs')::float8, details ->> 'userAgent'
          from jsonb_to_recordset(${entries}::text::jsonb) as new ("itemId" text, "occurredAt" float8, url text,
            method text, status smallint, "userEmail" text, ip text, details jsonb)
          order by "itemId" on conflict (unit_id, item_id) do nothing returning id`,
        sms: (unitId: number, entries: string) => sql<Added>`
          insert into sms_log (unit_id, item_id, occurred_at, gateway, sender, phone, error_code, error_text, raw_code, payload,
            raw_phone, protocol, message_id, permanence, category, reported_at)
          select ${unitId}, "itemId", to_timestamp("occurredAt" / 1000), gateway, sender, phone, error ->> 'code',
            error ->> 'text', details ->> 'rawCode', details ->> 'payload', details ->> 'rawPhone',
            (details ->> 'protocol')::sms_protocol, details ->> 'messageId', details ->> 'permanence', details ->> 'category',
            to_timestamp((details ->> 'reportedAt')::float8 / 1000)
          from jsonb_to_recordset(${entries}::text::jsonb) as new ("itemId" text, "occurredAt" float8, gateway text,
            sender text, phone text, error jsonb, details jsonb)
          order by "itemId" on conflict (unit_id, item_id) do nothing returning id`
      }

      return LogWriter.of({ add })
    })
  )
}

interface Added {
  readonly id: number
}
