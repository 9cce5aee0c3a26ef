import { error } from "@sveltejs/kit"
import { getLocale } from "#lib/paraglide/runtime.js"
import { personOf } from "#lib/server/Guard.ts"
import { readId } from "#lib/server/LogQuery.ts"
import { run } from "#lib/server/runtime.ts"
import * as SessionEventScreen from "#lib/server/SessionEventScreen.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { unitId } = personOf(locals)
  const { unit } = await parent()
  const id = readId(params.id)
  const reader = { locale: getLocale(), timeZone: unit.timeZone }
  const found = id === null ? null : await run(SessionEventScreen.detail(unitId, id, reader))
  // Another unit's row looks like one that does not exist.
  return found ?? error(404, "Not found")
}
