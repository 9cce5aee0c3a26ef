import { fail } from "@sveltejs/kit"
import { holderOf, readerOf, show } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import * as Shell from "#lib/server/Shell.ts"
import * as WhatIfScreen from "#lib/server/WhatIfScreen.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, url, parent }) => {
  const person = readerOf(locals, "what-if")
  const { sites } = await parent()
  const siteIds = sites.map(({ siteId }) => siteId)
  return {
    isAdministrator: person.role === "administrator",
    whatIf: await show(person, WhatIfScreen.ask(person.unitId, siteIds, url.searchParams))
  }
}

export const actions: Actions = {
  save: async ({ locals, request }) => {
    const person = holderOf(locals, "sites")
    const { sites } = await run(Shell.read(person.unitId))
    const siteIds = sites.map(({ siteId }) => siteId)
    const outcome = await run(WhatIfScreen.save(person, siteIds, await request.formData()))
    return outcome._tag === "Saved" ? { appliesFrom: outcome.appliesFrom } : fail(400, { problem: outcome.problem })
  }
}
