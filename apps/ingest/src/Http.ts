import { ActivityDoor } from "@spoor/contracts"
import { ByteSize, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpIncomingMessage, HttpMiddleware, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { randomBytes } from "node:crypto"
import * as Docs from "./Docs.ts"
import * as Metrics from "./Metrics.ts"
import * as LogRoutes from "./door/LogRoutes.ts"
import { postEvents } from "./door/Native.ts"
import * as Segment from "./door/Segment.ts"
import { TrackerFile } from "./door/TrackerFile.ts"
import * as Platform from "./platform/Routes.ts"
import * as ReadRoutes from "./read/Routes.ts"
import * as RejectedItemsApi from "./rejected/RejectedItemsApi.ts"

const getTracker = Effect.gen(function* () {
  const { text, etag } = yield* TrackerFile
  const request = yield* HttpServerRequest.HttpServerRequest
  const headers = { etag, "cache-control": "public, max-age=300" }
  if (request.headers["if-none-match"] === etag) return HttpServerResponse.empty({ status: 304, headers })
  return HttpServerResponse.text(text, { contentType: "text/javascript; charset=utf-8", headers })
})

/** Doors are open to every shop's pages and read no cookie, so any origin may ask (clients.md 7.4). */
const cors = HttpMiddleware.cors({
  allowedMethods: ["GET", "POST", "PUT", "DELETE"],
  // The last ones are RudderStack's, on what it sends again.
  allowedHeaders: [
    "authorization",
    "content-type",
    "x-retry-count",
    "anonymousid",
    "sentat",
    "rsa-recovered",
    "rsa-retry-attempt",
    "rsa-retry-reason",
    "rsa-since-first-attempt",
    "rsa-since-last-attempt"
  ],
  exposedHeaders: ["retry-after", "x-request-id"],
  maxAge: 86_400
})

/** What answers while PostgreSQL is away. */
export const doors = Layer.mergeAll(
  HttpRouter.add("POST", "/v1/events", postEvents),
  Segment.routes,
  LogRoutes.layer,
  Docs.layer,
  HttpRouter.add("GET", "/tracker.js", getTracker)
)

/** What asks the database. */
export const apis = Layer.mergeAll(Platform.layer, ReadRoutes.layer, RejectedItemsApi.layer)

/** Answers these over HTTP. */
export const serve = <E, R>(routes: Layer.Layer<never, E, R>) =>
  HttpRouter.serve(routes, { middleware: (answer) => Metrics.measured(cors(answer)), disableLogger: true }).pipe(
    Layer.provide(Layer.succeed(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(ActivityDoor.bytesMax))),
    Layer.provide(random)
  )

/** Every request draws 16 bytes for its ID; drawn by the page they cost a tenth. */
const random = Layer.sync(SecureRandom.SecureRandom, () => {
  let page = randomBytes(0)
  let at = 0
  return SecureRandom.make((size) => {
    if (size > pageBytes) return new Uint8Array(randomBytes(size))
    if (at + size > page.length) {
      page = randomBytes(pageBytes)
      at = 0
    }
    at += size
    return new Uint8Array(page.subarray(at - size, at))
  })
})

const pageBytes = 4_096
