import { assert, layer } from "@effect/vitest"
import { Ids, Rules } from "@spoor/domain"
import { Sites } from "@spoor/postgres"
import { TestDatabase } from "@spoor/testing"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { EventTables } from "../../src/door/EventTables.ts"

const newPlace = Effect.gen(function* () {
  const sites = yield* Sites
  const unitId = yield* sites.addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  const place = { unitId, siteId: Ids.SiteId.make("sklep") }
  yield* sites.add({ ...place, name: "Sklep", url: "https://shop.example" }, Rules.defaults)
  return place
})

/** Asks the database, too: it knows nothing of the test's clock, and the tables come after what was asked before. */
const eventually = (place: Effect.Success<typeof newPlace>, isThere: (rule: unknown) => boolean) =>
  Effect.gen(function* () {
    const tables = yield* EventTables
    yield* TestClock.adjust("2 seconds")
    yield* (yield* Sites).eventMaps
    const table = yield* tables.of(place)
    return isThere(table.ruleOf("Produkt obejrzany"))
  }).pipe(Effect.repeat({ until: (found) => found, times: 200 }))

layer(EventTables.layer.pipe(Layer.provideMerge(Sites.layer), Layer.provideMerge(TestDatabase.layer)), {
  timeout: "60 seconds"
})("the tables of the sites", (it) => {
  it.effect("follow what is set, and are the standard one until then and afterwards", () =>
    Effect.gen(function* () {
      const sites = yield* Sites
      const tables = yield* EventTables
      const place = yield* newPlace
      const other = yield* newPlace
      assert.isDefined((yield* tables.of(place)).ruleOf("Product Viewed"))

      yield* sites.setEventMap(place, { events: { "Produkt obejrzany": { type: "VisitOnProductPage" } } })
      assert.isTrue(yield* eventually(place, (rule) => rule !== undefined))
      assert.isUndefined((yield* tables.of(other)).ruleOf("Produkt obejrzany"))
      assert.isDefined((yield* tables.of(place)).ruleOf("Product Viewed"))

      yield* sites.setEventMap(place, null)
      assert.isTrue(yield* eventually(place, (rule) => rule === undefined))
    })
  )

  it.effect("are the standard one where a map cannot be read", () =>
    Effect.gen(function* () {
      const sites = yield* Sites
      const tables = yield* EventTables
      const [bad, good] = [yield* newPlace, yield* newPlace]
      yield* sites.setEventMap(bad, { events: { "Produkt obejrzany": { type: "Ping" } } })
      yield* sites.setEventMap(good, { events: { "Produkt obejrzany": { type: "VisitOnProductPage" } } })
      assert.isTrue(yield* eventually(good, (rule) => rule !== undefined))
      assert.isUndefined((yield* tables.of(bad)).ruleOf("Produkt obejrzany"))
      assert.isDefined((yield* tables.of(bad)).ruleOf("Product Viewed"))
    })
  )
})
