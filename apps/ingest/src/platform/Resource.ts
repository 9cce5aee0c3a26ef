import { Platform } from "@spoor/contracts"
import type { Ids, Rejection } from "@spoor/domain"
import { type CustomEvents, type Customers, type Orders, type Place, Sites, UnitLock } from "@spoor/postgres"
import { Effect, Result } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import type { SqlError } from "effect/sql"
import * as Body from "../door/Body.ts"
import { ApiKeyring } from "../door/Keyring.ts"
import { Caller, recorded } from "../RequestLog.ts"
import { Refused, toResponse, wrong } from "./Refused.ts"

type Method = "GET" | "POST" | "PUT" | "DELETE"

type Needs =
  | Caller
  | CustomEvents
  | Customers
  | HttpRouter.RouteContext
  | HttpServerRequest.HttpServerRequest
  | HttpServerRequest.ParsedSearchParams
  | Orders
  | Sites

/** Does what one method on one address is for. *Shape*: the unit is the key's; nothing in a request can name another. */
type Handler = (
  unitId: number
) => Effect.Effect<HttpServerResponse.HttpServerResponse, Refused | SqlError.SqlError, Needs>

/** An address of the platform's API: who asks is known first, then whether the address has the method. */
export const resource = (methods: Partial<Record<Method, Handler>>) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const key = yield* (yield* ApiKeyring).find(request.headers["x-api-key"]?.trim() ?? "")
    if (key === null) return yield* unauthorized
    yield* (yield* Caller).identify(key)
    const handler = Object.entries(methods).find(([method]) => method === request.method)?.[1]
    if (handler === undefined) return yield* notAllowed(Object.keys(methods))
    return yield* UnitLock.within(key.unitId)(handler(key.unitId))
  }).pipe(
    Effect.catchTag("SqlError", (error) => (isAway(error) ? unavailable(error) : Effect.die(error))),
    Effect.catchTag("Refused", (refused) => Effect.map(Caller, ({ requestId }) => toResponse(refused, requestId))),
    (handler) => recorded(handler)
  )

const unauthorized = new Refused({
  error: "unauthorized",
  message: "The API key in x-api-key is missing, not known or revoked."
})

const notAllowed = (methods: ReadonlyArray<string>) =>
  Effect.map(Caller, ({ requestId }) => {
    const message = `This address takes ${methods.join(", ")}.`
    const response = toResponse(new Refused({ error: "not-allowed", message }), requestId)
    return HttpServerResponse.setHeader(response, "allow", methods.join(", "))
  })

/** The database does not answer now, or met somebody else's work; anything else is a mistake of ours. */
export const isAway = ({ reason }: SqlError.SqlError): boolean =>
  reason._tag === "ConnectionError" ||
  reason._tag === "DeadlockError" ||
  reason._tag === "LockTimeoutError" ||
  reason._tag === "SerializationError" ||
  reason._tag === "StatementTimeoutError"

const unavailable = (error: SqlError.SqlError) =>
  Effect.andThen(
    Effect.logWarning("The platform's API cannot reach the database", error),
    new Refused({ error: "unavailable", message: "Not done; please send the same request again in a few seconds." })
  )

/** The request's body as its decoder reads it. */
export const body = Effect.fnUntraced(function* <A>(decode: (item: unknown) => Result.Result<A, Rejection.Rejection>) {
  const text = yield* Body.text(Platform.bytesMax)
  if (Result.isFailure(text)) {
    return yield* text.failure === "malformed"
      ? wrong({ reason: "malformed", pointer: "" })
      : new Refused({ error: text.failure, message: unreadable[text.failure] })
  }
  return yield* orWrong(Result.flatMap(parse(text.success), decode))
})

const unreadable = {
  "too-large": `A request may carry at most ${Platform.bytesMax} bytes, decoded.`,
  "unsupported-encoding": "The body may be encoded as gzip, deflate or br, or not at all."
}

const parse = (text: string): Result.Result<unknown, Rejection.Rejection> =>
  Result.try({ try: (): unknown => JSON.parse(text), catch: () => ({ reason: "malformed", pointer: "" }) })

/** The request's query as its decoder reads it. */
export const query = Effect.fnUntraced(function* <A>(decode: (item: unknown) => Result.Result<A, Rejection.Rejection>) {
  return yield* orWrong(decode(yield* HttpServerRequest.ParsedSearchParams))
})

const orWrong = <A>(decoded: Result.Result<A, Rejection.Rejection>): Effect.Effect<A, Refused> =>
  Result.isSuccess(decoded) ? Effect.succeed(decoded.success) : Effect.fail(wrong(decoded.failure))

/** The ID that the address ends with. */
export const idInPath = Effect.map(HttpRouter.params, ({ id }) => id ?? "")

/** The site that a request is about: the one it names, or the only one that the unit has. */
export const placeOf = Effect.fnUntraced(function* (
  unitId: number,
  siteId: Ids.SiteId | undefined
): Effect.fn.Return<Place, Refused | SqlError.SqlError, Sites> {
  const sites = yield* (yield* Sites).ofUnit(unitId)
  if (siteId === undefined) {
    const [only, ...others] = sites
    if (only === undefined || others.length > 0) return yield* wrong({ reason: "missing", pointer: "/siteId" })
    return { unitId, siteId: only.siteId }
  }
  if (sites.some((site) => site.siteId === siteId)) return { unitId, siteId }
  return yield* new Refused({
    error: "forbidden",
    message: "The key's business unit has no such site.",
    reason: "forbidden",
    pointer: "/siteId"
  })
})

/** A page of a list that was asked for one item longer than it is. */
export const pageOf = <A extends { readonly id: string }>(items: ReadonlyArray<A>, limit: number) => ({
  items: items.slice(0, limit),
  next: items.length > limit ? (items[limit - 1]?.id ?? null) : null
})
