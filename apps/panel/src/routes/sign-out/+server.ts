import { redirect } from "@sveltejs/kit"
import { Effect } from "effect"
import { Auth } from "#lib/server/Auth.ts"
import { forgetSession, readSession } from "#lib/server/Cookies.ts"
import { run } from "#lib/server/runtime.ts"
import type { RequestHandler } from "./$types"

/** Ends the session on the server first: a copied cookie is worthless from now on (ASVS V7.4.1). */
export const POST: RequestHandler = async ({ cookies }) => {
  const token = readSession(cookies)
  if (token !== undefined) await run(Effect.flatMap(Auth, (auth) => auth.signOut(token)))
  forgetSession(cookies)
  redirect(303, "/sign-in?out")
}
