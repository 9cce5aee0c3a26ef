import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import { createServer } from "node:http"
import { Gauges } from "./Gauges.ts"
import * as Health from "./Health.ts"

/** `GET /metrics`, as Prometheus reads it. */
const getMetrics = Effect.gen(function* () {
  yield* (yield* Gauges).refresh
  return HttpServerResponse.text(yield* PrometheusMetrics.format(), {
    contentType: "text/plain; version=0.0.4; charset=utf-8"
  })
})

/**
 * A server of its own for those who run Spoor: what a shop does in figures is no visitor's business, and behind a proxy on the same
 * machine every visitor comes from loopback. *Source*: ADR 0029.
 */
export const layer = (address: { readonly host: string; readonly port: number }) =>
  HttpRouter.serve(Layer.merge(HttpRouter.add("GET", "/metrics", getMetrics), Health.routes), {
    disableLogger: true
  }).pipe(Layer.provide(NodeHttpServer.layer(() => createServer(), address)))
