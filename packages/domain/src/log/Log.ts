import { Schema } from "effect"
import * as ActivityLog from "./ActivityLog.ts"
import * as ApiLog from "./ApiLog.ts"
import * as PanelLog from "./PanelLog.ts"
import type { Column, Label } from "./Row.ts"
import * as SessionEventLog from "./SessionEventLog.ts"
import * as SmsLog from "./SmsLog.ts"

/** The five logs, by the name that addresses and saved views use, in the order of the menu. */
export const Log = Schema.Literals(["panel", "activity", "session-events", "api", "sms"])
export type Log = typeof Log.Type

/** The schema of each log's rows. */
export const rows = {
  panel: PanelLog.Row,
  activity: ActivityLog.Row,
  "session-events": SessionEventLog.Row,
  api: ApiLog.Row,
  sms: SmsLog.Row
} as const satisfies Record<Log, Schema.Top>

/** A row of a log, and its JSON. */
export type RowOf<L extends Log> = (typeof rows)[L]["Type"]
export type RowJson<L extends Log> = (typeof rows)[L]["Encoded"]

/** Each log's columns, from left to right. */
export const columns: Readonly<Record<Log, ReadonlyArray<Column>>> = {
  panel: PanelLog.columns,
  activity: ActivityLog.columns,
  "session-events": SessionEventLog.columns,
  api: ApiLog.columns,
  sms: SmsLog.columns
}

export const names: Readonly<Record<Log, Label>> = {
  panel: { pl: "Logi panelu", en: "Panel log" },
  activity: { pl: "Aktywność na stronie", en: "Website activity" },
  "session-events": { pl: "Zdarzenia sesyjne", en: "Session events" },
  api: { pl: "Logi API", en: "API log" },
  sms: { pl: "Logi SMS", en: "SMS log" }
}

/**
 * What a row of a log looks like as JSON, for other languages and other programs.
 *
 * *Shape*: JSON Schema, draft 2020-12. It allows a little more than decoding does: what has no counterpart there, such
 * as a bound on UTF-16 code units, is left out.
 */
export const jsonSchema = (log: Log) => {
  const { schema, definitions } = Schema.toJsonSchemaDocument(rows[log])
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: names[log].en,
    ...schema,
    $defs: definitions
  }
}
