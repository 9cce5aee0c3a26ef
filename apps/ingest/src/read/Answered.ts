import { type ApiKey, UnitLock } from "@spoor/postgres"
import { Effect } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import type { SqlError } from "effect/sql"
import { ApiKeyring, Keyring } from "../door/Keyring.ts"
import { isAway } from "../platform/Resource.ts"
import { Caller, recorded } from "../RequestLog.ts"
import { Refused, toResponse, unavailable } from "./Refused.ts"

/** A question of the holder of an API key. *Shape*: `parameters` as they stand in the query. */
export interface Asked {
  readonly unitId: number
  readonly parameters: URLSearchParams
}

/** What is read is personal and changes: nobody on the way keeps it, and no browser takes it for a page. */
const headers = { "cache-control": "no-store", "x-content-type-options": "nosniff" }

/** A handler of the read API: the key says whose rows are read, and every request is a row of that unit's API log. */
export const answered = <R>(
  name: string,
  answer: (asked: Asked) => Effect.Effect<HttpServerResponse.HttpServerResponse, Refused | SqlError.SqlError, R>
) =>
  Effect.gen(function* () {
    const { unitId } = yield* identified
    const request = yield* HttpServerRequest.HttpServerRequest
    const parameters = new URLSearchParams(request.url.split("?")[1] ?? "")
    return yield* UnitLock.within(unitId)(answer({ unitId, parameters }))
  }).pipe(
    Effect.catchTag("SqlError", (error) => (isAway(error) ? tellAway(error) : Effect.die(error))),
    Effect.catchTag("Refused", (refused) => Effect.map(Caller, ({ requestId }) => toResponse(refused, requestId))),
    Effect.map(HttpServerResponse.setHeaders(headers)),
    Effect.withSpan(name),
    (handler) => recorded(handler)
  )

/** The key that the request names. A key that writes is known too, and may not read. */
const identified: Effect.Effect<ApiKey, Refused, ApiKeyring | Keyring | Caller | HttpServerRequest.HttpServerRequest> =
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const text = request.headers["x-api-key"] ?? ""
    const { identify } = yield* Caller
    const key = yield* (yield* ApiKeyring).find(text)
    yield* identify(key)
    if (key !== null) return key
    const writeKey = yield* (yield* Keyring).find(text)
    yield* identify(writeKey)
    return yield* writeKey === null
      ? new Refused({ error: "unauthorized", message: "The API key in x-api-key is missing, not known or revoked." })
      : new Refused({ error: "forbidden", message: "The key in x-api-key is a write key: it may send and not read." })
  })

const tellAway = (error: SqlError.SqlError) =>
  Effect.andThen(Effect.logWarning("The read API could not read", error), unavailable(sentence(error)))

const sentence = ({ reason }: SqlError.SqlError): string =>
  reason._tag === "StatementTimeoutError"
    ? "The filter finds too little for too long; give it a shorter range, or a field such as an ID."
    : "Please ask again in a few seconds."
