import { personOf } from "#lib/server/Guard.ts"
import { findOrGoOn, readingOf } from "#lib/server/LogLoad.ts"
import * as LogScreen from "#lib/server/LogScreen.ts"
import { smsView } from "#lib/server/SmsView.ts"
import { run } from "#lib/server/runtime.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals, url, parent, depends }) => {
  depends("log:sms-log")
  const reading = readingOf(personOf(locals), await parent())
  const found = findOrGoOn("sms", "/sms-log", url.searchParams, reading)
  return { ...(await run(LogScreen.list("sms", reading, url.searchParams, smsView(reading.locale)))), found }
}
