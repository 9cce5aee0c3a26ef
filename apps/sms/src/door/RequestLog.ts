import { type Intake, UrlMask } from "@spoor/contracts"
import * as Log from "@spoor/contracts/log"
import { ApiLog, LogRequest } from "@spoor/domain"
import type { Key } from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { Clock, Effect, Fiber, Option, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpServerRequest, HttpServerResponse } from "effect/http"

/** How long an answer waits until its row is durable; the row is written all the same. */
const appendWait = "250 millis"

const ip = Schema.decodeUnknownOption(LogRequest.Ip)

/**
 * Makes a request with a key of ours a row of its unit's API log, as those to apps/ingest are (spec.md, "API log").
 *
 * *Shape*: `handle` gives the key too, null where it is not known: then there is no unit, hence no row. A queue that refuses costs the row, never
 * the answer.
 */
export const recorded = <E, R>(
  handle: Effect.Effect<{ readonly key: Key | null; readonly response: HttpServerResponse.HttpServerResponse }, E, R>
) =>
  Effect.gen(function* () {
    const requestId = yield* (yield* SecureRandom.SecureRandom).uuidV7()
    const begunAt = yield* Clock.currentTimeMillis
    const begun = yield* Clock.monotonicTimeNanos
    const { key, response } = yield* handle
    if (key !== null) {
      const processingMs = Number((yield* Clock.monotonicTimeNanos) - begun) / 1e6
      yield* keep(key, { requestId, occurredAt: begunAt, processingMs, status: response.status })
    }
    return HttpServerResponse.setHeader(response, "x-request-id", requestId)
  })

interface Outcome {
  readonly requestId: string
  readonly occurredAt: number
  readonly processingMs: number
  readonly status: number
}

const warn = Log.nowAndThen("A request is missing in the API log")

const keep = Effect.fnUntraced(function* (key: Key, outcome: Outcome) {
  const { requestId } = outcome
  const entry = entryOf(yield* HttpServerRequest.HttpServerRequest, key, outcome)
  const intake: Intake.LogIntake = { log: "api", unitId: key.unitId, books: null, entries: [entry] }
  // An entry of this log is its own encoding.
  const message = { id: `request:${requestId}`, topic: "log" as const, body: JSON.stringify(intake) }
  const append = (yield* Queue).append([message]).pipe(Effect.catchCause((cause) => warn(cause)))
  const appending = yield* Effect.forkDetach(append)
  yield* Effect.timeoutOption(Fiber.join(appending), appendWait)
})

const entryOf = (
  request: HttpServerRequest.HttpServerRequest,
  { name, prefix }: Key,
  { occurredAt, processingMs, requestId, status }: Outcome
): Intake.ApiEntry => ({
  itemId: requestId,
  occurredAt,
  url: UrlMask.logged(request.originalUrl.replace(/^[a-z]+:\/\/[^/?#]*/iu, "")),
  method: LogRequest.Method.make(request.method),
  status,
  apiKey: { name, prefix: ApiLog.KeyPrefix.make(prefix) },
  ip: Option.getOrNull(Option.flatMap(request.remoteAddress, (address) => ip(plain(address)))),
  details: {
    requestId: LogRequest.RequestId.make(requestId),
    processingMs,
    userAgent: request.headers["user-agent"]?.slice(0, 1_024).toWellFormed() ?? null
  }
})

/** Sockets write IPv4 addresses as `::ffff:…` in IPv6, and link-local ones with a zone. */
const plain = (address: string): string =>
  address
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/u, "")
    .replace(/%.*$/u, "")
