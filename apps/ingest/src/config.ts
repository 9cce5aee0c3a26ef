import * as Log from "@spoor/contracts/log"
import * as Network from "@spoor/contracts/network"
import { limitsConfig } from "@spoor/queue"
import { Config, Redacted, Schema } from "effect"

/** What one process does. Beyond one machine the two multiply separately. */
const Roles = Config.schema(Schema.Literals(["doors", "worker", "doors,worker"]), "SPOOR_INGEST_ROLES").pipe(
  Config.withDefault("doors,worker" as const),
  Config.map((roles) => (roles === "doors,worker" ? (["doors", "worker"] as const) : ([roles] as const)))
)

const Replicas = Config.schema(Schema.Literals(["1", "3"]), "SPOOR_NATS_REPLICAS").pipe(
  Config.withDefault("1" as const),
  Config.map((replicas) => (replicas === "3" ? 3 : 1))
)

/** Empty means none, as everywhere. */
const MetricsPort = Config.String("SPOOR_METRICS_PORT").pipe(
  Config.withDefault(""),
  Config.flatMap((port) => (port === "" ? Config.succeed(null) : Config.Port("SPOOR_METRICS_PORT")))
)

/** The names and meanings are OpenTelemetry's. An empty address means none, as above. */
const telemetry = Config.all({
  endpoint: Config.schema(Schema.Union([Schema.Literal(""), Schema.URLFromString]), "OTEL_EXPORTER_OTLP_ENDPOINT").pipe(
    Config.withDefault("" as const),
    Config.map((endpoint) => (endpoint === "" ? null : endpoint))
  ),
  protocol: Config.schema(Schema.Literals(["http/protobuf", "http/json"]), "OTEL_EXPORTER_OTLP_PROTOCOL").pipe(
    Config.withDefault("http/protobuf" as const)
  ),
  headers: Config.Record(
    Schema.String,
    Schema.Redacted(Schema.StringFromUriComponent),
    "OTEL_EXPORTER_OTLP_HEADERS"
  ).pipe(Config.withDefault({})),
  serviceName: Config.NonEmptyString("OTEL_SERVICE_NAME").pipe(Config.withDefault("spoor-ingest"))
})

/** The panel as people reach it, for links to it. Empty means that nobody knows. *Shape*: without a slash at the end. */
const PanelUrl = Config.schema(Schema.Union([Schema.Literal(""), Schema.URLFromString]), "SPOOR_PANEL_PUBLIC_URL").pipe(
  Config.withDefault("" as const),
  Config.map((url) => (url === "" ? null : url.href.replace(/\/+$/, "")))
)

/** Networks beside the public internet that webhooks may be sent to. */
const WebhookNetworks = Config.schema(
  Schema.String.check(
    Schema.makeFilter((text: string) => Network.parseAllowed(text) !== null, {
      expected: "true, or networks such as 10.0.0.0/8 with commas between them"
    })
  ),
  "SPOOR_WEBHOOK_ALLOW_PRIVATE"
).pipe(
  Config.withDefault(""),
  Config.map((text) => Network.parseAllowed(text)!)
)

/** Every setting of this app, read and validated once at start; the README has them in a table. */
export const settings = Config.all({
  host: Config.NonEmptyString("SPOOR_HOST").pipe(Config.withDefault("127.0.0.1")),
  port: Config.Port("SPOOR_INGEST_PORT").pipe(Config.withDefault(4000)),
  home: Config.NonEmptyString("SPOOR_HOME").pipe(Config.withDefault(".spoor")),
  databaseUrl: Config.Redacted("DATABASE_URL"),
  /** Empty means the embedded queue, because that is how one takes a variable back in a shell or a compose file. */
  natsUrl: Config.Redacted("NATS_URL").pipe(Config.withDefault(Redacted.make(""))),
  natsReplicas: Replicas,
  queueLimits: limitsConfig,
  panelUrl: PanelUrl,
  roles: Roles,
  webhookNetworks: WebhookNetworks,
  metricsHost: Config.NonEmptyString("SPOOR_METRICS_HOST").pipe(Config.withDefault("127.0.0.1")),
  metricsPort: MetricsPort,
  log: Log.config(process.stdout.isTTY),
  telemetry
})
