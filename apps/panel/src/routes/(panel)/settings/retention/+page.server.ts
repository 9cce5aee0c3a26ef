import { holderOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import { formAction } from "#lib/server/settings/FormAction.ts"
import * as Retention from "#lib/server/settings/Retention.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = ({ locals }) => run(Retention.list(holderOf(locals, "retention")))

export const actions: Actions = {
  save: formAction("retention", Retention.save)
}
