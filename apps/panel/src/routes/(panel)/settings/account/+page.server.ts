import { fail, type RequestEvent } from "@sveltejs/kit"
import { Effect } from "effect"
import { Auth, passwordLengthMax, passwordLengthMin, type Person } from "#lib/server/Auth.ts"
import { writeSession } from "#lib/server/Cookies.ts"
import { holderOf } from "#lib/server/Rights.ts"
import { run, type Services } from "#lib/server/runtime.ts"
import * as Factor from "#lib/server/settings/Factor.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals }) => {
  const person = holderOf(locals, "account")
  return { passwordLengthMin, passwordLengthMax, secondFactor: await run(Factor.state(person)) }
}

/** A form of the second factor; what is wrong with it is shown above it, with status 400. */
const factorAction =
  <E>(action: (person: Person, form: FormData, address: string) => Effect.Effect<Factor.Outcome, E, Services>) =>
  async ({ locals, request, getClientAddress }: RequestEvent) => {
    const person = holderOf(locals, "account")
    const outcome = await run(action(person, await request.formData(), getClientAddress()))
    const isWrong = "factorProblem" in outcome || (outcome.factor === "prepared" && outcome.isCodeWrong)
    return isWrong ? fail(400, outcome) : outcome
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
  },
  prepareFactor: factorAction(Factor.prepare),
  enableFactor: factorAction(Factor.enable),
  newCodes: factorAction(Factor.newCodes),
  removeFactor: factorAction(Factor.remove)
}
