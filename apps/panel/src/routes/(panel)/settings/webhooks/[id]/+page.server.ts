import { error, redirect } from "@sveltejs/kit"
import { holderOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import { formAction } from "#lib/server/settings/FormAction.ts"
import * as Webhooks from "#lib/server/settings/Webhooks.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  const person = holderOf(locals, "webhooks")
  depends("settings:webhooks")
  return (await run(Webhooks.detail(person, params.id, url.searchParams))) ?? error(404, "Not found")
}

export const actions: Actions = {
  enable: (event) => formAction("webhooks", Webhooks.enable(event.params.id))(event),
  disable: (event) => formAction("webhooks", Webhooks.disable(event.params.id))(event),
  rotate: (event) => formAction("webhooks", Webhooks.rotate(event.params.id))(event),
  test: (event) => formAction("webhooks", Webhooks.test(event.params.id))(event),
  replay: (event) => formAction("webhooks", Webhooks.replay(event.params.id))(event),
  remove: async ({ locals, params }) => {
    const isGone = await run(Webhooks.remove(holderOf(locals, "webhooks"), params.id))
    return isGone ? redirect(303, "/settings/webhooks") : error(404, "Not found")
  }
}
