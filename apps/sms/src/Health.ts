import { Queue } from "@spoor/queue"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"

/** Whoever asks waits no longer than this. */
const wait = "1 second"

const unstored = (body: object, status: number) =>
  HttpServerResponse.jsonUnsafe(body, { status, headers: { "cache-control": "no-store" } })

/** `GET /readyz`: 200 when reports would be kept, 503 when not. They are kept while PostgreSQL is away. */
const getReadiness = Effect.gen(function* () {
  const doors = yield* (yield* Queue).check.pipe(
    Effect.timeout(wait),
    Effect.match({
      onSuccess: () => "ready",
      onFailure: (error) =>
        error._tag === "TimeoutError"
          ? "queue does not answer"
          : { full: "queue is full", closed: "queue is closed", io: "queue fails" }[error.reason]
    })
  )
  return unstored({ doors }, doors === "ready" ? 200 : 503)
})

/** `GET /healthz` asks nobody: a process that should be restarted does not answer it. */
export const routes = Layer.mergeAll(
  HttpRouter.add("GET", "/healthz", HttpServerResponse.jsonUnsafe({ status: "ok" })),
  HttpRouter.add("GET", "/readyz", getReadiness)
)
