import { LogEntry, SmsGateway } from "@spoor/contracts"
import { type Log, SmsError } from "@spoor/domain"
import { SmsGateways } from "@spoor/postgres"
import { Effect, Option, Schema } from "effect"
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

/**
 * What a row's codes mean, for a person; null where no list has them. It is read when it is shown, so that a better list explains old rows too.
 *
 * A list that finds another category than the row has is not the one that judged it.
 */
export const explain = Effect.fn("SmsView.explain")(function* (
  unitId: number,
  { category, gateway, rawCode }: Pick<ReturnType<ReturnType<typeof smsView>>, "category" | "gateway" | "rawCode">,
  locale: Locale
) {
  const known = decode(yield* (yield* SmsGateways).named(unitId, gateway))
  if (Option.isNone(known) || rawCode === null || category === "unknown") return null
  const { plugin, settings } = known.value
  const kind = SmsGateway.kindOf(plugin, settings)
  if (kind === null) return null
  // A receipt may have said itself that its code is the mobile network's.
  const meanings = [settings.errProfile, "gsm-map" as const].map((profile) =>
    SmsError.classify(kind, LogEntry.codesOf(rawCode), profile)
  )
  return meanings.find((meaning) => meaning.category === category)?.explanation[locale] ?? null
})

const decode = Schema.decodeUnknownOption(Schema.Struct({ plugin: SmsGateway.Plugin, settings: SmsGateway.Settings }))
