import { Config } from "effect"

/** Every setting of the demo. The launcher gives them; by hand only the keys are needed. */
export const settings = Config.all({
  host: Config.NonEmptyString("SPOOR_HOST").pipe(Config.withDefault("127.0.0.1")),
  port: Config.Port("SPOOR_SHOP_PORT").pipe(Config.withDefault(4020)),
  ingestUrl: Config.NonEmptyString("SPOOR_DEMO_INGEST_URL").pipe(Config.withDefault("http://127.0.0.1:4000")),
  writeKey: Config.NonEmptyString("SPOOR_DEMO_WRITE_KEY"),
  /** With a server key and an instant (epoch milliseconds) the fortnight before it is sent first. */
  serverKey: Config.option(Config.Redacted("SPOOR_DEMO_SERVER_KEY")),
  /** With an API key the shop's own systems report customers, orders and custom events, too. */
  apiKey: Config.option(Config.Redacted("SPOOR_DEMO_API_KEY")),
  /** With these the shop's texts are reported by gateways: where the adapter is, where the operator listens, what all of them prove themselves with. */
  smsUrl: Config.NonEmptyString("SPOOR_DEMO_SMS_URL").pipe(Config.withDefault("http://127.0.0.1:4010")),
  smscPort: Config.option(Config.Port("SPOOR_DEMO_SMSC_PORT")),
  smsSecret: Config.option(Config.Redacted("SPOOR_DEMO_SMS_SECRET")),
  historyUntil: Config.option(Config.Int("SPOOR_DEMO_HISTORY_UNTIL"))
})

/** The site that the keys are for. */
export const siteId = "sklep"

/** The same seed gives the same visitors on every machine. */
export const seed = "dom-i-herbata"
