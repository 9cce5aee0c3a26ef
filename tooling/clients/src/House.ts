import { Ids, Rules } from "@spoor/domain"
import { ApiKeys, type Place, Sites, WriteKeys } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Program, TestDatabase } from "@spoor/testing"
import { Context, Effect, Layer, Redacted, Schedule } from "effect"
import { createHash, randomUUID } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A site of its own in a unit of its own, with a key of each kind that the doors take. */
export interface Shop {
  readonly place: Place
  /** Of the tracking doors, public. */
  readonly browserKey: string
  /** Of the tracking and the log doors, secret. */
  readonly serverKey: string
  /** Of the platform and the read API, secret. */
  readonly apiKey: string
}

/**
 * The doors and the worker as they run in production, one process with the embedded queue, on a database of its own.
 * The layer gives `SqlClient` too: tests read what was written.
 *
 * *Shape*: `origin` is that of the doors; `openShop` makes a shop that nobody else uses and waits until its keys are good.
 */
export class House extends Context.Service<
  House,
  { readonly origin: string; readonly openShop: Effect.Effect<Shop> }
>()("@spoor/clients/House") {
  static readonly layer = Layer.effect(
    House,
    Effect.gen(function* () {
      const services = yield* Effect.context<Sites | WriteKeys | ApiKeys>()
      const { url } = yield* EmbeddedPostgres
      const home = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-clients-"))),
        (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
      )
      const port = yield* Program.freePort
      const origin = `http://127.0.0.1:${port}`
      const settings = { DATABASE_URL: Redacted.value(url), SPOOR_HOME: home, SPOOR_INGEST_PORT: String(port) }
      yield* Program.run(Program.ingest(settings))
      yield* untilAnswered(`${origin}/healthz`, {})
      return House.of({ origin, openShop: Effect.provide(openShop(origin), services) })
    })
  ).pipe(
    Layer.provide(Layer.mergeAll(ApiKeys.layer, Sites.layer, WriteKeys.layer)),
    Layer.provideMerge(TestDatabase.layer)
  )
}

const openShop = Effect.fnUntraced(function* (origin: string) {
  const sites = yield* Sites
  const keys = yield* WriteKeys
  const name = randomUUID().slice(0, 8)
  const unitId = yield* sites.addUnit({ name, timeZone: "Europe/Warsaw" })
  const place = { unitId, siteId: Ids.SiteId.make(`shop-${name}`) }
  const shop = { place, browserKey: `wk_${name}`, serverKey: `sk_${name}`, apiKey: `ak_${name}` }
  yield* sites.add({ ...place, name, url: "https://shop.example" }, Rules.defaults)
  const [browser, server] = [shop.browserKey, shop.serverKey]
  const secret = { sha256: sha256(server), prefix: server, publicKey: null }
  yield* keys.add({
    ...place,
    name: "Pages",
    kind: "browser",
    sha256: sha256(browser),
    prefix: browser,
    publicKey: browser
  })
  yield* keys.add({ ...place, ...secret, name: "Services", kind: "server" })
  yield* (yield* ApiKeys).add({ unitId, name: "Platform", prefix: shop.apiKey, sha256: sha256(shop.apiKey) })
  // The doors hold their keys in memory: a new one is good once they have read it, all of them at the same time.
  yield* untilAnswered(`${origin}/v1/events?writeKey=${server}`, { method: "POST", body: '{"events":[]}' })
  return shop
}, Effect.orDie)

const sha256 = (key: string): string => createHash("sha256").update(key).digest("hex")

const untilAnswered = (url: string, init: RequestInit) =>
  Effect.tryPromise(async () => {
    const response = await fetch(url, init)
    if (!response.ok) throw new Error(`${url} answers ${response.status}.`)
  }).pipe(Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 200 }), Effect.orDie)
