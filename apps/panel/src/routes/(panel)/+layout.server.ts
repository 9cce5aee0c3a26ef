import { Sites, Units } from "@spoor/postgres"
import { Clock, Effect } from "effect"
import { getLocale } from "#lib/paraglide/runtime.js"
import { personOf } from "#lib/server/Guard.ts"
import { run } from "#lib/server/runtime.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals }) => {
  const { unitId, email, role } = personOf(locals)
  const { unit, sites, now } = await run(
    Effect.all(
      {
        unit: Effect.flatMap(Units, (units) => units.get(unitId)),
        sites: Effect.flatMap(Sites, (sites) => sites.ofUnit(unitId)),
        now: Clock.currentTimeMillis
      },
      { concurrency: 2 }
    )
  )
  return {
    now,
    locale: getLocale(),
    person: { email, role },
    unit: { name: unit.name, timeZone: unit.timeZone },
    sites: sites.map(({ siteId, name, url }) => ({ siteId, name, url }))
  }
}
