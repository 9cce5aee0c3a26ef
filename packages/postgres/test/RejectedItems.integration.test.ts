import { assert, layer } from "@effect/vitest"
import { Ids } from "@spoor/domain"
import { Duration, Effect, Layer } from "effect"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import { migrate } from "../src/Migrations.ts"
import * as PostgresClient from "../src/PostgresClient.ts"
import {
  keptFor,
  type KeptRejection,
  purgeRowsMax,
  type RejectedBatch,
  RejectedItems,
  shownMax
} from "../src/RejectedItems.ts"

const noon = Date.UTC(2026, 10, 24, 12)
const siteId = Ids.SiteId.make("shop")
const items = (count: number): RejectedBatch["rejections"] =>
  Array.from({ length: count }, (_, place) => ({ place, reason: "missing", pointer: "/id", item: `{"n":${place}}` }))

let units = 0
/** A unit that no other test uses; the table asks for no more than a number. */
const newPlace = (site = siteId) => ({ unitId: ++units, siteId: site })

const walk = Effect.fnUntraced(function* (unitId: number, rowsMax: number) {
  const { page } = yield* RejectedItems
  const found: Array<KeptRejection> = []
  for (let rows = yield* page(unitId, {}, { rowsMax }); rows.length > 0;) {
    found.push(...rows)
    const { id, receivedAt: at } = rows.at(-1)!
    rows = yield* page(unitId, {}, { rowsMax, after: { at, id } })
  }
  return found
})

const Database = Layer.effectDiscard(migrate).pipe(
  Layer.provideMerge(Layer.unwrap(Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url })))),
  Layer.provide(EmbeddedPostgres.layerEphemeral)
)

layer(RejectedItems.layer.pipe(Layer.provideMerge(Database)), { timeout: "60 seconds" })("rejected items", (it) => {
  it.effect("are listed newest first without gaps and doubles, as they were sent", () =>
    Effect.gen(function* () {
      const { add } = yield* RejectedItems
      const place = newPlace()
      yield* add(place, [
        { id: "b1", door: "native", receivedAt: noon, rejections: items(5) },
        { id: "b2", door: "native", receivedAt: noon + 1, sentAt: noon - 7, rejections: items(3) },
        { id: "b3", door: "native", receivedAt: noon, rejections: items(2) }
      ])
      const found = yield* walk(place.unitId, 3)
      assert.deepEqual(
        found.map(({ batchId, place }) => `${batchId}/${place}`),
        ["b2/2", "b2/1", "b2/0", "b3/1", "b3/0", "b1/4", "b1/3", "b1/2", "b1/1", "b1/0"]
      )
      assert.deepInclude(found[0], { siteId, door: "native", receivedAt: noon + 1, sentAt: noon - 7 })
      assert.deepInclude(found.at(-1), { item: '{"n":0}', reason: "missing", pointer: "/id", sentAt: null })
    })
  )

  it.effect("are found by site, door and reason, and never by another unit", () =>
    Effect.gen(function* () {
      const { add, page } = yield* RejectedItems
      const place = newPlace()
      const other = { ...place, siteId: Ids.SiteId.make("other") }
      yield* add(place, [{ id: "b1", door: "native", receivedAt: noon, rejections: items(1) }])
      yield* add(other, [
        {
          id: "b2",
          door: "segment",
          receivedAt: noon,
          rejections: [{ place: 0, reason: "invalid", pointer: "", item: "1" }]
        }
      ])
      yield* add(newPlace(), [{ id: "b1", door: "native", receivedAt: noon, rejections: items(1) }])
      for (const filter of [{ site: "other" }, { door: "segment" }, { reason: "invalid" as const }]) {
        assert.deepEqual(
          (yield* page(place.unitId, filter, { rowsMax: 10 })).map(({ batchId }) => batchId),
          ["b2"]
        )
      }
      assert.lengthOf(yield* page(place.unitId, { site: "other", door: "native" }, { rowsMax: 10 }), 0)
      const all = yield* page(place.unitId, {}, { rowsMax: 10 })
      assert.lengthOf(all, 2)
      assert.deepEqual(yield* page(place.unitId, { ids: [all[1]!.id] }, { rowsMax: 10 }), [all[1]!])
    })
  )

  it.effect("are shown cut, and taken whole", () =>
    Effect.gen(function* () {
      const { add, page, take } = yield* RejectedItems
      const place = newPlace()
      const item = JSON.stringify("x".repeat(shownMax))
      const rejections = [{ place: 0, reason: "malformed" as const, pointer: "", item }]
      yield* add(place, [{ id: "b1", door: "native", receivedAt: noon, rejections }])
      const [shown] = yield* page(place.unitId, {}, { rowsMax: 10 })
      assert.strictEqual(shown?.item, item.slice(0, shownMax))
      assert.strictEqual((yield* take(place.unitId, [shown!.id]))[0]?.item, item)
    })
  )

  it.effect("are taken by their own unit only, explained anew and removed", () =>
    Effect.gen(function* () {
      const { add, explain, page, remove, take } = yield* RejectedItems
      const place = newPlace()
      yield* add(place, [{ id: "b1", door: "native", receivedAt: noon, rejections: items(3) }])
      const ids = (yield* page(place.unitId, {}, { rowsMax: 10 })).map(({ id }) => id)
      assert.lengthOf(yield* take(place.unitId + 1_000, ids), 0)
      yield* remove(place.unitId + 1_000, ids)
      yield* explain(place.unitId, [{ id: ids[0]!, reason: "too-large", pointer: "/title" }])
      yield* remove(place.unitId, [ids[1]!])
      const left = yield* take(place.unitId, ids)
      assert.deepEqual(
        left.map(({ id, reason, pointer }) => ({ id, reason, pointer })),
        [
          { id: ids[2]!, reason: "missing", pointer: "/id" },
          { id: ids[0]!, reason: "too-large", pointer: "/title" }
        ]
      )
    })
  )

  it.effect("are purged in steps once they are older than 14 days", () =>
    Effect.gen(function* () {
      const { add, page, purge } = yield* RejectedItems
      // A purge is of all units, so nobody else's rows may be as old.
      const lastYear = Date.UTC(2025, 10, 24)
      const [one, other] = [newPlace(), newPlace()]
      yield* add(one, [{ id: "old", door: "native", receivedAt: lastYear, rejections: items(purgeRowsMax - 1) }])
      yield* add(other, [
        { id: "old", door: "native", receivedAt: lastYear, rejections: items(2) },
        { id: "young", door: "native", receivedAt: lastYear + 1, rejections: items(1) }
      ])
      assert.strictEqual(yield* purge(lastYear + Duration.toMillis(Duration.days(14))), 0)
      const now = lastYear + Duration.toMillis(keptFor) + 1
      assert.deepEqual([yield* purge(now), yield* purge(now), yield* purge(now)], [purgeRowsMax, 1, 0])
      assert.deepEqual(
        (yield* page(other.unitId, {}, { rowsMax: 10 })).map(({ batchId }) => batchId),
        ["young"]
      )
    })
  )
})
