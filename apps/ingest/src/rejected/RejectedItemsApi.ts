import { RejectedItemsApi } from "@spoor/contracts"
import { Rejection } from "@spoor/domain"
import { type KeptRejection, RejectedItems, UnitLock } from "@spoor/postgres"
import { Effect, Layer, Result, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import type { SqlError } from "effect/sql"
import * as Body from "../door/Body.ts"
import { ApiKeyring } from "../door/Keyring.ts"
import { refuse, refuseBody } from "../door/Refusal.ts"
import { Caller, recorded } from "../RequestLog.ts"
import { Replay } from "./Replay.ts"

/** The most bytes that a request for a replay may have. */
const bytesMax = 16 * 1024

const decodeQuery = Schema.decodeUnknownResult(RejectedItemsApi.Query, { onExcessProperty: "error" })
const decodeReplay = Schema.decodeUnknownResult(Schema.fromJsonString(RejectedItemsApi.Replay), {
  onExcessProperty: "error"
})
const encodePage = Schema.encodeSync(RejectedItemsApi.Page)

/** `GET /v1/rejected-items`: what the doors did not keep, newest first. */
const getRejectedItems = Effect.gen(function* () {
  const unitId = yield* unitAsking
  if (unitId === null) return yield* refuseApiKey
  const query = decodeQuery(yield* HttpServerRequest.ParsedSearchParams)
  if (Result.isFailure(query)) return yield* refuseField(Rejection.fromIssue(query.failure.issue, {}))
  const { items, next } = yield* list(unitId, query.success, RejectedItemsApi.pageItemsMax)
  return HttpServerResponse.jsonUnsafe(encodePage({ items: items.map(shown), next }))
}).pipe(
  Effect.catchTag("SqlError", (error) => refuseForNow(error)),
  (handler) => recorded(handler),
  Effect.withSpan("GET /v1/rejected-items")
)

/** `POST /v1/rejected-items/replay`: reads some of them again, after a fix. */
const postReplay = Effect.gen(function* () {
  const unitId = yield* unitAsking
  if (unitId === null) return yield* refuseApiKey
  const text = yield* Body.text(bytesMax)
  if (Result.isFailure(text)) return refuseBody(text.failure, bytesMax, (yield* Caller).requestId)
  const body = decodeReplay(text.success)
  if (Result.isFailure(body)) return yield* refuseField(Rejection.fromIssue(body.failure.issue, {}))
  const { items, next } = yield* list(unitId, body.success, RejectedItemsApi.replayItemsMax)
  const tally = yield* (yield* Replay).read(unitId, items)
  return HttpServerResponse.jsonUnsafe({ ...tally, next } satisfies RejectedItemsApi.Replayed)
}).pipe(
  Effect.catchTag("SqlError", (error) => refuseForNow(error)),
  (handler) => recorded(handler),
  Effect.withSpan("POST /v1/rejected-items/replay")
)

export const layer = Layer.merge(
  HttpRouter.add("GET", "/v1/rejected-items", getRejectedItems),
  HttpRouter.add("POST", "/v1/rejected-items/replay", postReplay)
)

/** The unit whose key the request names, or null. */
const unitAsking = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const key = yield* (yield* ApiKeyring).find(request.headers["x-api-key"] ?? "")
  yield* (yield* Caller).identify(key)
  return key?.unitId ?? null
})

/** *Shape*: `next` is the cursor after the last of these, or null where fewer than `rowsMax` were left. */
const list = Effect.fnUntraced(function* (
  unitId: number,
  { cursor, ...filter }: RejectedItemsApi.Replay,
  rowsMax: number
) {
  const [at, id] = cursor?.split("-").map(Number) ?? []
  const after = at === undefined || id === undefined ? undefined : { at, id }
  const items = yield* UnitLock.within(unitId)((yield* RejectedItems).page(unitId, filter, { after, rowsMax }))
  const last = items.at(-1)
  return { items, next: last === undefined || items.length < rowsMax ? null : `${last.receivedAt}-${last.id}` }
})

const shown = ({ siteId, batchId, ...item }: KeptRejection): RejectedItemsApi.RejectedItem => ({
  ...item,
  site: siteId,
  batch: batchId
})

const refuseApiKey = Effect.map(Caller, ({ requestId }) =>
  refuse("unauthorized", "The API key in x-api-key is missing, not known or revoked.", requestId)
)

const refuseField = ({ pointer, reason }: Rejection.Rejection) =>
  Effect.map(Caller, ({ requestId }) =>
    refuse("malformed", pointer === "" ? "Expected a JSON object." : `The field ${pointer} is ${reason}.`, requestId)
  )

const refuseForNow = (error: SqlError.SqlError) =>
  Effect.gen(function* () {
    yield* Effect.logError("Rejected items could not be read", error)
    return refuse("unavailable", "Please ask again in a few seconds.", (yield* Caller).requestId)
  })
