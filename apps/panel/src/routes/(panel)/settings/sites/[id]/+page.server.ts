import { error } from "@sveltejs/kit"
import { holderOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import * as Sites from "#lib/server/settings/Sites.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, params, parent, depends }) => {
  const person = holderOf(locals, "sites")
  depends("settings:site")
  const site = (await parent()).sites.find(({ siteId }) => siteId === params.id) ?? error(404, "Not found")
  return { site, ...(await run(Sites.setup(person, site.siteId))) }
}
