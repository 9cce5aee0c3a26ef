import { error } from "@sveltejs/kit"
import { getLocale } from "#lib/paraglide/runtime.js"
import { personOf } from "#lib/server/Guard.ts"
import { readingOf } from "#lib/server/LogLoad.ts"
import { readLog } from "#lib/server/LogQuery.ts"
import * as LogScreen from "#lib/server/LogScreen.ts"
import { run } from "#lib/server/runtime.ts"
import * as Shell from "#lib/server/Shell.ts"
import type { RequestHandler } from "./$types"

/** How many rows are newer than what an open page shows. */
export const GET: RequestHandler = async ({ locals, params, url }) => {
  const person = personOf(locals)
  const log = readLog(params.log) ?? error(404, "Not found")
  const frame = { ...(await run(Shell.read(person.unitId))), locale: getLocale() }
  return new Response(String(await run(LogScreen.fresh(log, readingOf(person, frame), url.searchParams))))
}
