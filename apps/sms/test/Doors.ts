import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { SmsGateway, SmsIntake } from "@spoor/contracts"
import { heldServer } from "@spoor/contracts/server"
import { Ids, Rules } from "@spoor/domain"
import { Sites, SmsGateways, SmsHealth, WriteKeys } from "@spoor/postgres"
import { Faults, Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Clock, ConfigProvider, Duration, Effect, Layer, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpServer } from "effect/http"
import { randomUUID } from "node:crypto"
import { PublicUrl } from "../src/door/Delivery.ts"
import { Keyring } from "../src/door/Keyring.ts"
import { Replays } from "../src/door/Replays.ts"
import { Throttle } from "../src/door/Throttle.ts"
import { Gateways } from "../src/gateway/Gateways.ts"
import * as Http from "../src/Http.ts"
import * as Digest from "../src/proof/Digest.ts"
import { Handover } from "../src/report/Handover.ts"
import { Traces } from "../src/Traces.ts"

export const faults = new Faults()

/** As gateways know the app; the tests ask it where it listens. */
export const publicUrl = "https://sms.example:8443/spoor"

/** What the tests' gateways sign with, under its name. */
export const secret = "s3cret-of-the-vendor"

/** The doors as they run in production, on a database of their own and with a queue in memory, so that a test can let it fail. */
export const layer = Http.serve({ trustedProxies: [] }).pipe(
  Layer.provide([Replays.layer, SecureRandom.layerWebCrypto, Throttle.layer, PublicUrl.layer(publicUrl)]),
  Layer.provide(Keyring.layer({ missPause: Duration.zero })),
  Layer.provideMerge(Gateways.layer({ home: "/nowhere", missPause: Duration.zero })),
  Layer.provide(Handover.layer),
  Layer.provideMerge(Traces.layer),
  Layer.provideMerge(NodeHttpServer.layer(() => heldServer(), { port: 0, host: "127.0.0.1" })),
  Layer.provideMerge(Queue.layerMemory({ faults })),
  Layer.provideMerge(Layer.mergeAll(SmsGateways.layer, SmsHealth.layer, Sites.layer, WriteKeys.layer)),
  Layer.provideMerge(TestDatabase.layer),
  Layer.provide(
    ConfigProvider.layer(
      ConfigProvider.fromEnv({
        env: { SPOOR_SMS_SECRET_VENDOR: secret, SPOOR_SMS_SECRET_OLD: "old", SPOOR_SMS_SECRET_LOGIN: "user:password" }
      })
    )
  )
)

const settingsOf = Schema.encodeSync(SmsGateway.Settings)
const decodeSettings = Schema.decodeSync(SmsGateway.Settings)

/** A gateway of a unit of its own. *Shape*: `path` is its address without the secret. */
export const newGateway = Effect.fnUntraced(function* (
  plugin: SmsGateway.Plugin,
  settings: (typeof SmsGateway.Settings)["Encoded"] = {}
) {
  const unitId = yield* (yield* Sites).addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  const key = `${plugin}-${randomUUID().slice(0, 6)}`
  const row = { unitId, key, name: `The ${plugin}`, plugin, settings: settingsOf(decodeSettings(settings)) }
  const id = yield* (yield* SmsGateways).add(row, yield* Clock.currentTimeMillis)
  const { address } = yield* HttpServer.HttpServer
  const path = `/sms/v1/dlr/${key}`
  return { unitId, id: id!, key, path, origin: HttpServer.formatAddress(address) }
})

/** A site's server key, in a unit. */
export const newKey = Effect.fnUntraced(function* (unitId: number, kind: "server" | "browser" = "server") {
  const siteId = Ids.SiteId.make(`shop-${randomUUID().slice(0, 6)}`)
  yield* (yield* Sites).add({ unitId, siteId, name: "Sklep", url: "https://shop.example" }, Rules.defaults)
  const key = `sk_${randomUUID()}`
  const publicKey = kind === "browser" ? key : null
  yield* (yield* WriteKeys).add({
    unitId,
    siteId,
    kind,
    name: "Sender",
    prefix: "sk_",
    publicKey,
    sha256: Digest.sha256(key)
  })
  return key
})

export interface Sent {
  readonly method?: "GET" | "POST" | "PUT"
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

export const send = Effect.fnUntraced(function* ({ path, ...init }: Sent) {
  const { address } = yield* HttpServer.HttpServer
  return yield* Effect.promise(async () => {
    const response = await fetch(`${HttpServer.formatAddress(address)}${path}`, { redirect: "manual", ...init })
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() }
  })
})

/** What is in the queue by now, taken out of it. */
export const arrived = Effect.gen(function* () {
  const queue = yield* Queue
  const { waiting } = yield* queue.depth("sms")
  if (waiting === 0) return { reports: [], unreadable: [] }
  const deliveries = yield* queue.take({ topic: "sms", messagesMax: 1_000, bytesMax: 100_000_000 })
  yield* queue.acknowledge(deliveries)
  const intakes = yield* Effect.forEach(deliveries, ({ body }) =>
    Schema.decodeEffect(SmsIntake.SmsIntakeFromText)(body)
  )
  return {
    reports: intakes.flatMap(({ reports }) => reports),
    unreadable: intakes.flatMap(({ unreadable }) => unreadable)
  }
})

/** What the log would show of a report. */
export const shown = ({ entry, phone, said, sender }: SmsIntake.SmsReport) =>
  [said, phone, sender, entry?.error.code ?? null, entry?.details.category ?? null].join(" | ")
