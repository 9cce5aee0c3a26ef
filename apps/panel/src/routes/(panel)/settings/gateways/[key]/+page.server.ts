import { error, redirect } from "@sveltejs/kit"
import { holderOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import { formAction } from "#lib/server/settings/FormAction.ts"
import * as Gateways from "#lib/server/settings/Gateways.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, params, parent, depends }) => {
  const person = holderOf(locals, "gateways")
  depends("settings:gateways")
  const { locale } = await parent()
  return (await run(Gateways.detail(person, params.key, locale))) ?? error(404, "Not found")
}

export const actions: Actions = {
  trace: formAction("gateways", Gateways.trace(true)),
  untrace: formAction("gateways", Gateways.trace(false)),
  remove: async (event) => {
    const outcome = await formAction("gateways", Gateways.remove)(event)
    if ("removed" in outcome) redirect(303, `/settings/gateways?removed=${outcome.removed}`)
    return outcome
  }
}
