import * as Log from "@spoor/contracts/log"
import { limitsConfig } from "@spoor/queue"
import { Config, Redacted, Schema } from "effect"
import * as Networks from "./gateway/Networks.ts"

const Replicas = Config.schema(Schema.Literals(["1", "3"]), "SPOOR_NATS_REPLICAS").pipe(
  Config.withDefault("1" as const),
  Config.map((replicas) => (replicas === "3" ? 3 : 1))
)

/** This app as gateways reach it: signatures cover the address. Empty means as it listens. *Shape*: without a slash at the end. */
const PublicUrl = Config.schema(Schema.Union([Schema.Literal(""), Schema.URLFromString]), "SPOOR_SMS_PUBLIC_URL").pipe(
  Config.withDefault("" as const),
  Config.map((url) => (url === "" ? null : url.href.replace(/\/+$/, "")))
)

/** Proxies whose word for the sender's address is taken. */
const TrustedProxies = Config.schema(
  Schema.String.check(
    Schema.makeFilter((text: string) => Networks.parseList(text) !== null, {
      expected: "networks such as 10.0.0.0/8 with commas between them"
    })
  ),
  "SPOOR_SMS_TRUSTED_PROXIES"
).pipe(
  Config.withDefault(""),
  Config.map((text) => Networks.parseList(text) ?? [])
)

/** Empty means none: nobody asks for metrics. */
const MetricsPort = Config.String("SPOOR_SMS_METRICS_PORT").pipe(
  Config.withDefault(""),
  Config.flatMap((port) => (port === "" ? Config.succeed(null) : Config.Port("SPOOR_SMS_METRICS_PORT")))
)

/** Every setting of this app, read and validated once at start; the README has them in a table. */
export const settings = Config.all({
  host: Config.NonEmptyString("SPOOR_HOST").pipe(Config.withDefault("127.0.0.1")),
  port: Config.Port("SPOOR_SMS_PORT").pipe(Config.withDefault(4010)),
  home: Config.NonEmptyString("SPOOR_HOME").pipe(Config.withDefault(".spoor")),
  databaseUrl: Config.Redacted("DATABASE_URL"),
  /** Empty means the embedded queue, because that is how one takes a variable back in a shell or a compose file. */
  natsUrl: Config.Redacted("NATS_URL").pipe(Config.withDefault(Redacted.make(""))),
  natsReplicas: Replicas,
  queueLimits: limitsConfig,
  publicUrl: PublicUrl,
  trustedProxies: TrustedProxies,
  metricsHost: Config.NonEmptyString("SPOOR_METRICS_HOST").pipe(Config.withDefault("127.0.0.1")),
  metricsPort: MetricsPort,
  log: Log.config(process.stdout.isTTY)
})

/** A secret that a gateway's settings name; empty means none. */
export const secretOf = (name: string) =>
  Config.Redacted(`SPOOR_SMS_SECRET_${name}`).pipe(Config.withDefault(Redacted.make("")))
