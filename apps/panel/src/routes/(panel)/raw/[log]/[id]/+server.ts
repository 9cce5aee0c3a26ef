import { LogJson } from "@spoor/domain"
import { error } from "@sveltejs/kit"
import { detailOf } from "#lib/server/LogLoad.ts"
import { readLog } from "#lib/server/LogQuery.ts"
import { readerOf } from "#lib/server/Rights.ts"
import type { RequestHandler } from "./$types"

/** One row as the read API gives it (`GET /v1/logs/{log}/{id}`), laid out for eyes. */
export const GET: RequestHandler = async ({ locals, params }) => {
  const log = readLog(params.log) ?? error(404, "Not found")
  const row = await detailOf(log, readerOf(locals, log), params.id, (row) => LogJson.encode(log, row))
  return new Response(`${JSON.stringify(row, null, 2)}\n`, { headers: { "content-type": "application/json" } })
}
