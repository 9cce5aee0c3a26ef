import * as Told from "@spoor/contracts/told"
import { Context, Effect, Exit, References, Tracer } from "effect"
import { HttpRouter, HttpServerRequest, type HttpServerResponse } from "effect/http"
import * as Metrics from "./Metrics.ts"

/** The request that a span is the root of, by its ID. */
const RequestId = Context.Reference<string | null>("@spoor/ingest/Trace/RequestId", { defaultValue: () => null })

/**
 * The span of a request to us, the root of a trace that has the request's own ID: whoever has the `x-request-id` of an answer has the
 * trace. What a client sends as `traceparent` is not believed, for anybody may send it.
 *
 * It carries the route and nothing of the address, the headers or the body. Without a tracer it costs one look.
 */
export const served =
  (requestId: string) =>
  <E, R>(handler: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    Effect.gen(function* () {
      if (!(yield* References.TracerEnabled)) return yield* handler
      const method = Metrics.methodOf((yield* HttpServerRequest.HttpServerRequest).method)
      const { route } = yield* HttpRouter.RouteContext
      const attributes = { "http.request.method": method, "http.route": route.path, "spoor.request.id": requestId }
      const annotations = Context.make(RequestId, requestId)
      return yield* Effect.useSpan(
        `${method} ${route.path}`,
        { kind: "server", root: true, attributes, annotations },
        (span) =>
          Effect.tap(Effect.withParentSpan(handler, span), ({ status }) =>
            Effect.sync(() => span.attribute("http.response.status_code", status))
          )
      )
    })

/** Links the current span to the requests that brought these messages, at whose traces nothing travels but their IDs. */
export const follow = (messageIds: ReadonlyArray<string>): Effect.Effect<void> =>
  Effect.gen(function* () {
    if (!(yield* References.TracerEnabled)) return
    const span = yield* Effect.option(Effect.currentSpan)
    if (span._tag === "None") return
    const requests = messageIds.flatMap((id) => uuid.exec(id)?.[0] ?? [])
    span.value.addLinks(requests.map((id) => ({ span: Tracer.externalSpan(namesOf(id)), attributes: {} })))
  })

const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/

/** *Shape*: 16 and 8 bytes in hexadecimal, as W3C Trace Context has them. The last 8 of a UUID of version 7 are never all 0. */
const namesOf = (requestId: string) => {
  const traceId = requestId.replaceAll("-", "")
  return { traceId, spanId: traceId.slice(16) }
}

/** A tracer whose request spans are named after their requests, and whose spans tell of failures what a log may. */
export const discreet = (tracer: Tracer.Tracer): Tracer.Tracer =>
  Tracer.make({
    ...(tracer.context !== undefined && { context: tracer.context }),
    span: (options) => {
      const span = tracer.span(options)
      const requestId = Context.get(options.annotations, RequestId)
      const end = span.end.bind(span)
      const own: Partial<Tracer.Span> = {
        end: (time, exit) => end(time, Exit.isFailure(exit) ? Exit.failCause(Told.cause(exit.cause)) : exit),
        ...(requestId !== null && namesOf(requestId))
      }
      for (const [name, value] of Object.entries(own)) Object.defineProperty(span, name, { value })
      return span
    }
  })
