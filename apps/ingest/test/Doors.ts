import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { heldServer } from "@spoor/contracts/server"
import { Ids, Rules } from "@spoor/domain"
import {
  Activities,
  ApiKeys,
  Counters,
  DeadLetters,
  CustomEvents,
  Customers,
  Identifications,
  Intakes,
  LogReader,
  LogWriter,
  Orders,
  type Place,
  RejectedItems,
  ReportedOrders,
  SessionEvents,
  Sessions,
  Sites,
  Unsettled,
  Vitals,
  WriteKeys
} from "@spoor/postgres"
import { Faults, type MemorySettings, Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Context, Effect, Layer, Schedule } from "effect"
import { HttpServer } from "effect/http"
import { createHash, randomUUID } from "node:crypto"
import { Backlog } from "../src/Backlog.ts"
import { EventTables } from "../src/door/EventTables.ts"
import { ApiKeyring, Keyring } from "../src/door/Keyring.ts"
import { TrackerFile } from "../src/door/TrackerFile.ts"
import * as Health from "../src/Health.ts"
import * as Http from "../src/Http.ts"
import { LogWorker } from "../src/LogWorker.ts"
import { Replay } from "../src/rejected/Replay.ts"
import { Worker } from "../src/Worker.ts"

/** A site of its own in a unit of its own, with a key of each kind. */
export interface Shop {
  readonly place: Place
  readonly browserKey: string
  readonly serverKey: string
  readonly apiKey: string
}

/**
 * The doors and APIs as they run in production, on a database of their own, in this process and with a queue in memory,
 * so that a test can let it fail. The worker does what a test tells it to do.
 *
 * *Shape*: `openShop` makes a shop that nobody else uses and waits until its keys are good.
 */
export class Doors extends Context.Service<
  Doors,
  { readonly origin: string; readonly faults: Faults; readonly openShop: Effect.Effect<Shop> }
>()("@spoor/ingest/test/Doors") {
  /** With bounds of the queue of the test's own. */
  static readonly layerOf = (settings: MemorySettings) =>
    Layer.unwrap(
      Effect.sync(() => {
        const faults = new Faults()
        const doors = Layer.effect(
          Doors,
          Effect.gen(function* () {
            const services = yield* Effect.context<Sites | WriteKeys | ApiKeys>()
            const origin = HttpServer.formatAddress((yield* HttpServer.HttpServer).address)
            return Doors.of({ origin, faults, openShop: Effect.provide(openShop(origin), services) })
          })
        )
        return Layer.merge(doors, Http.serve(Layer.mergeAll(Http.doors, Http.apis, Health.routes))).pipe(
          Layer.provide(NodeHttpServer.layer(() => heldServer(), { port: 0, host: "127.0.0.1" })),
          Layer.provide([
            ApiKeyring.layer,
            Keyring.layer,
            Health.Readiness.layer(["doors", "worker"]),
            TrackerFile.layer
          ]),
          Layer.provideMerge(Replay.layer),
          Layer.provide(EventTables.layer),
          Layer.provideMerge(LogWorker.layer),
          Layer.provideMerge(Layer.merge(Worker.layer, Backlog.layer)),
          Layer.provideMerge(Queue.layerMemory({ faults, ...settings })),
          Layer.provideMerge(repositories),
          Layer.provideMerge(TestDatabase.layer)
        )
      })
    )

  static readonly layer = Doors.layerOf({})
}

const repositories = Layer.mergeAll(
  Activities.layer,
  ApiKeys.layer,
  Counters.layer,
  DeadLetters.layer,
  CustomEvents.layer,
  Customers.layer,
  Identifications.layer,
  Intakes.layer,
  LogReader.layer,
  LogWriter.layer,
  Orders.layer,
  RejectedItems.layer,
  ReportedOrders.layer,
  SessionEvents.layer,
  Sessions.layer,
  Sites.layer,
  Unsettled.layer,
  Vitals.layer,
  WriteKeys.layer
)

const openShop = Effect.fnUntraced(function* (origin: string) {
  const sites = yield* Sites
  const keys = yield* WriteKeys
  const name = randomUUID().slice(0, 8)
  const unitId = yield* sites.addUnit({ name, timeZone: "Europe/Warsaw" })
  const place = { unitId, siteId: Ids.SiteId.make(`shop-${name}`) }
  yield* sites.add({ ...place, name, url: "https://shop.example" }, Rules.defaults)
  const shop = { place, browserKey: `wk_${name}`, serverKey: `sk_${name}`, apiKey: `ak_${name}` }
  const { browserKey, serverKey, apiKey } = shop
  const browser = { ...place, name: "Pages", prefix: "wk_", publicKey: browserKey, kind: "browser" } as const
  yield* keys.add({ ...browser, sha256: sha256(browserKey) })
  const server = { ...place, name: "Services", prefix: "sk_", publicKey: null, kind: "server" } as const
  yield* keys.add({ ...server, sha256: sha256(serverKey) })
  yield* (yield* ApiKeys).add({ unitId, name: "Platform", prefix: "ak_", sha256: sha256(apiKey) })
  // The doors hold their keys in memory: new ones are good once they have been read.
  yield* untilAnswered(`${origin}/v1/events?writeKey=${serverKey}`, { method: "POST", body: '{"events":[]}' })
  yield* untilAnswered(`${origin}/v1/rejected-items`, { headers: { "x-api-key": apiKey } })
  return shop
}, Effect.orDie)

const sha256 = (key: string): string => createHash("sha256").update(key).digest("hex")

const untilAnswered = (url: string, init: RequestInit) =>
  Effect.tryPromise(async () => {
    const response = await fetch(url, init)
    if (!response.ok) throw new Error(`${url} answers ${response.status}.`)
  }).pipe(Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 100 }))
