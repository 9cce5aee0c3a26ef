import { fail, redirect } from "@sveltejs/kit"
import { Effect } from "effect"
import { Auth, passwordLengthMax, passwordLengthMin } from "#lib/server/Auth.ts"
import { writeSession } from "#lib/server/Cookies.ts"
import { personOf } from "#lib/server/Guard.ts"
import { ownPath } from "#lib/server/OwnPath.ts"
import { run } from "#lib/server/runtime.ts"
import type { Actions, PageServerLoad } from "./$types"

/** Whoever came in by a password that somebody else knows chooses their own here, before anything else (hooks.server.ts). */
export const load: PageServerLoad = ({ locals, url }) => {
  const { email, isPasswordHandedOver } = personOf(locals)
  if (!isPasswordHandedOver) redirect(303, ownPath(url.searchParams.get("next")))
  return { email, passwordLengthMin, passwordLengthMax }
}

export const actions: Actions = {
  default: async ({ request, cookies, locals, url }) => {
    const person = personOf(locals)
    if (!person.isPasswordHandedOver) redirect(303, "/")
    const next = (await request.formData()).get("password")
    if (typeof next !== "string" || next.length < passwordLengthMin || next.length > passwordLengthMax) {
      return fail(400, { problem: "length" as const })
    }
    const answer = await run(Effect.flatMap(Auth, (auth) => auth.choosePassword(person, next)))
    if (answer._tag === "Same") return fail(400, { problem: "same" as const })
    writeSession(cookies, answer.token)
    redirect(303, ownPath(url.searchParams.get("next")))
  }
}
