import type { Intake } from "@spoor/contracts"
import type { Rejection } from "@spoor/domain"
import type { Attempt, Emission } from "@spoor/postgres"
import type { Topic } from "@spoor/queue"
import { Clock, Context, Duration, Effect, Exit, Metric } from "effect"
import { HttpRouter, HttpServerError, HttpServerRequest, type HttpServerResponse } from "effect/http"

/** *Units*: seconds. */
const quick = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const slow = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400]

/**
 * What is counted while it happens; Gauges.ts has what is asked for when somebody looks.
 *
 * Values of labels are few and ours: doors, verdicts, reasons, topics, routes as they were declared. A site, a key, an address or
 * anything else that a client chooses never is one.
 * *Source*: ADR 0029; Prometheus' "Metric and label naming"; OpenTelemetry's semantic conventions for HTTP servers.
 */
const items = Metric.counter("spoor_items_total", {
  description: "Items of requests that the queue has taken, by the door's verdict",
  incremental: true
})

const requestDuration = Metric.histogram("http_server_request_duration_seconds", {
  description: "Time from a request's head to its answer",
  boundaries: quick
})

const batches = Metric.counter("spoor_batches_written_total", {
  description: "Queue messages that the worker has written to the database",
  incremental: true
})

const batchDuration = Metric.histogram("spoor_batch_write_duration_seconds", {
  description: "Time to write a group of queue messages, conflicts and their repetitions included",
  boundaries: quick
})

const conflicts = Metric.counter("spoor_transaction_conflicts_total", {
  description: "Transactions that met another one, were rolled back and run again",
  incremental: true
})

const emissionLag = Metric.histogram("spoor_outcome_emission_lag_seconds", {
  description: "How long after its time an outcome was emitted; outcomes of imported history are left out",
  boundaries: slow
})

const webhookAttempts = Metric.counter("spoor_webhook_attempts_total", {
  description: "Attempts to deliver a webhook message, by what came of them",
  incremental: true
})

/** A metric with labels, each series made once. Only for values of labels that are few. */
const series = <Input, State>(metric: Metric.Metric<Input, State>) => {
  const known = new Map<string, Metric.Metric<Input, State>>()
  return (labels: Record<string, string>): Metric.Metric<Input, State> => {
    const key = Object.values(labels).join("\n")
    const found = known.get(key) ?? Metric.withAttributes(metric, labels)
    known.set(key, found)
    return found
  }
}

const itemsOf = series(items)
const requestsOf = series(requestDuration)
const batchesOf = series(batches)
const batchDurationOf = series(batchDuration)
const lagOf = series(emissionLag)
const attemptsOf = series(webhookAttempts)

/** What a door answered, once the queue has it. A few updates for each request, whatever the number of its items. */
export const judged = Effect.fnUntraced(function* (
  door: Intake.Door,
  { duplicate, stored }: { readonly duplicate: number; readonly stored: number },
  rejections: ReadonlyArray<Pick<Rejection.Rejection, "reason">>
): Effect.fn.Return<void> {
  if (stored > 0) yield* Metric.update(itemsOf({ door, verdict: "stored" }), stored)
  if (duplicate > 0) yield* Metric.update(itemsOf({ door, verdict: "duplicate" }), duplicate)
  if (rejections.length === 0) return
  for (const [reason, some] of Map.groupBy(rejections, (rejection) => rejection.reason)) {
    yield* Metric.update(itemsOf({ door, verdict: "rejected", reason }), some.length)
  }
})

/**
 * Measures every request to a server, by the route as it was declared: of an address that no route has, only that there was one.
 *
 * The router leaves the route in the fiber's context until the request is over.
 */
export const measured = <E, R>(answer: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.gen(function* () {
    const { method } = yield* HttpServerRequest.HttpServerRequest
    const begun = yield* Clock.monotonicTimeNanos
    return yield* Effect.onExit(answer, (exit) =>
      Effect.withFiber((fiber) => {
        const route = Context.getOrUndefined(fiber.context, HttpRouter.RouteContext)?.route.path ?? "none"
        return Effect.flatMap(Effect.all([statusOf(exit), Clock.monotonicTimeNanos]), ([status, ended]) =>
          Metric.update(
            requestsOf({
              http_request_method: methodOf(method),
              http_route: route,
              status_class: `${Math.floor(status / 100)}xx`
            }),
            Number(ended - begun) / 1e9
          )
        )
      })
    )
  })

const statusOf = (exit: Exit.Exit<HttpServerResponse.HttpServerResponse, unknown>): Effect.Effect<number> =>
  Exit.isSuccess(exit)
    ? Effect.succeed(exit.value.status)
    : Effect.map(HttpServerError.causeResponse(exit.cause), ([{ status }]) => status)

/** Whoever asks may make methods up. *Source*: OpenTelemetry's semantic conventions, `http.request.method`. */
export const methodOf = (method: string): string => (methods.has(method) ? method : "_OTHER")

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])

/** Times the writing of a group of messages, and counts them once they are written. */
export const writing = <A, E, R>(topic: Topic, messages: number, write: Effect.Effect<A, E, R>) =>
  Effect.timed(write).pipe(
    Effect.tap(([duration]) => Metric.update(batchDurationOf({ topic }), Duration.toSeconds(duration))),
    Effect.tap(Metric.update(batchesOf({ topic }), messages)),
    Effect.map(([, written]) => written)
  )

/** A transaction that met another one. */
export const conflicted = Metric.update(conflicts, 1)

/** Outcomes that were emitted. *Units*: `now` in UTC milliseconds. A transaction that is run again counts them again. */
export const emitted = (emissions: ReadonlyArray<Emission>, now: number) =>
  Effect.forEach(
    emissions.filter(({ isHistoric }) => !isHistoric),
    ({ outcome }) => Metric.update(lagOf({ type: outcome.type }), Math.max(0, now - outcome.at) / 1_000),
    { discard: true }
  )

/** An attempt to deliver a webhook message that was written down. */
export const attempted = (attempt: Attempt) => {
  const result = attempt.isDelivered ? "delivered" : attempt.retryAt === null ? "failed" : "retried"
  return Metric.update(attemptsOf({ result }), 1)
}
