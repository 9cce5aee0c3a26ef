import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { House } from "../src/House.ts"

layer(House.layer, { timeout: "60 seconds", excludeTestServices: true })("a house", (it) => {
  it.effect("gives every shop a place and keys of its own", () =>
    Effect.gen(function* () {
      const { openShop } = yield* House
      const [one, other] = yield* Effect.all([openShop, openShop], { concurrency: 2 })
      assert.notStrictEqual(one.place.unitId, other.place.unitId)
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql`select unit_id from site where id = ${one.place.siteId}`
      assert.deepEqual(rows, [{ unit_id: one.place.unitId }])
    })
  )
})
