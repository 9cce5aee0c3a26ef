import * as ActivityScreen from "#lib/server/ActivityScreen.ts"
import { personOf } from "#lib/server/Guard.ts"
import { readActivity, redirectFound } from "#lib/server/LogQuery.ts"
import { run } from "#lib/server/runtime.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals, url, parent, depends }) => {
  depends("log:activity")
  const { unitId } = personOf(locals)
  const { sites } = await parent()
  redirectFound("/activity", url.searchParams, readActivity(url.searchParams, sites), sites)
  return run(ActivityScreen.list(unitId, sites, url.searchParams))
}
