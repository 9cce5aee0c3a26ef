import { HttpStatus, type Log } from "@spoor/domain"
import { placeOf } from "./LogScreen.ts"
import type { Locale } from "#lib/text/Format.ts"
import type { StatusView } from "#lib/value/Status.ts"

/** A row of the API log as list and drawer show it. */
export const apiView = (locale: Locale) => (row: Log.RowOf<"api">) => ({
  ...placeOf(row),
  url: row.url,
  method: String(row.method),
  status: statusView("api", row.status, locale),
  apiKey: row.apiKey === null ? null : { name: row.apiKey.name, prefix: String(row.apiKey.prefix) },
  ip: row.ip,
  requestId: row.details.requestId,
  processingMs: row.details.processingMs,
  userAgent: row.details.userAgent
})

/** A row of the panel log. */
export const panelView = (locale: Locale) => (row: Log.RowOf<"panel">) => ({
  ...placeOf(row),
  url: row.url,
  method: String(row.method),
  status: statusView("panel", row.status, locale),
  userEmail: row.userEmail,
  ip: row.ip,
  userId: row.details.userId,
  requestId: row.details.requestId,
  processingMs: row.details.processingMs,
  userAgent: row.details.userAgent
})

const statusView = (log: HttpStatus.StatusLog, code: number, locale: Locale): StatusView => {
  const { name, severity, statusClass, className, explanation } = HttpStatus.meaning(log, code)
  return { code, name, severity, statusClass, className: className[locale], explanation: explanation[locale] }
}
