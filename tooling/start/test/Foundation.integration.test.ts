import { assert, layer } from "@effect/vitest"
import { Ids } from "@spoor/domain"
import { ApiKeys, Intakes, KeyText, Sites, Users, WriteKeys } from "@spoor/postgres"
import { TestDatabase } from "@spoor/testing"
import { ConfigProvider, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { settings } from "../src/config.ts"
import * as Demo from "../src/Demo.ts"
import * as Foundation from "../src/Foundation.ts"
import type * as Secrets from "../src/Secrets.ts"
import { folder } from "./temporary.ts"

const Database = Layer.mergeAll(ApiKeys.layer, Intakes.layer, Sites.layer, Users.layer, WriteKeys.layer).pipe(
  Layer.provideMerge(TestDatabase.layer)
)

const secrets = (adminEmail: string): Secrets.Secrets => ({
  adminEmail,
  adminPassword: "kept in secrets.json",
  serverKey: KeyText.make("server"),
  browserKey: KeyText.make("browser"),
  apiKey: KeyText.make("api"),
  smsSecret: "secret"
})

layer(Database, { timeout: "60 seconds" })("Foundation", (it) => {
  it.effect("is laid once", () =>
    Effect.gen(function* () {
      const mine = secrets("once@spoor.local")
      const first = yield* Foundation.lay(mine, "http://127.0.0.1:4020")
      assert.deepStrictEqual(yield* Foundation.lay(mine, "http://127.0.0.1:4020"), first)
      const sites = yield* Sites
      const names = (yield* sites.ofUnit(first.unitId)).map((site) => site.siteId)
      assert.sameMembers(names, [Ids.SiteId.make("sklep"), Ids.SiteId.make("outlet")])
    })
  )

  it.effect("gives each site a browser key to show, and keeps only the hash of the server key", () =>
    Effect.gen(function* () {
      const mine = secrets("keys@spoor.local")
      const { unitId } = yield* Foundation.lay(mine, "http://127.0.0.1:4020")
      const keys = yield* WriteKeys
      assert.strictEqual(yield* keys.browserKey({ unitId, siteId: Ids.SiteId.make("sklep") }), mine.browserKey)
      assert.match((yield* keys.browserKey({ unitId, siteId: Ids.SiteId.make("outlet") })) ?? "", /^wk_/)
      const server = (yield* keys.active).find((key) => key.sha256 === KeyText.sha256(mine.serverKey))
      assert.deepInclude(server, { unitId, siteId: Ids.SiteId.make("sklep"), kind: "server" })
      const api = (yield* (yield* ApiKeys).active).filter((key) => key.unitId === unitId)
      assert.deepStrictEqual(
        api.map(({ sha256, prefix }) => ({ sha256, prefix })),
        [{ sha256: KeyText.sha256(mine.apiKey), prefix: mine.apiKey.slice(0, 9) }]
      )
    })
  )

  it.effect("takes keys of a new secrets.json in, and says that the password is another", () =>
    Effect.gen(function* () {
      const { unitId } = yield* Foundation.lay(secrets("renewed@spoor.local"), "http://127.0.0.1:4020")
      const renewed = { ...secrets("renewed@spoor.local"), adminPassword: "made up again" }
      const found = yield* Foundation.lay(renewed, "http://127.0.0.1:4020")
      assert.deepInclude(found, { unitId, isPasswordCurrent: false })
      const known = (yield* (yield* WriteKeys).active).map((key) => key.sha256)
      assert.includeMembers(known, [KeyText.sha256(renewed.serverKey), KeyText.sha256(renewed.browserKey)])
      const ofApi = (yield* (yield* ApiKeys).active).map((key) => key.sha256)
      assert.include(ofApi, KeyText.sha256(renewed.apiKey))
    })
  )

  it.effect("plans the demo's history for an empty database only, and the same again until it was sent", () =>
    Effect.gen(function* () {
      const env = { SPOOR_HOME: yield* folder }
      const mine = yield* settings.parse(ConfigProvider.fromEnv({ env }))
      const foundation = yield* Foundation.lay(secrets("history@spoor.local"), "http://127.0.0.1:4020")
      yield* TestClock.setTime(Date.UTC(2026, 10, 24))
      const first = yield* Demo.plan(mine, foundation)
      assert.deepStrictEqual(first, { isDue: true, until: Date.UTC(2026, 10, 24) })
      yield* TestClock.setTime(Date.UTC(2026, 10, 25))
      assert.deepStrictEqual(yield* Demo.plan(mine, foundation), first)
    })
  )

  it.effect("plans no history for a database that has activity of its own", () =>
    Effect.gen(function* () {
      const mine = yield* settings.parse(ConfigProvider.fromEnv({ env: { SPOOR_HOME: yield* folder } }))
      const foundation = yield* Foundation.lay(secrets("used@spoor.local"), "http://127.0.0.1:4020")
      const place = { unitId: foundation.unitId, siteId: Ids.SiteId.make("sklep") }
      yield* (yield* Intakes).count(place, "activity", { stored: 1, duplicate: 0, rejected: 0 }, 0)
      assert.isFalse((yield* Demo.plan(mine, foundation)).isDue)
    })
  )
})
