import { holderOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import { formAction } from "#lib/server/settings/FormAction.ts"
import * as Gateways from "#lib/server/settings/Gateways.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = ({ locals, depends }) => {
  depends("settings:gateways")
  return run(Gateways.list(holderOf(locals, "gateways")))
}

export const actions: Actions = {
  add: formAction("gateways", Gateways.add),
  try: formAction("gateways", Gateways.tryOut)
}
