import { error, json } from "@sveltejs/kit"
import { personOf } from "#lib/server/Guard.ts"
import * as LogExport from "#lib/server/LogExport.ts"
import { run } from "#lib/server/runtime.ts"
import type { RequestHandler } from "./$types"

/** How somebody's own export is going. */
export const GET: RequestHandler = ({ locals, params }) =>
  json(LogExport.progressOf(personOf(locals), params.id) ?? error(404, "Not found"))

/** Ends somebody's own export. */
export const DELETE: RequestHandler = async ({ locals, params }) => {
  const isKnown = await run(LogExport.cancel(personOf(locals), params.id))
  return isKnown ? new Response(null, { status: 204 }) : error(404, "Not found")
}
