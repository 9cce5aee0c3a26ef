import * as Log from "@spoor/contracts/log"
import { limitsConfig } from "@spoor/queue"
import { Config, ConfigProvider, Effect, Redacted, Schema } from "effect"

/** The panel's settings; names and defaults are listed in the README. Also read by server.js, hence no import that only Vite resolves. */
const settings = Config.all({
  /** The PostgreSQL to read. The launcher sets it when it starts the embedded one. */
  databaseUrl: Config.Redacted("DATABASE_URL"),
  /** Where the queue's file is, shared with the ingest process. */
  home: Config.NonEmptyString("SPOOR_HOME").pipe(Config.withDefault(".spoor")),
  /** The servers that carry the queue instead of that file; empty means none. */
  natsUrl: Config.Redacted("NATS_URL").pipe(Config.withDefault(Redacted.make(""))),
  /** On how many of them every message lies. */
  natsReplicas: Config.schema(Schema.Literals(["1", "3"]), "SPOOR_NATS_REPLICAS").pipe(
    Config.withDefault("1" as const),
    Config.map((replicas) => (replicas === "3" ? 3 : 1))
  ),
  /** How much the queue may hold. */
  queueLimits: limitsConfig,
  /** The interface to listen on. Default: loopback only. */
  host: Config.NonEmptyString("SPOOR_HOST").pipe(Config.withDefault("127.0.0.1")),
  port: Config.Port("SPOOR_PANEL_PORT").pipe(Config.withDefault(3000)),
  /** Where shops reach the ingest door; stands in the snippet that they paste. */
  ingestPublicUrl: Config.URL("SPOOR_INGEST_PUBLIC_URL").pipe(Config.withDefault(new URL("http://127.0.0.1:4000"))),
  log: Log.config(process.stdout.isTTY),
  /** Networks beside the public internet that webhooks may go to, as the ingest process has them. */
  webhookNetworks: Config.String("SPOOR_WEBHOOK_ALLOW_PRIVATE").pipe(Config.withDefault("")),
  /** Whether cookies travel over https only. Default: yes, unless the panel listens on loopback. */
  isCookieSecure: Config.option(Config.Boolean("SPOOR_PANEL_SECURE_COOKIES")),
  /** Whether one reverse proxy stands in front, whose X-Forwarded-For and X-Forwarded-Proto are believed. Default: no. */
  isProxyTrusted: Config.Boolean("SPOOR_PANEL_TRUST_PROXY").pipe(Config.withDefault(false))
})

export interface Settings extends Omit<Config.Success<typeof settings>, "isCookieSecure"> {
  readonly isCookieSecure: boolean
}

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"])

/** Reads and checks every setting. *Fails* with `ConfigError`, which names the setting that is wrong. */
export const load = Effect.gen(function* () {
  const { isCookieSecure, ...rest } = yield* settings.parse(ConfigProvider.fromEnv())
  const isSecure = isCookieSecure._tag === "Some" ? isCookieSecure.value : !LOOPBACK.has(rest.host)
  return { ...rest, isCookieSecure: isSecure } satisfies Settings
})
