import { assert, describe, it } from "@effect/vitest"
import { Vitals } from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Effect, Layer, Metric, References } from "effect"
import { Gauges } from "../src/Gauges.ts"
import * as Wire from "../src/otlp/Wire.ts"
import * as Telemetry from "../src/Telemetry.ts"
import { collector } from "./Collector.ts"

const email = "anna.kowalska@example.pl"

const settings = (origin: string | null): Telemetry.Settings => ({
  endpoint: origin === null ? null : new URL(origin),
  protocol: "http/protobuf",
  headers: {},
  serviceName: "spoor-test"
})

/** Fails inside of a span, as a handler may. */
const work = Effect.die(new Error(`No customer ${email}`, { cause: new Error(email) })).pipe(
  Effect.withSpan("Customers.find"),
  Effect.ignoreCause
)

describe("Telemetry", () => {
  it.live("sends spans as protobuf, with what may be told of a failure", () =>
    Effect.gen(function* () {
      const { of, origin } = yield* collector
      yield* Effect.provide(work, Telemetry.tracing(settings(origin)))
      const [sent] = of("/v1/traces")
      if (sent === undefined) return assert.fail("Nothing was sent.")
      assert.strictEqual(sent.headers["content-type"], "application/x-protobuf")
      assert.include(JSON.stringify(Wire.formatOf("application/x-protobuf").decode(sent.body)), "startTimeUnixNano")
      const text = sent.body.toString("latin1")
      for (const told of ["Customers.find", "spoor-test", "No customer ***"]) assert.include(text, told)
      assert.notInclude(text, "anna")
    }).pipe(Effect.scoped)
  )

  it.live("makes no spans at all without a collector", () =>
    Effect.gen(function* () {
      const layer = Telemetry.tracing(settings(null))
      assert.isFalse(yield* Effect.provide(References.TracerEnabled, layer))
      const sampled = Effect.map(Effect.currentSpan, (span) => span.sampled).pipe(Effect.withSpan("Customers.find"))
      assert.isFalse(yield* Effect.provide(sampled, layer))
    })
  )

  it.live(
    "sends figures that are asked for only when somebody looks, too",
    () =>
      Effect.gen(function* () {
        const { of, origin } = yield* collector
        const gauges = Gauges.layer(["worker"]).pipe(
          Layer.provide([Queue.layerMemory(), Vitals.layer.pipe(Layer.provide(TestDatabase.layer))])
        )
        const metrics = Telemetry.metrics({ ...settings(origin), metricsInterval: "200 millis" })
        yield* Effect.sleep("1 second").pipe(Effect.provide(Layer.provide(metrics, gauges)))
        const text = of("/v1/metrics").map(({ body }) => body.toString("latin1"))
        assert.isAbove(text.length, 1)
        for (const name of [
          "spoor_queue_messages",
          "spoor_outcomes_overdue_sessions",
          "spoor_dead_letters",
          "spoor-test"
        ]) {
          assert.include(text.at(-1), name)
        }
      }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map())),
    60_000
  )
})
