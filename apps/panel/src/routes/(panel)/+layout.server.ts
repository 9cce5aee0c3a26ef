import { getLocale } from "#lib/paraglide/runtime.js"
import { personOf } from "#lib/server/Guard.ts"
import { areasFor } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import * as Shell from "#lib/server/Shell.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals }) => {
  const person = personOf(locals)
  const { unitId, email, role } = person
  return {
    ...(await run(Shell.read(unitId))),
    locale: getLocale(),
    person: { email, role },
    areas: areasFor(person)
  }
}
