import { ActivityDoor } from "@spoor/contracts"
import { Effect, Result, Schema } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import * as Body from "../door/Body.ts"
import * as Logs from "../door/Logs.ts"
import { write } from "../door/LogWrite.ts"
import { sayUnkept } from "../door/Refusal.ts"
import { Caller, recorded } from "../RequestLog.ts"
import * as Span from "./Span.ts"
import * as Wire from "./Wire.ts"

/** The most bytes one export may carry, decoded. 4 MiB: an exporter drops what is too large, and never makes it smaller. */
export const bytesMax = 4 * 1024 * 1024

/** *Shape*: spans are read one by one, so that a bad one harms only itself. */
const decodeExport = Schema.decodeUnknownResult(
  Schema.Struct({
    resourceSpans: Schema.optionalKey(
      Schema.Array(
        Schema.Struct({
          scopeSpans: Schema.optionalKey(
            Schema.Array(Schema.Struct({ spans: Schema.optionalKey(Schema.Array(Schema.Unknown)) }))
          )
        })
      )
    )
  })
)

/**
 * `POST /v1/traces`: OTLP/HTTP in JSON or protobuf. Served HTTP requests become rows of the API log, all other spans are
 * accepted and left out. The answer is in the request's own encoding.
 *
 * *Source*: ADR 0022; OTLP specification 1.x, "OTLP/HTTP".
 */
export const postTraces = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const contentType = request.headers["content-type"]
  const key = yield* Logs.identified
  const refuse = refusal(Wire.formatOf(contentType), (yield* Caller).requestId)
  if (request.method !== "POST")
    return HttpServerResponse.setHeader(refuse("not-allowed", "POST only."), "allow", "POST")
  if (key === null) return refuse("unauthorized", "The write key is missing, not known or revoked.")
  if (key.kind !== "server") return refuse("forbidden", Logs.browserKeyRefused)

  const body = yield* Body.bytes(bytesMax)
  if (Result.isFailure(body)) return refuse(body.failure, `Not readable, or more than ${bytesMax} bytes decoded.`)
  const format = Wire.formatOf(contentType, body.success[0])
  const spans = read(format, body.success)
  if (spans === null)
    return refuse("malformed", "Not an ExportTraceServiceRequest in the encoding of its content type.")

  const items = spans.flatMap((span) => Span.toItem(span) ?? [])
  return yield* write(Logs.api, key, items).pipe(
    Effect.map((answer) =>
      HttpServerResponse.uint8Array(format.answer(said(answer)), { contentType: format.contentType })
    ),
    Effect.catchTag("QueueUnavailable", (error) =>
      Effect.as(sayUnkept(error), refuse("unavailable", "Not kept; please send the same spans again in a few seconds."))
    )
  )
}).pipe(recorded)

const read = (format: Wire.Format, body: Uint8Array): ReadonlyArray<unknown> | null => {
  const decoded = Result.flatMap(
    Result.try(() => format.decode(body)),
    decodeExport
  )
  if (Result.isFailure(decoded)) return null
  return (decoded.success.resourceSpans ?? [])
    .flatMap(({ scopeSpans }) => scopeSpans ?? [])
    .flatMap(({ spans }) => spans ?? [])
}

const said = ({ rejected, verdicts }: ActivityDoor.Answer): Wire.Answer => {
  if (rejected === 0) return {}
  const first = verdicts.find(({ verdict }) => verdict === "rejected")
  const errorMessage = `The first was rejected as ${first?.reason} at ${first?.pointer || "/"}.`
  return { partialSuccess: { rejectedSpans: rejected, errorMessage } }
}

/** An exporter tries again after 429, 502, 503 and 504 and after nothing else, so what may pass is never a 500. */
const refusal = (format: Wire.Format, requestId: string) => (error: ActivityDoor.Refusal["error"], message: string) =>
  HttpServerResponse.uint8Array(format.status({ code: codeOf[error], message }), {
    status: ActivityDoor.statusOf[error],
    contentType: format.contentType,
    headers: { "x-request-id": requestId, ...(error === "unavailable" && { "retry-after": "2" }) }
  })

/** *Source*: `google/rpc/code.proto`. */
const codeOf: Record<ActivityDoor.Refusal["error"], number> = {
  malformed: 3,
  unauthorized: 16,
  forbidden: 7,
  "not-found": 5,
  "not-allowed": 12,
  "too-large": 8,
  "unsupported-encoding": 3,
  unavailable: 14
}
