import { type Intake, LogDoor, LogEntry } from "@spoor/contracts"
import { Effect, Result, Schema } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { Caller, recorded } from "../RequestLog.ts"
import * as Body from "./Body.ts"
import { serverKeyOf } from "./Credentials.ts"
import { Keyring } from "./Keyring.ts"
import { type LogKind, write } from "./LogWrite.ts"
import { refuse, refuseBody, refuseKey, refuseUnkept } from "./Refusal.ts"

const decodeBatch = Schema.decodeUnknownResult(Schema.fromJsonString(LogDoor.LogBatch))

/** `POST /v1/logs/{api|panel|sms}`: what services send. Every such request is a row of the API log itself. */
const postLogs = <Entry extends { readonly itemId: string }>(kind: LogKind<Entry>) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const { requestId } = yield* Caller
    const key = yield* identified
    if (request.method !== "POST") return refuseMethod(requestId)
    if (key === null) return refuseKey(requestId)
    if (key.kind !== "server") return refuseBrowser(requestId)

    const text = yield* Body.text(LogDoor.bytesMax)
    if (Result.isFailure(text)) return refuseBody(text.failure, LogDoor.bytesMax, requestId)
    const batch = decodeBatch(text.success)
    if (Result.isFailure(batch)) {
      return refuse("malformed", 'Expected JSON such as {"sentAt": "…", "items": [ … ]}.', requestId)
    }
    const { items, sentAt } = batch.success
    if (items.length > LogDoor.itemsMax) {
      return refuse("too-large", `A request may carry at most ${LogDoor.itemsMax} items.`, requestId)
    }
    return yield* write(kind, key, items, sentAt).pipe(
      Effect.map((answer) => HttpServerResponse.jsonUnsafe(answer)),
      Effect.catchTag("QueueUnavailable", (error) => refuseUnkept(error, requestId))
    )
  }).pipe(recorded)

/** The key that the request names, if we know it; its site's unit gets the request's row. */
export const identified = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const keyring = yield* Keyring
  const { identify } = yield* Caller
  const key = yield* keyring.find(serverKeyOf(request))
  yield* identify(key)
  return key
})

export const browserKeyRefused = "This door takes server keys only, and the key is one that stands in pages."

const refuseBrowser = (requestId: string) => refuse("forbidden", browserKeyRefused, requestId)

const refuseMethod = (requestId: string) =>
  HttpServerResponse.setHeader(refuse("not-allowed", "This door takes POST only.", requestId), "allow", "POST")

/** A log that no door takes. */
export const noSuchLog = Effect.gen(function* () {
  yield* identified
  return refuse("not-found", "There are doors for the logs api, panel and sms.", (yield* Caller).requestId)
}).pipe(recorded)

export const api: LogKind<Intake.ApiEntry> = {
  decode: LogEntry.fromApi,
  intake: (head, entries) => ({ log: "api", ...head, entries })
}

export const postApi = postLogs(api)
export const postPanel = postLogs<Intake.PanelEntry>({
  decode: LogEntry.fromPanel,
  intake: (head, entries) => ({ log: "panel", ...head, entries })
})
export const postSms = postLogs<Intake.SmsEntry>({
  decode: LogEntry.fromSms,
  intake: (head, entries) => ({ log: "sms", ...head, entries })
})
