import { Cause, Effect, Exit, Option, type Scope, Stream } from "effect"
import { HttpBody, HttpEffect, HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http"
import * as Exchange from "./Exchange.ts"
import type { Log } from "./Item.ts"
import * as Recorder from "./Recorder.ts"

export interface Options<L extends Log> extends Exchange.Options {
  /** Asked when the response is over. What handlers found out reaches the row by `annotate`. */
  readonly describe?: ((request: HttpServerRequest.HttpServerRequest) => Exchange.Described<L>) | undefined
}

/** A recorder that is closed with its scope, with up to 5 s to send what waits. */
export const make = <L extends Log>(
  options: Recorder.Options<L>
): Effect.Effect<Recorder.Recorder<L>, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => Recorder.make(options)),
    (recorder) => Effect.promise(() => recorder.close())
  )

type Annotation = Exchange.Description<"api"> & Exchange.Description<"panel">

// The request that a handler sees may be another object than the one the middleware saw, of the same source.
const annotations = new WeakMap<object, Annotation>()

/** Says in a handler, or in middleware behind ours, on whose behalf the request came. It goes before what `describe` answers. */
export const annotate = (annotation: Annotation): Effect.Effect<void, never, HttpServerRequest.HttpServerRequest> =>
  Effect.map(HttpServerRequest.HttpServerRequest, ({ source }) => {
    annotations.set(source, { ...annotations.get(source), ...annotation })
  })

/**
 * The middleware of effect/http that records every request: `HttpRouter.serve(routes, { middleware: record(recorder) })`.
 *
 * There it sees the sending of the response, too, and all that answers without a route.
 */
export const record =
  <L extends Log>(recorder: Recorder.Recorder<L>, options: Options<L> = {}) =>
  <E, R>(
    app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
  ): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R | HttpServerRequest.HttpServerRequest | Scope.Scope> =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
      const end = Exchange.begin(recorder, options)
      const peer = Option.getOrUndefined(request.remoteAddress)
      let answer: HttpServerResponse.HttpServerResponse | undefined
      let isCut = false
      const see = (): Exchange.Seen => ({
        target: request.originalUrl,
        method: request.method,
        status: isCut ? Exchange.aborted : (answer?.status ?? 500),
        peer,
        header: (name) => request.headers[name],
        requestId: answer?.headers["x-request-id"]
      })
      const describe = (): Exchange.Described<L> => {
        const described = options.describe?.(request)
        return described === null ? null : { ...described, ...annotations.get(request.source) }
      }
      const sending = HttpEffect.withPreResponseHandler(app, (_, response) => {
        answer = response
        return Effect.succeed(watched(response, () => (isCut = true)))
      })
      const sent = Effect.onExit(sending, (exit) => {
        if (Exit.isSuccess(exit)) return Effect.sync(() => (answer = exit.value))
        // Nobody was answered, so the server makes an answer of the failure, as is done here.
        if (answer === undefined)
          return Effect.map(HttpServerError.causeResponse(exit.cause), ([made]) => (answer = made))
        return Effect.void
      })
      // The scope of a request ends with its response, which may be streamed long after the app has answered.
      const recording = Effect.addFinalizer((exit) =>
        Effect.sync(() => {
          isCut ||= Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
          end(see, describe)
        })
      )
      return Effect.andThen(recording, sent)
    })

/** The same response, which says when its stream ends before its end: servers keep that to themselves. */
const watched = (
  response: HttpServerResponse.HttpServerResponse,
  onCut: () => void
): HttpServerResponse.HttpServerResponse => {
  const { body, headers } = response
  if (body._tag !== "Stream") return response
  const stream = Stream.onExit(body.stream, (exit) => (Exit.isFailure(exit) ? Effect.sync(onCut) : Effect.void))
  const same = HttpServerResponse.setBody(response, HttpBody.stream(stream, body.contentType, body.contentLength))
  // A new body comes with headers of its own, of which the host may have changed or removed one.
  return ["content-type", "content-length"].reduce((response, name) => {
    const value = headers[name]
    return value === undefined
      ? HttpServerResponse.removeHeader(response, name)
      : HttpServerResponse.setHeader(response, name, value)
  }, same)
}
