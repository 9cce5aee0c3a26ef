import { redirect } from "@sveltejs/kit"
import { Effect } from "effect"
import { Auth } from "#lib/server/Auth.ts"
import { forgetSession, readSession } from "#lib/server/Cookies.ts"
import { run } from "#lib/server/runtime.ts"
import type { RequestHandler } from "./$types"

/** Ends the session on the server first: a copied cookie is worthless from now on (ASVS V7.4.1). */
export const POST: RequestHandler = async ({ cookies, setHeaders }) => {
  const token = readSession(cookies)
  if (token !== undefined) await run(Effect.flatMap(Auth, (auth) => auth.signOut(token)))
  forgetSession(cookies)
  // What the browser remembers of this person's questions (lib/log/Recent.ts).
  setHeaders({ "clear-site-data": `"storage"` })
  redirect(303, "/sign-in?out")
}
