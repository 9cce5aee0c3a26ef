import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Redacted } from "effect"
import { settings } from "../src/config.ts"

const read = (env: Record<string, string>) =>
  settings.parse(ConfigProvider.fromEnv({ env: { DATABASE_URL: "postgres://localhost/spoor", ...env } }))

describe("settings for operators", () => {
  it.effect("open no port and send nothing unless they say so", () =>
    Effect.gen(function* () {
      for (const env of [{}, { SPOOR_METRICS_PORT: "", OTEL_EXPORTER_OTLP_ENDPOINT: "" }]) {
        const { log, metricsHost, metricsPort, roles, telemetry } = yield* read(env)
        assert.deepStrictEqual(
          [metricsHost, metricsPort, log.level, roles],
          ["127.0.0.1", null, "Info", ["doors", "worker"]]
        )
        assert.deepInclude(telemetry, { endpoint: null, protocol: "http/protobuf", serviceName: "spoor-ingest" })
      }
    })
  )

  it.effect("are OpenTelemetry's where OpenTelemetry has some", () =>
    Effect.gen(function* () {
      const { metricsPort, roles, telemetry } = yield* read({
        SPOOR_METRICS_PORT: "9464",
        SPOOR_INGEST_ROLES: "worker",
        OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector.example:4318",
        OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20s3cret,x-tenant=dom",
        OTEL_SERVICE_NAME: "spoor-worker"
      })
      assert.deepStrictEqual([metricsPort, roles], [9464, ["worker"]])
      assert.strictEqual(telemetry.endpoint?.host, "collector.example:4318")
      assert.strictEqual(telemetry.serviceName, "spoor-worker")
      assert.deepStrictEqual(
        Object.entries(telemetry.headers).map(([name, value]) => [name, Redacted.value(value)]),
        [
          ["authorization", "Bearer s3cret"],
          ["x-tenant", "dom"]
        ]
      )
      assert.notInclude(JSON.stringify(telemetry), "s3cret")
    })
  )

  for (const [name, value] of [
    ["SPOOR_METRICS_PORT", "70000"],
    ["SPOOR_LOG_LEVEL", "loud"],
    ["SPOOR_LOG_FORMAT", "xml"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector"],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"]
  ] as const) {
    it.effect(`refuse ${name}=${value}, by its name`, () =>
      Effect.gen(function* () {
        assert.include((yield* Effect.flip(read({ [name]: value }))).message, name)
      })
    )
  }
})
