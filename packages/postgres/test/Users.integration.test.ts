import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import { migrate } from "../src/Migrations.ts"
import * as PostgresClient from "../src/PostgresClient.ts"
import { Sites } from "../src/Sites.ts"
import { Users } from "../src/Users.ts"
import { WriteKeys } from "../src/WriteKeys.ts"

const Database = Layer.mergeAll(Sites.layer, Users.layer, WriteKeys.layer, Layer.effectDiscard(migrate)).pipe(
  Layer.provideMerge(Layer.unwrap(Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url })))),
  Layer.provideMerge(EmbeddedPostgres.layerEphemeral)
)

const unit = { name: "Shop", timeZone: "UTC" }
const nobodyYet = Effect.flatMap(SqlClient.SqlClient, (sql) => sql`truncate business_unit, set_up cascade`)

layer(Database, { timeout: "60 seconds" })("the first administrator", (it) => {
  it.effect("is one, however many ask at once", () =>
    Effect.gen(function* () {
      const users = yield* Users
      const sql = yield* SqlClient.SqlClient
      assert.isFalse(yield* users.isSetUp)
      const asked = Array.from({ length: 8 }, (_, index) =>
        users.setUp(unit, { id: `u${index}`, email: `u${index}@example.com` }, "hash")
      )
      const answers = yield* Effect.all(asked, { concurrency: "unbounded" })
      assert.lengthOf(answers.filter(Boolean), 1)
      assert.isTrue(yield* users.isSetUp)
      assert.lengthOf(yield* sql`select from panel_user`, 1)
      assert.lengthOf(yield* sql`select from business_unit`, 1)
      assert.isFalse(yield* users.setUp(unit, { id: "late", email: "late@example.com" }, "hash"))
    })
  )

  it.effect("is whoever was added in another way, and never again anybody else", () =>
    Effect.gen(function* () {
      yield* nobodyYet
      const users = yield* Users
      const sql = yield* SqlClient.SqlClient
      const unitId = yield* (yield* Sites).addUnit(unit)
      yield* users.create({ unitId, id: "a", email: "a@example.com", role: "analyst" }, "hash")
      assert.isFalse(yield* users.setUp(unit, { id: "b", email: "b@example.com" }, "hash"))
      yield* sql`delete from panel_user`
      assert.isTrue(yield* users.isSetUp)
      assert.isFalse(yield* users.setUp(unit, { id: "b", email: "b@example.com" }, "hash"))
    })
  )

  it.effect("is nobody where the account could not be made", () =>
    Effect.gen(function* () {
      yield* nobodyYet
      const users = yield* Users
      yield* Effect.exit(users.setUp({ ...unit, name: "\0" }, { id: "a", email: "a@example.com" }, "hash"))
      assert.isFalse(yield* users.isSetUp)
    })
  )
})

layer(Database, { timeout: "60 seconds" })("a site with the key of its pages", (it) => {
  it.effect("is there with both or not at all", () =>
    Effect.gen(function* () {
      const sites = yield* Sites
      const sql = yield* SqlClient.SqlClient
      const unitId = yield* sites.addUnit(unit)
      const site = { unitId, siteId: "shop" as never, name: "Shop", url: "https://shop.example" }
      const key = yield* sites.addWithKey(site)
      assert.strictEqual(yield* (yield* WriteKeys).browserKey(site), key)
      yield* Effect.exit(sites.addWithKey(site))
      assert.lengthOf(yield* sql`select from write_key`, 1)
    })
  )
})
