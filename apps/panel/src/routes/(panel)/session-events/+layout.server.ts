import { findOrGoOn, readingOf } from "#lib/server/LogLoad.ts"
import { readerOf, show } from "#lib/server/Rights.ts"
import * as SessionEventScreen from "#lib/server/SessionEventScreen.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals, url, parent, depends }) => {
  depends("log:session-events")
  const person = readerOf(locals, "session-events")
  const reading = readingOf(person, await parent())
  const found = findOrGoOn("session-events", "/session-events", url.searchParams, reading)
  return { ...(await show(person, SessionEventScreen.list(reading, url.searchParams))), found }
}
