import { personOf } from "#lib/server/Guard.ts"
import { run } from "#lib/server/runtime.ts"
import * as SessionEventScreen from "#lib/server/SessionEventScreen.ts"
import type { RequestHandler } from "./$types"

export const GET: RequestHandler = async ({ locals, url }) => {
  const { unitId } = personOf(locals)
  return new Response(String(await run(SessionEventScreen.fresh(unitId, url.searchParams))))
}
