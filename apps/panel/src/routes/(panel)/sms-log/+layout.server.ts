import { findOrGoOn, readingOf } from "#lib/server/LogLoad.ts"
import * as LogScreen from "#lib/server/LogScreen.ts"
import { smsView } from "#lib/server/SmsView.ts"
import { readerOf, show } from "#lib/server/Rights.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals, url, parent, depends }) => {
  depends("log:sms-log")
  const person = readerOf(locals, "sms")
  const reading = readingOf(person, await parent())
  const found = findOrGoOn("sms", "/sms-log", url.searchParams, reading)
  return { ...(await show(person, LogScreen.list("sms", reading, url.searchParams, smsView(reading.locale)))), found }
}
