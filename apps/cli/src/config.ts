import { limitsConfig } from "@spoor/queue"
import { Config, Redacted } from "effect"
import { resolve } from "node:path"

/** The repository, from which the launcher too takes a relative SPOOR_HOME. */
const root = resolve(import.meta.dirname, "../../..")

/** Empty means none, because that is how one takes a variable back in a shell or a compose file. */
const optional = (name: string) => Config.Redacted(name).pipe(Config.withDefault(Redacted.make("")))

/** Where a running Spoor keeps its data, under the names and with the defaults that its processes have. */
export const settings = Config.all({
  home: Config.NonEmptyString("SPOOR_HOME").pipe(
    Config.withDefault(".spoor"),
    Config.map((home) => resolve(root, home))
  ),
  databaseUrl: optional("DATABASE_URL"),
  natsUrl: optional("NATS_URL"),
  queueLimits: limitsConfig,
  /** How gateways reach the SMS adapter. *Shape*: without a slash at the end. */
  smsUrl: Config.String("SPOOR_SMS_PUBLIC_URL").pipe(
    Config.withDefault(""),
    Config.map((url) => (url === "" ? "http://127.0.0.1:4010" : url.replace(/\/+$/, "")))
  )
})
