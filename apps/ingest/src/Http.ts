import { ActivityDoor, Intake } from "@spoor/contracts"
import { Queue } from "@spoor/queue"
import { ByteSize, Clock, Effect, Layer, Result, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpIncomingMessage, HttpMiddleware, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import * as Door from "./ActivityDoor.ts"
import { Keyring } from "./Keyring.ts"
import { TrackerFile } from "./TrackerFile.ts"

const decodeBatch = Schema.decodeUnknownResult(Schema.fromJsonString(ActivityDoor.ActivityBatch))
const encodeIntake = Schema.encodeEffect(Intake.IntakeFromText)

/** Refused as a whole: the client reads why, and nothing was kept. */
const refuse = (error: ActivityDoor.Refusal["error"], message: string, requestId: string) =>
  HttpServerResponse.jsonUnsafe({ success: false, error, message, requestId } satisfies ActivityDoor.Refusal, {
    status: ActivityDoor.statusOf[error],
    headers: error === "unavailable" ? { "retry-after": "2" } : {}
  })

const postEvents = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const queue = yield* Queue
  const keyring = yield* Keyring
  const random = yield* SecureRandom.SecureRandom
  const requestId = yield* random.uuidV7()

  const text = yield* Effect.result(request.text)
  if (Result.isFailure(text)) {
    return isTooLarge(text.failure)
      ? refuse("too-large", `A request may carry at most ${ActivityDoor.bytesMax} bytes.`, requestId)
      : refuse("malformed", "The request's body could not be read.", requestId)
  }
  const batch = decodeBatch(text.success)
  if (Result.isFailure(batch)) {
    return refuse("malformed", 'Expected JSON such as {"writeKey": "wk_…", "sentAt": "…", "events": [ … ]}.', requestId)
  }
  if (batch.success.events.length > ActivityDoor.eventsMax) {
    return refuse("too-large", `A request may carry at most ${ActivityDoor.eventsMax} events.`, requestId)
  }
  const key = yield* keyring.find(keyOf(request, batch.success))
  if (key === null) return refuse("unauthorized", "The write key is missing, not known or revoked.", requestId)

  const { answer, intake } = Door.decide(key, batch.success, yield* Clock.currentTimeMillis)
  const body = yield* Effect.orDie(encodeIntake(intake))
  const kept = yield* Effect.result(queue.append([{ id: requestId, topic: "activity", body }]))
  if (Result.isFailure(kept)) {
    yield* Effect.logError("The queue does not take batches", kept.failure)
    return refuse("unavailable", "Not kept; please send the same events again in a few seconds.", requestId)
  }
  return HttpServerResponse.jsonUnsafe(answer)
}).pipe(Effect.withSpan("POST /v1/events"))

/** Bearer, body or query, in this order: what a person set on purpose goes before what a page carries. */
const keyOf = (request: HttpServerRequest.HttpServerRequest, batch: ActivityDoor.ActivityBatch): string => {
  const bearer = /^Bearer (.+)$/i.exec(request.headers["authorization"] ?? "")?.[1]
  const query = new URLSearchParams(request.url.split("?")[1] ?? "").get("writeKey")
  return bearer ?? batch.writeKey ?? query ?? ""
}

const isTooLarge = (error: { readonly reason: { readonly _tag: string; readonly reason?: unknown } }): boolean =>
  error.reason._tag === "RequestParseError" && error.reason.reason === "BodyTooLarge"

const getTracker = Effect.gen(function* () {
  const { text, etag } = yield* TrackerFile
  const request = yield* HttpServerRequest.HttpServerRequest
  const headers = { etag, "cache-control": "public, max-age=300" }
  if (request.headers["if-none-match"] === etag) return HttpServerResponse.empty({ status: 304, headers })
  return HttpServerResponse.text(text, { contentType: "text/javascript; charset=utf-8", headers })
})

/** Doors are open to every shop's pages and read no cookie, so any origin may ask. */
const cors = HttpMiddleware.cors({
  allowedMethods: ["GET", "POST"],
  allowedHeaders: ["authorization", "content-type"],
  exposedHeaders: ["retry-after"],
  maxAge: 86_400
})

const routes = Layer.mergeAll(
  HttpRouter.add("POST", "/v1/events", postEvents),
  HttpRouter.add("GET", "/tracker.js", getTracker),
  HttpRouter.add("GET", "/healthz", HttpServerResponse.jsonUnsafe({ status: "ok" }))
)

/** Everything this app answers over HTTP. */
export const layer = HttpRouter.serve(routes, { middleware: cors, disableLogger: true }).pipe(
  Layer.provide(Layer.succeed(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(ActivityDoor.bytesMax))),
  Layer.provide(SecureRandom.layerWebCrypto)
)
