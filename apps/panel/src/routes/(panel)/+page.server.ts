import { redirect } from "@sveltejs/kit"
import { personOf } from "#lib/server/Guard.ts"
import { readingOf } from "#lib/server/LogLoad.ts"
import * as OverviewScreen from "#lib/server/OverviewScreen.ts"
import { areasFor, show } from "#lib/server/Rights.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, url, parent }) => {
  const person = personOf(locals)
  // The start page of those who may not look at all of it.
  if (!areasFor(person).includes("overview")) redirect(303, "/api-log")
  return show(person, OverviewScreen.tell(readingOf(person, await parent()), url.searchParams))
}
