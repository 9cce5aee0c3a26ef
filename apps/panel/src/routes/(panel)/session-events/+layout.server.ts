import { personOf } from "#lib/server/Guard.ts"
import { findOrGoOn, readingOf } from "#lib/server/LogLoad.ts"
import { run } from "#lib/server/runtime.ts"
import * as SessionEventScreen from "#lib/server/SessionEventScreen.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals, url, parent, depends }) => {
  depends("log:session-events")
  const reading = readingOf(personOf(locals), await parent())
  const found = findOrGoOn("session-events", "/session-events", url.searchParams, reading)
  return { ...(await run(SessionEventScreen.list(reading, url.searchParams))), found }
}
