import { redirect } from "@sveltejs/kit"
import { forgetSession } from "#lib/server/Cookies.ts"
import { holderOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import { formAction } from "#lib/server/settings/FormAction.ts"
import * as Units from "#lib/server/settings/Units.ts"
import type { Actions, PageServerLoad } from "./$types"

const closeUnit = formAction("units", Units.close)

export const load: PageServerLoad = ({ locals }) => run(Units.find(holderOf(locals, "units")))

export const actions: Actions = {
  save: formAction("units", Units.save),
  add: formAction("units", Units.add),
  close: async (event) => {
    const outcome = await closeUnit(event)
    if (!("closed" in outcome)) return outcome
    forgetSession(event.cookies)
    // As signing out does (routes/sign-out).
    event.setHeaders({ "clear-site-data": `"storage"` })
    redirect(303, "/sign-in?out")
  }
}
