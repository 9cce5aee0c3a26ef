import { error } from "@sveltejs/kit"
import { cameFrom, goOn } from "#lib/server/Answer.ts"
import * as LogColumns from "#lib/server/LogColumns.ts"
import { readLog } from "#lib/server/LogQuery.ts"
import { readerOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import type { RequestHandler } from "./$types"

/** How a person likes a log's table: which columns, how wide, how high the rows; or all as usual again. */
export const POST: RequestHandler = async ({ locals, params, request, url }) => {
  const log = readLog(params.log) ?? error(404, "Not found")
  const form = await request.formData()
  const next = await run(LogColumns.keep(readerOf(locals, log), log, form, cameFrom(form, url)))
  return goOn(request, next ?? error(400, "Bad request"))
}
