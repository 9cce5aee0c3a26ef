import { error, json } from "@sveltejs/kit"
import * as Completion from "#lib/server/Completion.ts"
import { readLog } from "#lib/server/LogQuery.ts"
import { readerOf, show } from "#lib/server/Rights.ts"
import type { RequestHandler } from "./$types"

/** What the unit's log has that begins like what is being typed. */
export const GET: RequestHandler = async ({ locals, params, url }) => {
  const log = readLog(params.log) ?? error(404, "Not found")
  const { searchParams: search } = url
  const person = readerOf(locals, log)
  const typed = search.get("typed") ?? ""
  return json(await show(person, Completion.complete(person, log, search.get("field"), typed)))
}
