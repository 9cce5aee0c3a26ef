import { holderOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import { formAction } from "#lib/server/settings/FormAction.ts"
import * as Keys from "#lib/server/settings/Keys.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = ({ locals }) => run(Keys.list(holderOf(locals, "keys")))

export const actions: Actions = {
  add: formAction("keys", Keys.add),
  revoke: formAction("keys", Keys.revoke)
}
