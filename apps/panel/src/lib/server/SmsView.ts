import { type Log, SmsError } from "@spoor/domain"
import type { Locale } from "#lib/text/Format.ts"
import { placeOf } from "./LogScreen.ts"

/** A text message that failed, as list and drawer show it. */
export const smsView = (locale: Locale) => (row: Log.RowOf<"sms">) => {
  const { details, error } = row
  return {
    ...placeOf(row),
    gateway: row.gateway,
    sender: row.sender,
    phone: row.phone === null ? null : String(row.phone),
    rawPhone: details.rawPhone,
    code: error.code,
    text: error.text,
    category: details.category,
    categoryName: SmsError.categoryNames[details.category][locale],
    permanence: details.permanence,
    rawCode: details.rawCode,
    payload: details.payload,
    protocol: details.protocol,
    messageId: details.messageId,
    reportedAt: details.reportedAt
  }
}
