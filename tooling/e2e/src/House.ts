import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { hash } from "@node-rs/argon2"
import * as Shop from "@spoor/demo/shop"
import { Ids, Rules } from "@spoor/domain"
import { Sites, Users, WriteKeys } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Program, TestDatabase } from "@spoor/testing"
import { Context, Effect, Layer, Redacted } from "effect"
import { createHash } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"

const root = join(import.meta.dirname, "../../..")
export const writeKey = "wk_e2e"
export const email = "anna@spoor.local"
/** A marketer of the same unit, and an administrator of another one. */
export const colleague = "ola@spoor.local"
export const stranger = "jan@spoor.local"
export const password = "correct horse battery staple"

/** A site whose sessions end after a minute, so that a test can wait for it. *Units*: milliseconds. */
const rules: Rules.Rules = { ...Rules.defaults, inactivity: 60_000, grace: 0 }

/** Everything a person uses, as it runs in production, on a database of its own. */
export class House extends Context.Service<
  House,
  {
    readonly panel: string
    readonly shop: string
    readonly ingest: string
    /** What the panel's process has written so far. */
    readonly said: () => string
  }
>()("@spoor/e2e/House") {
  static readonly layer = Layer.effect(
    House,
    Effect.gen(function* () {
      yield* furnish
      const { url } = yield* EmbeddedPostgres
      const home = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-e2e-"))),
        (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
      )
      const [ingestPort, panelPort, shopPort] = [
        yield* Program.freePort,
        yield* Program.freePort,
        yield* Program.freePort
      ]
      const [ingest, panel, shop] = [ingestPort, panelPort, shopPort].map((port) => `http://127.0.0.1:${port}`)
      const env = {
        DATABASE_URL: Redacted.value(url),
        SPOOR_HOME: home,
        SPOOR_INGEST_PORT: String(ingestPort),
        SPOOR_PANEL_PORT: String(panelPort),
        SPOOR_INGEST_PUBLIC_URL: ingest!,
        SPOOR_WEBHOOK_ALLOW_PRIVATE: "127.0.0.1/32"
      }
      yield* Program.run(Program.ingest(env))
      const program = yield* Program.run({ file: process.execPath, args: [join(root, "apps/panel/server.js")], env })
      yield* Layer.build(
        Shop.layer({ ingestUrl: ingest!, writeKey }).pipe(
          Layer.provide(NodeHttpServer.layer(createServer, { port: shopPort, host: "127.0.0.1" }))
        )
      )
      yield* Effect.promise(() => Promise.all([answers(`${ingest}/readyz`), answers(`${panel}/readyz`)]))
      return House.of({ panel: panel!, shop: shop!, ingest: ingest!, said: () => program.output })
    })
  ).pipe(
    Layer.provide(Layer.mergeAll(Sites.layer, Users.layer, WriteKeys.layer)),
    Layer.provideMerge(TestDatabase.layer)
  )
}

const furnish = Effect.gen(function* () {
  const sites = yield* Sites
  const users = yield* Users
  const keys = yield* WriteKeys
  const unitId = yield* sites.addUnit({ name: "Dom i Herbata", timeZone: "Europe/Warsaw" })
  const place = { unitId, siteId: Ids.SiteId.make("sklep") }
  yield* sites.add({ ...place, name: "Dom i Herbata", url: "http://127.0.0.1" }, rules)
  yield* sites.add({ unitId, siteId: Ids.SiteId.make("outlet"), name: "Outlet", url: "https://outlet.example" }, rules)
  const sha256 = createHash("sha256").update(writeKey).digest("hex")
  yield* keys.add({ ...place, sha256, kind: "browser", name: "Tracker", prefix: writeKey, publicKey: writeKey })
  const passwordHash = yield* Effect.promise(() => hash(password))
  yield* users.create({ unitId, id: "anna", email, role: "administrator" }, passwordHash)
  yield* users.create({ unitId, id: "ola", email: colleague, role: "marketer" }, passwordHash)
  const elsewhere = yield* sites.addUnit({ name: "Inna firma", timeZone: "UTC" })
  yield* users.create({ unitId: elsewhere, id: "jan", email: stranger, role: "administrator" }, passwordHash)
})

const answersMax = 200

const answers = async (url: string): Promise<void> => {
  for (let attempt = 0; attempt < answersMax; attempt++) {
    const response = await fetch(url).catch(() => undefined)
    if (response !== undefined && response.status < 500) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${url} does not answer.`)
}
