import { SessionEventLog } from "@spoor/postgres"
import { Effect } from "effect"
import { personOf } from "#lib/server/Guard.ts"
import { readSessionEvents, readTurn } from "#lib/server/LogQuery.ts"
import { run } from "#lib/server/runtime.ts"
import type { RequestHandler } from "./$types"

/** How many rows are newer than the one in `newer`; one more than a page stands for more. */
export const GET: RequestHandler = async ({ locals, url }) => {
  const { unitId } = personOf(locals)
  const page = await run(
    Effect.flatMap(SessionEventLog, (log) =>
      log.page(unitId, readSessionEvents(url.searchParams), readTurn(url.searchParams))
    )
  )
  return new Response(String(page.rows.length + (page.hasNewer ? 1 : 0)))
}
