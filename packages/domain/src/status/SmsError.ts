import { Schema } from "effect"
import { type ErrProfile, type GatewayKind, reasonsByProfile, tablesByKind } from "./sms/Catalogue.ts"
import type { Category, Permanence, Text } from "./sms/Category.ts"
import * as Table from "./sms/Table.ts"

export { ErrProfile, GatewayKind } from "./sms/Catalogue.ts"
export { Category, categoryNames, Permanence } from "./sms/Category.ts"

/**
 * All codes that a gateway gave for one message, as received.
 *
 * *Shape*: from the finest to the coarsest:
 * `refusal`, the error of a refused submission (SMPP's command_status, an API's error code);
 * `reason`, why delivery failed (`err`, err-code, error.id, ErrorCode);
 * `status`, what became of the message (`stat` or message_state, status);
 * `group`, the class of that status (Infobip's groupId, Kannel's type).
 */
export const Codes = Schema.Struct({
  refusal: Schema.optionalKey(Schema.String),
  reason: Schema.optionalKey(Schema.String),
  status: Schema.optionalKey(Schema.String),
  group: Schema.optionalKey(Schema.String)
})
export interface Codes extends Schema.Schema.Type<typeof Codes> {}

/**
 * What a gateway's codes mean.
 *
 * *Shape*: `code` is the one to show, verbatim; `name` is the vendor's word for what the explanation explains.
 * `isProvisional`: a better report may still come, so the log waits before it believes this one.
 */
export interface ErrorMeaning {
  readonly code: string
  readonly name: string
  readonly category: Category
  readonly permanence: Permanence
  readonly isFailure: boolean
  readonly isProvisional: boolean
  readonly explanation: Text
}

/**
 * What a gateway said about a message; total, any text is a code.
 *
 * The coarsest code decides whether it failed, because gateways send "no error" with failures, and errors with messages
 * that they still try to deliver. The finest code that failed is shown, the finest one that is listed explains it. A
 * code that is not listed is a failure for unknown reasons. Blank codes, and zeros that no list has, say nothing.
 *
 * *Shape*: `profile` counts for "smpp" and "kannel"; the others have a list of their own, or give no reason.
 */
export const classify = (kind: GatewayKind, codes: Codes, profile: ErrProfile = "none"): ErrorMeaning => {
  const tables = { reason: reasonsByProfile[profile], ...tablesByKind[kind] }
  const said = fields.flatMap((field) => read(codes[field], tables[field]))
  const verdict = said.at(-1)
  if (verdict === undefined) return meaning(firstOf(codes), unlisted, false)
  if (!isFailure(verdict)) return meaning(verdict.code, verdict.row, false)
  const failures = said.filter(isFailure)
  const shown = failures[0] ?? verdict
  const explaining = failures.find(({ row }) => row !== unlisted) ?? shown
  return meaning(shown.code, explaining.row, failures.some(isProvisional))
}

const fields = ["refusal", "reason", "status", "group"] as const satisfies ReadonlyArray<keyof Codes>

/** A code as it was given, and what is known of it. */
interface Reading {
  readonly code: string
  readonly row: Table.Row
}

const unlisted: Table.Row = ["", "unknown", "unknown", "unknown", "Unknown code", "Nieznany kod"]

const read = (code: string | undefined, table: Table.Table | undefined): ReadonlyArray<Reading> => {
  if (code === undefined) return []
  const key = Table.canonical(code)
  const row = table?.get(key)
  if (row === undefined && (key === "" || key === "0")) return []
  return [{ code, row: row ?? unlisted }]
}

const firstOf = (codes: Codes): string => codes.refusal ?? codes.reason ?? codes.status ?? codes.group ?? ""

const isFailure = ({ row }: Reading): boolean => row[3] !== "none"

const isProvisional = ({ row }: Reading): boolean => row[6] === "provisional"

const meaning = (
  code: string,
  [, name, permanence, category, en, pl]: Table.Row,
  isProvisional: boolean
): ErrorMeaning => ({
  code,
  name,
  category,
  permanence,
  isFailure: category !== "none",
  isProvisional,
  explanation: { pl, en }
})
