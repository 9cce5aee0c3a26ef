import { error } from "@sveltejs/kit"
import * as ActivityScreen from "#lib/server/ActivityScreen.ts"
import { personOf } from "#lib/server/Guard.ts"
import { readId } from "#lib/server/LogQuery.ts"
import { run } from "#lib/server/runtime.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, params }) => {
  const { unitId } = personOf(locals)
  const id = readId(params.id)
  const found = id === null ? null : await run(ActivityScreen.detail(unitId, id))
  // Another unit's row looks like one that does not exist.
  return found ?? error(404, "Not found")
}
