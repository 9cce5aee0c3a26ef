import { Schema } from "effect"
import { Email, text } from "../session/Ids.ts"
import { StatusCode } from "../status/HttpStatus.ts"
import { Ip, Method, ProcessingTime, RequestId, Url, UserAgent } from "./Request.ts"
import { columnsOf, head, type Label } from "./Row.ts"

/** A person with access to the panel. */
export const UserId = text(64).check(Schema.isMinLength(1)).pipe(Schema.brand("UserId"))
export type UserId = typeof UserId.Type

/**
 * What someone with access to the panel did in it.
 *
 * *Shape*: `userEmail` and `userId` are null before anybody has signed in.
 * *Source*: spec.md, "Panel log".
 */
export const Row = Schema.Struct({
  ...head,
  url: Url,
  method: Method,
  status: StatusCode,
  userEmail: Schema.NullOr(Email),
  ip: Schema.NullOr(Ip),
  details: Schema.Struct({
    userId: Schema.NullOr(UserId),
    processingMs: ProcessingTime,
    userAgent: Schema.NullOr(UserAgent),
    requestId: Schema.NullOr(RequestId)
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
  userEmail: { pl: "E-mail użytkownika", en: "User e-mail" },
  ip: { pl: "Adres IP", en: "IP address" },
  details: { pl: "Szczegóły", en: "Details" }
} as const satisfies Partial<Record<keyof Row, Label>>

export const columns = columnsOf(labels)
