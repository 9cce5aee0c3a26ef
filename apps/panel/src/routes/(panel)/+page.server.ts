import { personOf } from "#lib/server/Guard.ts"
import { readingOf } from "#lib/server/LogLoad.ts"
import * as OverviewScreen from "#lib/server/OverviewScreen.ts"
import { run } from "#lib/server/runtime.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, url, parent }) =>
  run(OverviewScreen.tell(readingOf(personOf(locals), await parent()), url.searchParams))
