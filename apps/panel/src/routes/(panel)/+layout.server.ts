import { getLocale } from "#lib/paraglide/runtime.js"
import { personOf } from "#lib/server/Guard.ts"
import { run } from "#lib/server/runtime.ts"
import * as Shell from "#lib/server/Shell.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals }) => {
  const { unitId, email, role } = personOf(locals)
  return { ...(await run(Shell.read(unitId))), locale: getLocale(), person: { email, role } }
}
