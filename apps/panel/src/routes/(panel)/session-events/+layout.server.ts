import { personOf } from "#lib/server/Guard.ts"
import { readSessionEvents, redirectFound } from "#lib/server/LogQuery.ts"
import { run } from "#lib/server/runtime.ts"
import * as SessionEventScreen from "#lib/server/SessionEventScreen.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals, url, parent, depends }) => {
  depends("log:session-events")
  const { unitId } = personOf(locals)
  const { sites } = await parent()
  redirectFound("/session-events", url.searchParams, readSessionEvents(url.searchParams), sites)
  return run(SessionEventScreen.list(unitId, url.searchParams))
}
