import { error } from "@sveltejs/kit"
import { cameFrom, goOn } from "#lib/server/Answer.ts"
import { readLog } from "#lib/server/LogQuery.ts"
import * as LogViews from "#lib/server/LogViews.ts"
import { readerOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import type { RequestHandler } from "./$types"

/** Keeps a question under a name, changes it, removes it. */
export const POST: RequestHandler = async ({ locals, params, request, url }) => {
  const log = readLog(params.log) ?? error(404, "Not found")
  const form = await request.formData()
  return goOn(request, await run(LogViews.act(readerOf(locals, log), log, form, cameFrom(form, url))))
}
