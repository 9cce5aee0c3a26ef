import { Schema } from "effect"
import { text } from "../session/Ids.ts"
import * as SmsError from "../status/SmsError.ts"
import { columnsOf, head, type Label, RowInstant } from "./Row.ts"

/** The name of a gateway, and of a sender that uses it. */
export const Name = text(64).check(Schema.isMinLength(1))

/** *Source*: E.164, at most 15 digits. */
export const Phone = Schema.String.check(
  Schema.isPattern(/^\+[1-9]\d{4,14}$/u, { expected: "a phone number with its country's code, such as +48600700800" })
).pipe(Schema.brand("Phone"))
export type Phone = typeof Phone.Type

/** Why a message failed; a success is never logged. */
export const Category = Schema.Literals(
  SmsError.Category.literals.filter((category): category is Exclude<SmsError.Category, "none"> => category !== "none")
)
export type Category = typeof Category.Type

export const Permanence = Schema.Literals(
  SmsError.Permanence.literals.filter(
    (permanence): permanence is Exclude<SmsError.Permanence, "none"> => permanence !== "none"
  )
)
export type Permanence = typeof Permanence.Type

/** An error's code to look for; a row may have an empty one, where the gateway gave none. */
export const ErrorCode = text(64).check(Schema.isMinLength(1))

/**
 * A text message that failed to send or deliver.
 *
 * *Shape*: `phone` is null where no E.164 number could be read (`details.rawPhone` then has what came) and after
 * erasure, `sender` while it is not known. `details.payload` is the report as received, null after erasure; what is not
 * text is written as hexadecimal. `reportedAt` is the gateway's own time.
 * *Source*: spec.md, "SMS log".
 */
export const Row = Schema.Struct({
  ...head,
  gateway: Name,
  sender: Schema.NullOr(Name),
  phone: Schema.NullOr(Phone),
  error: Schema.Struct({ code: text(64), text: text(500) }),
  details: Schema.Struct({
    rawCode: Schema.NullOr(text(256)),
    payload: Schema.NullOr(text(65_536)),
    rawPhone: Schema.NullOr(text(64)),
    protocol: Schema.Literals(["smpp", "http"]),
    messageId: Schema.NullOr(text(256)),
    permanence: Permanence,
    category: Category,
    reportedAt: Schema.NullOr(RowInstant)
  })
})
export interface Row extends Schema.Schema.Type<typeof Row> {}

/** The columns of the table, from left to right. */
export const labels = {
  id: { pl: "ID logu", en: "Log ID" },
  createdAt: { pl: "Utworzono", en: "Created" },
  gateway: { pl: "Bramka", en: "Gateway" },
  sender: { pl: "Nadawca", en: "Sender" },
  phone: { pl: "Numer telefonu klienta", en: "Customer's phone number" },
  error: { pl: "Błąd", en: "Error" },
  details: { pl: "Szczegóły", en: "Details" }
} as const satisfies Partial<Record<keyof Row, Label>>

export const columns = columnsOf(labels)
