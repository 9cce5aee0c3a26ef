import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Queue } from "@spoor/queue"
import { Clock, Effect, Layer, Metric } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import { createServer } from "node:http"
import { Gateways } from "./gateway/Gateways.ts"
import * as Health from "./Health.ts"
import { Binds } from "./smpp/Binds.ts"

/** A scrape waits no longer than this for the queue. */
const wait = "1 second"

const isUsable = Metric.gauge("spoor_sms_gateway_usable", {
  description: "Whether a gateway's settings can be used: 1, or 0 and the log says why"
})
const bound = Metric.gauge("spoor_sms_binds", { description: "Binds to an SMPP gateway, by their phase" })
const waiting = Metric.gauge("spoor_sms_reports_waiting", {
  description: "Queue messages with reports that wait for the worker"
})
const oldest = Metric.gauge("spoor_sms_reports_oldest_age_seconds", {
  description: "Age of the oldest of them; 0 when there is none"
})
const used = Metric.gauge("spoor_queue_used_ratio", {
  description: "How much of the queue's room is used, of all topics, from 0 to 1; from 0.9 on nothing new is kept"
})

const phases = ["connecting", "bound", "waiting", "closed"] as const

/** What is asked for when somebody looks. A queue that does not answer has no series then. */
const refresh = Effect.gen(function* () {
  const states = yield* (yield* Binds).states
  for (const { gateway, problem } of yield* (yield* Gateways).all) {
    yield* Metric.update(Metric.withAttributes(isUsable, { gateway: gateway.key }), problem === null ? 1 : 0)
    for (const phase of states.has(gateway.key) ? phases : []) {
      const count = states.get(gateway.key)!.filter((state) => state.phase === phase).length
      yield* Metric.update(Metric.withAttributes(bound, { gateway: gateway.key, phase }), count)
    }
  }
  const now = yield* Clock.currentTimeMillis
  const queue = yield* Queue
  const asked = yield* Effect.all([queue.depth("sms"), queue.fill]).pipe(Effect.timeout(wait), Effect.option)
  if (asked._tag === "None") return yield* Effect.forEach([waiting, oldest, used], Metric.remove, { discard: true })
  const [depth, { share }] = asked.value
  yield* Metric.update(waiting, depth.waiting)
  yield* Metric.update(oldest, Math.max(0, now - (depth.oldestAppendedAt ?? now)) / 1_000)
  return yield* Metric.update(used, share)
})

/** `GET /metrics`, as Prometheus reads it. */
const getMetrics = Effect.gen(function* () {
  yield* refresh
  return HttpServerResponse.text(yield* PrometheusMetrics.format(), {
    contentType: "text/plain; version=0.0.4; charset=utf-8"
  })
})

/** A server of its own for those who run Spoor, as apps/ingest has one. *Source*: ADR 0029. */
export const layer = (address: { readonly host: string; readonly port: number }) =>
  HttpRouter.serve(Layer.merge(HttpRouter.add("GET", "/metrics", getMetrics), Health.routes), {
    disableLogger: true
  }).pipe(Layer.provide(NodeHttpServer.layer(() => createServer(), address)))
