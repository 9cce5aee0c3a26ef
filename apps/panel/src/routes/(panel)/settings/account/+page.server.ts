import { fail } from "@sveltejs/kit"
import { Effect } from "effect"
import { Auth, passwordLengthMax, passwordLengthMin } from "#lib/server/Auth.ts"
import { writeSession } from "#lib/server/Cookies.ts"
import { holderOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = ({ locals }) => {
  holderOf(locals, "account")
  return { passwordLengthMin, passwordLengthMax }
}

export const actions: Actions = {
  password: async ({ locals, request, cookies, getClientAddress }) => {
    const person = holderOf(locals, "account")
    const form = await request.formData()
    const [current, next] = [form.get("current"), form.get("next")]
    if (typeof current !== "string" || current.length > passwordLengthMax)
      return fail(400, { problem: "wrong" as const })
    if (typeof next !== "string" || next.length < passwordLengthMin || next.length > passwordLengthMax) {
      return fail(400, { problem: "length" as const })
    }
    const answer = await run(
      Effect.flatMap(Auth, (auth) => auth.changePassword(person, current, next, getClientAddress()))
    )
    if (answer._tag !== "SignedIn") return fail(answer._tag === "Wrong" ? 401 : 429, { problem: "wrong" as const })
    writeSession(cookies, answer.token)
    return { done: true }
  }
}
