import * as ActivityScreen from "#lib/server/ActivityScreen.ts"
import { findOrGoOn, readingOf } from "#lib/server/LogLoad.ts"
import { readerOf, show } from "#lib/server/Rights.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals, url, parent, depends }) => {
  depends("log:activity")
  const person = readerOf(locals, "activity")
  const reading = readingOf(person, await parent())
  const found = findOrGoOn("activity", "/activity", url.searchParams, reading)
  return { ...(await show(person, ActivityScreen.list(reading, url.searchParams))), found }
}
