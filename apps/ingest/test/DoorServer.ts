import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Intake } from "@spoor/contracts"
import { Ids } from "@spoor/domain"
import type { Key } from "@spoor/postgres"
import { Faults, Queue } from "@spoor/queue"
import { Effect, Layer, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpRouter, HttpServer } from "effect/http"
import { createServer } from "node:http"
import { Keyring } from "../src/door/Keyring.ts"

export const faults = new Faults()

const key = { sha256: "", unitId: 1, siteId: Ids.SiteId.make("sklep") }
const keys: ReadonlyMap<string, Key> = new Map([
  ["wk_good", { ...key, kind: "browser", name: "Pages", prefix: "wk_g" }],
  ["sk_good", { ...key, kind: "server", name: "Services", prefix: "sk_g" }]
])
const keyring = Layer.succeed(Keyring, { find: (text) => Effect.succeed(keys.get(text) ?? null) })

/** These routes on a real server, with two keys of one site and a queue that fails as `faults` is told. */
export const serve = <E, R>(routes: Layer.Layer<never, E, R>) =>
  HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(
    Layer.provide(Layer.merge(SecureRandom.layerWebCrypto, keyring)),
    Layer.provideMerge(Queue.layerMemory({ faults })),
    Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { port: 0, host: "127.0.0.1" }))
  )

export const ask = Effect.fnUntraced(function* (path: string, init: RequestInit & { readonly duplex?: "half" } = {}) {
  const { address } = yield* HttpServer.HttpServer
  const origin = HttpServer.formatAddress(address)
  return yield* Effect.promise(async () => {
    const response = await fetch(`${origin}${path}`, { redirect: "manual", ...init })
    const bytes = new Uint8Array(await response.arrayBuffer())
    return { status: response.status, headers: response.headers, bytes, text: new TextDecoder().decode(bytes) }
  })
})

/** What comes into the queue: what was sent, and the rows of the requests themselves. Waits for the first. */
export const arrived = Effect.gen(function* () {
  const queue = yield* Queue
  const deliveries = yield* queue.take({ topic: "log", messagesMax: 100, bytesMax: 100_000_000 })
  yield* queue.acknowledge(deliveries)
  const intakes = yield* Effect.forEach(deliveries, ({ body }) => Schema.decodeEffect(Intake.LogIntakeFromText)(body))
  return { sent: intakes.filter(({ books }) => books !== null), own: intakes.filter(({ books }) => books === null) }
})

/** The same of what is there already. */
export const taken = Effect.gen(function* () {
  const { waiting } = yield* (yield* Queue).depth("log")
  return waiting === 0 ? { sent: [], own: [] } : yield* arrived
})
