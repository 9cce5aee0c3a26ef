import { error, fail, redirect } from "@sveltejs/kit"
import { passwordLengthMax, passwordLengthMin } from "#lib/server/Auth.ts"
import { writeSession } from "#lib/server/Cookies.ts"
import { run } from "#lib/server/runtime.ts"
import * as SetUp from "#lib/server/SetUp.ts"
import type { Actions, PageServerLoad } from "./$types"

/** A page that is there until somebody can sign in, and never again. */
export const load: PageServerLoad = async () => {
  if (await run(SetUp.isDone)) redirect(303, "/sign-in")
  return { zones: Intl.supportedValuesOf("timeZone"), passwordLengthMin, passwordLengthMax }
}

export const actions: Actions = {
  default: async ({ request, cookies, locals, getClientAddress }) => {
    const form = await request.formData()
    const answer = await run(SetUp.make(form, getClientAddress()))
    switch (answer._tag) {
      case "Closed":
        return error(403, "Forbidden")
      case "Problem": {
        const typed = Object.fromEntries(["name", "zone", "email"].map((one) => [one, String(form.get(one) ?? "")]))
        return fail(400, { problem: answer.problem, typed })
      }
      case "SignedIn":
        locals.attempt = answer.email
        writeSession(cookies, answer.token)
        redirect(303, "/settings/sites")
    }
  }
}
