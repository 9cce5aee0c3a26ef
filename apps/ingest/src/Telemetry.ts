import { Effect, Layer, Redacted, References, Tracer } from "effect"
import { FetchHttpClient, HttpClient, HttpMiddleware } from "effect/http"
import { OtlpExporter, OtlpMetrics, OtlpSerialization, OtlpTracer } from "effect/observability"
import type { Duration } from "effect"
import { Gauges } from "./Gauges.ts"
import * as Trace from "./Trace.ts"

export interface Settings {
  /** Where the collector is, without `/v1/…`; null sends nothing. */
  readonly endpoint: URL | null
  readonly protocol: "http/protobuf" | "http/json"
  readonly headers: Readonly<Record<string, Redacted.Redacted<string>>>
  readonly serviceName: string
  /** How often metrics are sent. Default 1 minute; spans go every 5 seconds. */
  readonly metricsInterval?: Duration.Input
}

/**
 * Traces and metrics to a collector by OTLP/HTTP. Where no collector is named there is no tracer at all: spans are not even made.
 *
 * A collector that does not answer costs what was to be sent, never a request. *Source*: ADR 0029.
 */
export const tracing = (settings: Settings): Layer.Layer<never> =>
  settings.endpoint === null
    ? Layer.succeed(References.TracerEnabled, false)
    : Layer.effect(Tracer.Tracer, Effect.map(OtlpTracer.make(optionsOf(settings, "traces")), Trace.discreet)).pipe(
        Layer.provide(collector(settings)),
        Layer.merge(withoutAddresses)
      )

/** The platform's own spans of requests carry whole addresses, IPs and user agents; Trace.ts has ours. */
const withoutAddresses = Layer.merge(
  Layer.succeed(HttpMiddleware.TracerDisabledWhen, () => true),
  Layer.succeed(HttpClient.TracerDisabledWhen, () => true)
)

/** What is asked for when somebody looks is looked at before metrics are sent. */
export const metrics = (settings: Settings): Layer.Layer<never, never, Gauges> =>
  settings.endpoint === null
    ? Layer.empty
    : Layer.effectDiscard(
        Effect.gen(function* () {
          const { refresh } = yield* Gauges
          const { metricsInterval = "1 minute" } = settings
          yield* Effect.forkScoped(Effect.forever(Effect.andThen(refresh, Effect.sleep(metricsInterval))))
          yield* OtlpMetrics.make({ ...optionsOf(settings, "metrics"), exportInterval: metricsInterval })
        })
      ).pipe(Layer.provide(collector(settings)))

const optionsOf = ({ endpoint, headers, serviceName }: Settings, signal: "traces" | "metrics") => ({
  url: `${endpoint?.href.replace(/\/$/, "")}/v1/${signal}`,
  resource: { serviceName },
  headers: Object.entries(headers).map(([name, value]) => [name, Redacted.value(value)] as const)
})

const collector = ({ protocol }: Settings) =>
  Layer.mergeAll(
    OtlpExporter.layerFlusher,
    FetchHttpClient.layer,
    protocol === "http/json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf
  )
