import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { ownViewsMax, SavedViews, type ViewReader } from "../src/SavedViews.ts"
import { Users } from "../src/Users.ts"
import * as Shop from "./Shop.ts"

const Database = Layer.merge(SavedViews.layer, Users.layer).pipe(Layer.provideMerge(Shop.layer))

const errors = { name: "Errors", query: "status=5xx", isShared: false }

/** People of a new unit. */
const enrol = Effect.fn(function* (...names: ReadonlyArray<string>) {
  const unitId = yield* Shop.open(names.join(" and "))
  const users = yield* Users
  yield* Effect.forEach(names, (id) =>
    users.create({ unitId, id, email: `${id}@example.com`, role: "marketer" }, "hash")
  )
  return names.map((userId): ViewReader => ({ unitId, userId, isAdministrator: false }))
})

const names = Effect.fnUntraced(function* (reader: ViewReader) {
  return (yield* (yield* SavedViews).of(reader, "api")).map(({ name }) => name)
})

const idOf = Effect.fnUntraced(function* (reader: ViewReader, view: Partial<typeof errors>) {
  const kept = yield* (yield* SavedViews).add(reader, "api", { ...errors, ...view })
  return kept._tag === "kept" ? kept.id : assert.fail(kept._tag)
})

layer(Database, { timeout: "60 seconds" })("saved views", (it) => {
  it.effect("are their owner's, unless shared, and of one log and unit", () =>
    Effect.gen(function* () {
      const views = yield* SavedViews
      const [ola, jan] = yield* enrol("ola", "jan")
      const [other] = yield* enrol("eve")
      yield* idOf(ola!, { name: "private" })
      yield* idOf(ola!, { name: "Shared", isShared: true })
      yield* idOf(jan!, { name: "a view of Jan's" })
      assert.deepStrictEqual(yield* names(ola!), ["private", "Shared"])
      assert.deepStrictEqual(yield* names(jan!), ["a view of Jan's", "Shared"])
      assert.deepStrictEqual(yield* names(other!), [])
      assert.deepStrictEqual([...(yield* views.of(ola!, "panel"))], [])
      const shared = (yield* views.of(jan!, "api"))[1]
      assert.deepInclude(shared, { query: "status=5xx", isShared: true, ownerId: "ola", ownerEmail: "ola@example.com" })
    })
  )

  it.effect("have a name that is unique for its owner and log, in any case", () =>
    Effect.gen(function* () {
      const views = yield* SavedViews
      const [ann, bob] = yield* enrol("ann", "bob")
      const first = yield* idOf(ann!, {})
      const second = yield* idOf(ann!, { name: "Others" })
      assert.deepStrictEqual(yield* views.add(ann!, "api", { ...errors, name: "ERRORS" }), { _tag: "taken" })
      assert.deepStrictEqual(yield* views.change(ann!, "api", second, { name: "errors" }), { _tag: "taken" })
      assert.deepStrictEqual(yield* views.change(ann!, "api", first, { name: "errors" }), { _tag: "kept", id: first })
      assert.strictEqual((yield* views.add(ann!, "panel", errors))._tag, "kept")
      assert.strictEqual((yield* views.add(bob!, "api", errors))._tag, "kept")
    })
  )

  it.effect("are changed by their owner alone, and removed by an administrator only when shared", () =>
    Effect.gen(function* () {
      const views = yield* SavedViews
      const [kim, lee] = yield* enrol("kim", "lee")
      const [foreign] = yield* enrol("max")
      const own = yield* idOf(kim!, { name: "own" })
      const shared = yield* idOf(kim!, { name: "shared", isShared: true })
      const chief = { ...lee!, isAdministrator: true }
      const elsewhere = { ...foreign!, isAdministrator: true }
      const missing = { _tag: "missing" }
      assert.deepStrictEqual(yield* views.change(chief, "api", shared, { name: "mine now" }), missing)
      assert.deepStrictEqual(yield* views.change(kim!, "panel", shared, { name: "of another log" }), missing)
      for (const reader of [lee!, elsewhere])
        assert.deepStrictEqual(yield* views.remove(reader, "api", shared), missing)
      assert.deepStrictEqual(yield* views.remove(chief, "api", own), missing)
      assert.deepStrictEqual(yield* views.change(kim!, "api", own, { query: "status=404" }), { _tag: "kept", id: own })
      const [kept] = yield* views.of(kim!, "api")
      assert.deepInclude(kept, { name: "own", query: "status=404", isShared: false })
      assert.strictEqual((yield* views.remove(chief, "api", shared))._tag, "kept")
      assert.strictEqual((yield* views.remove(kim!, "api", own))._tag, "kept")
      assert.deepStrictEqual(yield* names(kim!), [])
    })
  )

  it.effect("come to an end, and go with their owner", () =>
    Effect.gen(function* () {
      const views = yield* SavedViews
      const sql = yield* SqlClient.SqlClient
      const [tom, sue] = yield* enrol("tom", "sue")
      for (let count = 0; count < ownViewsMax; count++) yield* idOf(tom!, { name: `view ${count}`, isShared: true })
      assert.deepStrictEqual(yield* views.add(tom!, "api", errors), { _tag: "full" })
      assert.strictEqual((yield* names(sue!)).length, ownViewsMax)
      yield* sql`delete from panel_user where unit_id = ${tom!.unitId} and id = 'tom'`
      assert.deepStrictEqual(yield* names(sue!), [])
    })
  )
})
