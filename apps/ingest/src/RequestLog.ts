import { type Intake, UrlMask } from "@spoor/contracts"
import * as Log from "@spoor/contracts/log"
import { ApiLog, LogRequest } from "@spoor/domain"
import { Queue } from "@spoor/queue"
import { Cause, Clock, Context, Effect, Exit, Fiber, Metric, Option, Ref } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http"
import * as ClientIp from "./ClientIp.ts"
import * as Trace from "./Trace.ts"

/** How long an answer waits until its row is durable; the row is written all the same. */
const appendWait = "250 millis"

/** What may be shown of a key, and the unit that it belongs to. */
export interface Asker {
  readonly unitId: number
  readonly name: string
  readonly prefix: string
}

/** Who asks, as far as the handler of the request found out. */
export class Caller extends Context.Service<
  Caller,
  {
    /** A UUIDv7; the answer carries it as `x-request-id`. */
    readonly requestId: string
    /** Tells whose key the request names, also when the request is refused then. Null says nothing. */
    readonly identify: (asker: Asker | null) => Effect.Effect<void>
  }
>()("@spoor/ingest/Caller") {}

/** Which answers make a row: all, or those of 400 and above (for doors whose accepted items are counted instead). */
type Scope = "all" | "refusals"

/** *Shape*: by `status`. What these asked concerns no unit that we know, so it is in no log. */
const unattributed = Metric.counter("spoor_requests_unattributed_total", {
  description: "Requests to the APIs and refusals of the doors that named no known key",
  incremental: true
})

/**
 * Makes a request to us a row of its unit's API log (spec.md, "API log").
 *
 * A handler that fails is answered here, so that its row and its answer have one request ID. Without a known key there is
 * no unit, hence no row: it is counted. A queue that refuses costs the row, never the answer.
 */
export const recorded = <E, R>(
  handler: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  scope: Scope = "all"
) =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const random = yield* SecureRandom.SecureRandom
      const requestId = yield* random.uuidV7()
      const begunAt = yield* Clock.currentTimeMillis
      const begun = yield* Clock.monotonicTimeNanos
      const asker = yield* Ref.make<Asker | null>(null)
      const caller = Caller.of({ requestId, identify: (named) => Ref.update(asker, (known) => named ?? known) })

      const exit = yield* Effect.exit(restore(Trace.served(requestId)(Effect.provideService(handler, Caller, caller))))
      const response = HttpServerResponse.setHeader(yield* answer(exit), "x-request-id", requestId)
      const processingMs = Number((yield* Clock.monotonicTimeNanos) - begun) / 1e6
      if (scope === "all" || response.status >= 400) {
        const { status } = response
        yield* keep(request, { requestId, occurredAt: begunAt, processingMs, status, asker: yield* Ref.get(asker) })
      }
      // A client that hung up gets no answer; its fiber ends as it was told to.
      return Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause) ? yield* Effect.interrupt : response
    })
  )

/** What came of a request. *Units*: `occurredAt` in UTC milliseconds. */
interface Outcome {
  readonly requestId: string
  readonly occurredAt: number
  readonly processingMs: number
  readonly status: number
  readonly asker: Asker | null
}

const answer = <E>(exit: Exit.Exit<HttpServerResponse.HttpServerResponse, E>) =>
  Exit.isSuccess(exit)
    ? Effect.succeed(exit.value)
    : Effect.gen(function* () {
        const [response] = yield* HttpServerError.causeResponse(exit.cause)
        if (response.status >= 500) yield* Effect.logError("A request failed", exit.cause)
        return response
      })

const keep = Effect.fn("RequestLog.keep")(
  function* (request: HttpServerRequest.HttpServerRequest, { asker, ...outcome }: Outcome) {
    if (asker === null) {
      yield* Metric.update(Metric.withAttributes(unattributed, { status: String(outcome.status) }), 1)
      return
    }
    const queue = yield* Queue
    const intake: Intake.LogIntake = {
      log: "api",
      unitId: asker.unitId,
      books: null,
      entries: [entry(request, { asker, ...outcome })]
    }
    // What the request itself brought may wait in the same topic, under the request's ID. An entry of this log is its own encoding.
    const id = `request:${outcome.requestId}`
    const append = queue.append([{ id, topic: "log", body: JSON.stringify(intake) }])
    const appending = yield* Effect.forkDetach(Effect.catchCause(append, warn))
    yield* Effect.timeoutOption(Fiber.join(appending), appendWait)
  },
  Effect.catchCause((cause) => warn(cause))
)

const warn = Log.nowAndThen("A request is missing in the API log")

const entry = (
  request: HttpServerRequest.HttpServerRequest,
  { asker, requestId, occurredAt, processingMs, status }: Outcome
): Intake.ApiEntry => ({
  itemId: requestId,
  occurredAt,
  url: UrlMask.logged(pathOf(request.originalUrl)),
  method: LogRequest.Method.make(request.method),
  status,
  apiKey: asker && { name: asker.name, prefix: ApiLog.KeyPrefix.make(asker.prefix) },
  ip: Option.getOrNull(Option.flatMap(request.remoteAddress, ClientIp.parse)),
  details: {
    requestId: LogRequest.RequestId.make(requestId),
    processingMs,
    userAgent: Option.getOrNull(
      Option.map(Option.fromNullishOr(request.headers["user-agent"]), (text) => clip(text, 1_024))
    )
  }
})

/** Which of our names was asked says nothing about what was asked. */
const pathOf = (url: string): string => url.replace(/^[a-z]+:\/\/[^/?#]*/i, "")

const clip = (text: string, lengthMax: number): string => text.slice(0, lengthMax).toWellFormed()
