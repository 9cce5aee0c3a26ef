import { holderOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import { formAction } from "#lib/server/settings/FormAction.ts"
import * as Units from "#lib/server/settings/Units.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = ({ locals }) => run(Units.find(holderOf(locals, "units")))

export const actions: Actions = {
  save: formAction("units", Units.save),
  add: formAction("units", Units.add)
}
