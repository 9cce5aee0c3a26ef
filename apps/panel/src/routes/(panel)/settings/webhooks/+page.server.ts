import { holderOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import { formAction } from "#lib/server/settings/FormAction.ts"
import * as Webhooks from "#lib/server/settings/Webhooks.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = ({ locals }) => run(Webhooks.list(holderOf(locals, "webhooks")))

export const actions: Actions = {
  add: formAction("webhooks", Webhooks.add)
}
