import { holderOf } from "#lib/server/Rights.ts"
import { formAction } from "#lib/server/settings/FormAction.ts"
import * as PersonRights from "#lib/server/settings/PersonRights.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = ({ locals }) => void holderOf(locals, "rights")

export const actions: Actions = {
  look: formAction("rights", PersonRights.look),
  erase: formAction("rights", PersonRights.erase)
}
