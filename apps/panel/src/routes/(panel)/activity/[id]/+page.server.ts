import { error } from "@sveltejs/kit"
import * as ActivityScreen from "#lib/server/ActivityScreen.ts"
import { readId } from "#lib/server/LogQuery.ts"
import { readerOf, show } from "#lib/server/Rights.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, params }) => {
  const person = readerOf(locals, "activity")
  const id = readId(params.id)
  const found = id === null ? null : await show(person, ActivityScreen.detail(person.unitId, id))
  // Another unit's row looks like one that does not exist.
  return found ?? error(404, "Not found")
}
