import { findOrGoOn, readingOf } from "#lib/server/LogLoad.ts"
import * as LogScreen from "#lib/server/LogScreen.ts"
import { apiView } from "#lib/server/RequestView.ts"
import { readerOf, show } from "#lib/server/Rights.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals, url, parent, depends }) => {
  depends("log:api-log")
  const person = readerOf(locals, "api")
  const reading = readingOf(person, await parent())
  const found = findOrGoOn("api", "/api-log", url.searchParams, reading)
  return { ...(await show(person, LogScreen.list("api", reading, url.searchParams, apiView(reading.locale)))), found }
}
