import { holderOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import { formAction } from "#lib/server/settings/FormAction.ts"
import * as People from "#lib/server/settings/People.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = ({ locals }) => run(People.list(holderOf(locals, "people")))

export const actions: Actions = {
  add: formAction("people", People.add),
  password: formAction("people", People.newPassword),
  role: formAction("people", People.setRole),
  factor: formAction("people", People.removeSecondFactor),
  disable: formAction("people", People.setDisabled(true)),
  enable: formAction("people", People.setDisabled(false))
}
