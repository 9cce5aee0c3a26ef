import { error, json } from "@sveltejs/kit"
import * as Completion from "#lib/server/Completion.ts"
import { personOf } from "#lib/server/Guard.ts"
import { readLog } from "#lib/server/LogQuery.ts"
import { run } from "#lib/server/runtime.ts"
import type { RequestHandler } from "./$types"

/** What the unit's log has that begins like what is being typed. */
export const GET: RequestHandler = async ({ locals, params, url }) => {
  const log = readLog(params.log) ?? error(404, "Not found")
  const { searchParams: search } = url
  const { unitId } = personOf(locals)
  return json(await run(Completion.complete(unitId, log, search.get("field"), search.get("typed") ?? "")))
}
