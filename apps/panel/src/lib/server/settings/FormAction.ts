import { type ActionFailure, fail, type RequestEvent } from "@sveltejs/kit"
import type { Effect } from "effect"
import type { Person } from "../Auth.ts"
import { holderOf, type Section } from "../Rights.ts"
import { run, type Services } from "../runtime.ts"

/** A form of a part of the settings, for those who may open it; what is wrong with it is shown above it, with status 400. */
export const formAction =
  <Outcome extends object, E>(
    section: Section,
    action: (person: Person, form: FormData) => Effect.Effect<Outcome, E, Services>
  ) =>
  async ({ locals, request }: RequestEvent) => {
    const person = holderOf(locals, section)
    const outcome = await run(action(person, await request.formData()))
    type Problem = Extract<Outcome, { readonly problem: unknown }>
    type Done = Exclude<Outcome, Problem>
    return "problem" in outcome ? (fail(400, outcome) as ActionFailure<Problem>) : (outcome as Done)
  }
