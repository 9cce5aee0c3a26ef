import { json } from "@sveltejs/kit"
import { Effect } from "effect"
import { Readiness } from "#lib/server/Readiness.ts"
import { run } from "#lib/server/runtime.ts"
import type { RequestHandler } from "./$types"

/** Whether the panel can show anything now. */
export const GET: RequestHandler = async () => {
  const panel = await run(Effect.flatMap(Readiness, ({ condition }) => condition))
  return json({ panel }, { status: panel === "ready" ? 200 : 503, headers: { "cache-control": "no-store" } })
}
