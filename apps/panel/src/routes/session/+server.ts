import { Effect } from "effect"
import { Auth } from "#lib/server/Auth.ts"
import { readSession } from "#lib/server/Cookies.ts"
import { run } from "#lib/server/runtime.ts"
import type { RequestHandler } from "./$types"

/** Whether the session of an open page still stands: 204, else 401. Asking does not prolong it (hooks.server.ts). */
export const GET: RequestHandler = async ({ cookies }) => {
  const isStanding = await run(Effect.flatMap(Auth, ({ stands }) => stands(readSession(cookies) ?? "")))
  return new Response(null, { status: isStanding ? 204 : 401 })
}
