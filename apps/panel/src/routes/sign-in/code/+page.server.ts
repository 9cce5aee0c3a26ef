import { fail, redirect } from "@sveltejs/kit"
import { Effect } from "effect"
import { Auth } from "#lib/server/Auth.ts"
import { forgetStep, readStep, writeSession } from "#lib/server/Cookies.ts"
import { ownPath } from "#lib/server/OwnPath.ts"
import { run } from "#lib/server/runtime.ts"
import type { Actions, PageServerLoad } from "./$types"

/** Longer texts are no codes. */
const codeLengthMax = 40

/** The second step of signing in, for somebody whose password was right. */
export const load: PageServerLoad = async ({ cookies, url }) => {
  const email = await run(Effect.flatMap(Auth, ({ awaits }) => awaits(readStep(cookies) ?? "")))
  return email === null ? redirect(303, `/sign-in${url.search}`) : { email }
}

export const actions: Actions = {
  default: async ({ request, cookies, url, locals, getClientAddress, setHeaders }) => {
    const token = readStep(cookies) ?? ""
    const code = (await request.formData()).get("code")
    locals.attempt = await run(Effect.flatMap(Auth, ({ awaits }) => awaits(token)))
    if (typeof code !== "string" || code.length > codeLengthMax) return fail(400, { problem: "wrong", seconds: 0 })
    const answer = await run(Effect.flatMap(Auth, ({ confirm }) => confirm(token, code, getClientAddress())))
    switch (answer._tag) {
      case "Over":
        forgetStep(cookies)
        return redirect(303, `/sign-in${url.search}`)
      case "Throttled":
        setHeaders({ "retry-after": String(answer.seconds) })
        return fail(429, { problem: "throttled", seconds: answer.seconds })
      case "Wrong":
        return fail(401, { problem: "wrong", seconds: 0 })
      case "SignedIn":
        forgetStep(cookies)
        writeSession(cookies, answer.token)
        redirect(303, ownPath(url.searchParams.get("next")))
    }
  }
}
