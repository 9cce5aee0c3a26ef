import { Schema } from "effect"
import { text } from "../session/Ids.ts"
import { StatusCode } from "../status/HttpStatus.ts"
import { Ip, Method, ProcessingTime, RequestId, Url, UserAgent } from "./Request.ts"
import { columnsOf, head, type Label } from "./Row.ts"

/** The part of a key that may be shown; the secret never reaches a row. */
export const KeyPrefix = text(32).check(Schema.isMinLength(1)).pipe(Schema.brand("KeyPrefix"))
export type KeyPrefix = typeof KeyPrefix.Type

/**
 * One request to the platform's API.
 *
 * *Shape*: `url` is the part of the address that says what it was about, such as "/orders". `apiKey` is null where the
 * request named none that we know.
 * *Source*: spec.md, "API log".
 */
export const Row = Schema.Struct({
  ...head,
  url: Url,
  method: Method,
  status: StatusCode,
  apiKey: Schema.NullOr(Schema.Struct({ name: text(128), prefix: KeyPrefix })),
  ip: Schema.NullOr(Ip),
  details: Schema.Struct({
    requestId: RequestId,
    processingMs: ProcessingTime,
    userAgent: Schema.NullOr(UserAgent)
  })
})
export interface Row extends Schema.Schema.Type<typeof Row> {}

/** The columns of the table, from left to right. */
export const labels = {
  id: { pl: "ID logu", en: "Log ID" },
  createdAt: { pl: "Utworzono", en: "Created" },
  url: { pl: "URL", en: "URL" },
  method: { pl: "Metoda", en: "Method" },
  status: { pl: "Status", en: "Status" },
  apiKey: { pl: "Klucz API", en: "API key" },
  ip: { pl: "Adres IP", en: "IP address" },
  details: { pl: "Szczegóły", en: "Details" }
} as const satisfies Partial<Record<keyof Row, Label>>

export const columns = columnsOf(labels)
