import { Sites, Units } from "@spoor/postgres"
import { Clock, Effect } from "effect"

/** What stands around every screen: the unit, its sites, and the server's clock. */
export const read = Effect.fn("Shell.read")(function* (unitId: number) {
  const [unit, sites] = yield* Effect.all(
    [Effect.flatMap(Units, ({ get }) => get(unitId)), Effect.flatMap(Sites, ({ ofUnit }) => ofUnit(unitId))],
    { concurrency: 2 }
  )
  return {
    now: yield* Clock.currentTimeMillis,
    unit: { name: unit.name, timeZone: unit.timeZone },
    sites: sites.map(({ siteId, name, url }) => ({ siteId, name, url }))
  }
})
