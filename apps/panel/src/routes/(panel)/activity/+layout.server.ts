import * as ActivityScreen from "#lib/server/ActivityScreen.ts"
import { personOf } from "#lib/server/Guard.ts"
import { findOrGoOn, readingOf } from "#lib/server/LogLoad.ts"
import { run } from "#lib/server/runtime.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals, url, parent, depends }) => {
  depends("log:activity")
  const reading = readingOf(personOf(locals), await parent())
  const found = findOrGoOn("activity", "/activity", url.searchParams, reading)
  return { ...(await run(ActivityScreen.list(reading, url.searchParams))), found }
}
