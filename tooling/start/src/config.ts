import { Config, Schema } from "effect"
import * as path from "node:path"

/** The repository: this file runs as tooling/start/dist/main.js and, in tests, as tooling/start/src/config.ts. */
export const root = path.resolve(import.meta.dirname, "../../..")

/** Every setting of the launcher, read once. `settings.json` has the same list for `--help`; a test compares them. */
export const settings = Config.all({
  home: Config.String("SPOOR_HOME").pipe(
    Config.withDefault(".spoor"),
    Config.map((home) => path.resolve(root, home))
  ),
  /** Empty means none, because that is how one takes a variable back in a shell or a compose file. */
  databaseUrl: Config.String("DATABASE_URL").pipe(Config.withDefault("")),
  /** The parts read these two themselves; here they are checked before anything starts. */
  natsUrl: Config.String("NATS_URL").pipe(Config.withDefault("")),
  natsReplicas: Config.schema(Schema.Literals(["1", "3"]), "SPOOR_NATS_REPLICAS").pipe(
    Config.withDefault("1" as const)
  ),
  /** The parts check it: it is one line that names what is wrong, and nothing has begun by then. */
  queueSize: Config.String("SPOOR_QUEUE_SIZE").pipe(Config.withDefault("")),
  host: Config.NonEmptyString("SPOOR_HOST").pipe(Config.withDefault("127.0.0.1")),
  panelPort: Config.Port("SPOOR_PANEL_PORT").pipe(Config.withDefault(3000)),
  ingestPort: Config.Port("SPOOR_INGEST_PORT").pipe(Config.withDefault(4000)),
  smsPort: Config.Port("SPOOR_SMS_PORT").pipe(Config.withDefault(4010)),
  shopPort: Config.Port("SPOOR_SHOP_PORT").pipe(Config.withDefault(4020)),
  adminEmail: Config.NonEmptyString("SPOOR_ADMIN_EMAIL").pipe(
    Config.withDefault("admin@spoor.local"),
    Config.map((email) => email.trim().normalize("NFC").toLowerCase())
  ),
  /** The doors' part reads it itself, as above; empty means none. */
  metricsPort: Config.String("SPOOR_METRICS_PORT").pipe(
    Config.withDefault(""),
    Config.flatMap((port) =>
      port === "" ? Config.succeed(port) : Config.map(Config.Port("SPOOR_METRICS_PORT"), String)
    )
  ),
  /** Somebody reads what the parts say here, unless told otherwise. */
  logFormat: Config.schema(Schema.Literals(["text", "json"]), "SPOOR_LOG_FORMAT").pipe(
    Config.withDefault("text" as const)
  )
})

export type Settings = Config.Success<typeof settings>

/** The address under which this machine reaches a port; an interface that means "all of them" is no address. */
export const urlOf = ({ host }: Pick<Settings, "host">, port: number): string => {
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`
}
