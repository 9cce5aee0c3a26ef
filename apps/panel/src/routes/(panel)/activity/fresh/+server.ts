import { ActivityLog, Sites } from "@spoor/postgres"
import { Effect } from "effect"
import { personOf } from "#lib/server/Guard.ts"
import { readActivity, readTurn } from "#lib/server/LogQuery.ts"
import { run } from "#lib/server/runtime.ts"
import type { RequestHandler } from "./$types"

/** How many rows are newer than the one in `newer`; one more than a page stands for more. */
export const GET: RequestHandler = async ({ locals, url }) => {
  const { unitId } = personOf(locals)
  const page = await run(
    Effect.gen(function* () {
      const sites = yield* Effect.flatMap(Sites, ({ ofUnit }) => ofUnit(unitId))
      const log = yield* ActivityLog
      return yield* log.page(unitId, readActivity(url.searchParams, sites), readTurn(url.searchParams))
    })
  )
  return new Response(String(page.rows.length + (page.hasNewer ? 1 : 0)))
}
