import * as ActivityScreen from "#lib/server/ActivityScreen.ts"
import { personOf } from "#lib/server/Guard.ts"
import { run } from "#lib/server/runtime.ts"
import type { RequestHandler } from "./$types"

export const GET: RequestHandler = async ({ locals, url }) => {
  const { unitId } = personOf(locals)
  return new Response(String(await run(ActivityScreen.fresh(unitId, url.searchParams))))
}
