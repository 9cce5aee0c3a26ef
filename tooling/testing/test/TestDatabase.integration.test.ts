import { assert, layer } from "@effect/vitest"
import { PostgresJs } from "@spoor/postgres"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { TestDatabase } from "../src/index.ts"

layer(TestDatabase.layer, { timeout: "60 seconds" })("TestDatabase", (it) => {
  it.effect("has the newest schema and no rows", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      assert.lengthOf(yield* sql`select * from business_unit`, 0)
      assert.lengthOf(yield* sql`select * from activity`, 0)
    })
  )

  it.effect("gives the raw handle of the same database", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const raw = yield* PostgresJs
      yield* sql`insert into business_unit (name) values ('here')`
      const rows = yield* Effect.promise(() => raw`select name from business_unit`)
      assert.deepStrictEqual([...rows], [{ name: "here" }])
    })
  )
})
