import { fail, redirect } from "@sveltejs/kit"
import { Effect } from "effect"
import { Auth, passwordLengthMax } from "#lib/server/Auth.ts"
import { forgetSession, readSession, writeSession, writeStep } from "#lib/server/Cookies.ts"
import { ownPath } from "#lib/server/OwnPath.ts"
import { run } from "#lib/server/runtime.ts"
import * as SetUp from "#lib/server/SetUp.ts"
import type { Actions, PageServerLoad } from "./$types"

const EMAIL_LENGTH_MAX = 320

export const load: PageServerLoad = async ({ locals, url }) => {
  if (!(await run(SetUp.isDone))) redirect(303, "/set-up")
  if (locals.person !== null) redirect(303, ownPath(url.searchParams.get("next")))
  return { isSignedOut: url.searchParams.has("out"), isSentHere: url.searchParams.has("next") }
}

export const actions: Actions = {
  default: async ({ request, cookies, url, locals, getClientAddress, setHeaders }) => {
    const form = await request.formData()
    const email = textOf(form.getAll("email"), EMAIL_LENGTH_MAX)
    locals.attempt = email
    const password = textOf(form.getAll("password"), passwordLengthMax)
    if (email === null || password === null) return fail(400, { email: email ?? "", problem: "invalid", seconds: 0 })

    const former = readSession(cookies)
    const answer = await run(
      Effect.gen(function* () {
        const auth = yield* Auth
        const answer = yield* auth.signIn(email, password, getClientAddress())
        if ("token" in answer && former !== undefined) yield* auth.signOut(former)
        return answer
      })
    )
    switch (answer._tag) {
      case "Throttled":
        setHeaders({ "retry-after": String(answer.seconds) })
        return fail(429, { email, problem: "throttled", seconds: answer.seconds })
      case "Wrong":
        return fail(401, { email, problem: "wrong", seconds: 0 })
      case "CodeAwaited":
        if (former !== undefined) forgetSession(cookies)
        writeStep(cookies, answer.token)
        redirect(303, `/sign-in/code${url.search}`)
      case "SignedIn":
        writeSession(cookies, answer.token)
        redirect(303, ownPath(url.searchParams.get("next")))
    }
  }
}

/** The one value of a field; null when it is missing, repeated, too long or not text that anything accepts. */
const textOf = (values: ReadonlyArray<FormDataEntryValue>, lengthMax: number): string | null => {
  const [value] = values
  if (values.length !== 1 || typeof value !== "string" || value.length === 0 || value.length > lengthMax) return null
  return value.includes("\u0000") ? null : value
}
