import { error } from "@sveltejs/kit"
import { getLocale } from "#lib/paraglide/runtime.js"
import { readId } from "#lib/server/LogQuery.ts"
import { readerOf, show } from "#lib/server/Rights.ts"
import * as SessionEventScreen from "#lib/server/SessionEventScreen.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const person = readerOf(locals, "session-events")
  const { unit } = await parent()
  const id = readId(params.id)
  const reader = { locale: getLocale(), timeZone: unit.timeZone }
  const found = id === null ? null : await show(person, SessionEventScreen.detail(person.unitId, id, reader))
  // Another unit's row looks like one that does not exist.
  return found ?? error(404, "Not found")
}
