import { holderOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import { formAction } from "#lib/server/settings/FormAction.ts"
import * as Rejected from "#lib/server/settings/Rejected.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = ({ locals, url, depends }) => {
  depends("settings:rejected")
  return run(Rejected.list(holderOf(locals, "rejected"), url.searchParams))
}

export const actions: Actions = {
  replay: formAction("rejected", Rejected.replay)
}
