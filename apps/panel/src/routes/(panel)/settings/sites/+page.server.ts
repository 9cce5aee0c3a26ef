import { fail, redirect } from "@sveltejs/kit"
import { holderOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import * as Sites from "#lib/server/settings/Sites.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = ({ locals }) => void holderOf(locals, "sites")

export const actions: Actions = {
  add: async ({ locals, request }) => {
    const outcome = await run(Sites.add(holderOf(locals, "sites"), await request.formData()))
    if ("problem" in outcome) return fail(400, outcome)
    redirect(303, `/settings/sites/${outcome.added}`)
  }
}
