import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cause, ConfigProvider, Console, Effect, Exit, Layer, Redacted, References } from "effect"
import { settings as readSettings, type Settings } from "./config.ts"
import * as Database from "./Database.ts"
import * as Demo from "./Demo.ts"
import * as Foundation from "./Foundation.ts"
import * as Gateways from "./Gateways.ts"
import * as Home from "./Home.ts"
import * as Notice from "./Notice.ts"
import * as Part from "./Part.ts"
import * as Parts from "./Parts.ts"
import * as Ports from "./Ports.ts"
import * as Secrets from "./Secrets.ts"
import { StartError } from "./StartError.ts"

const start = Effect.gen(function* () {
  const settings = yield* readSettings.pipe(Effect.mapError(explainSetting))
  yield* Home.open(settings.home)
  yield* Ports.checkFree(settings)
  yield* say(settings.databaseUrl === "" ? "Starting the embedded database" : "Connecting to the database")
  const url = yield* Database.locate(settings)
  const smscPort = yield* Ports.findFree(settings.host)
  const { secrets, foundation, history } = yield* prepare(settings, url, smscPort)

  const sms = Parts.sms(settings, Redacted.value(url), secrets)
  const shop = Parts.shop(settings, secrets, history, smscPort)
  const servers = [Parts.ingest(settings, Redacted.value(url)), Parts.panel(settings, Redacted.value(url))]
  // What the parts write from here on (the queue holds e-mail addresses) is for this user's eyes.
  process.umask(0o077)
  yield* say(`Starting ${[...servers, shop, sms].map((part) => part.name).join(", ")}`)
  const parts = yield* Effect.forEach([...servers, shop], Part.launch)
  // The shop's operator is there before the adapter binds to it.
  yield* parts.at(-1)!.firstAnswer
  parts.push(yield* Part.launch(sms))
  yield* Effect.forEach(parts, (part) => part.firstAnswer, { concurrency: "unbounded", discard: true })
  yield* Demo.awaitHistory(settings, Parts.shopUrl(settings), foundation, history)
  yield* Console.log(Notice.format(settings, secrets, foundation))
  return yield* Effect.never
})

/** Schema, secrets, the first unit and whether the demo's history is still to be sent; the connection closes after it. */
const prepare = (settings: Settings, url: Redacted.Redacted<string>, smscPort: number) =>
  Effect.gen(function* () {
    const secrets = yield* Secrets.loadOrMake(settings.home, settings.adminEmail)
    const foundation = yield* Foundation.lay(secrets, Parts.shopUrl(settings))
    yield* Gateways.lay(foundation.unitId, new URL(Parts.shopUrl(settings)).hostname, smscPort)
    return { secrets, foundation, history: yield* Demo.plan(settings, foundation) }
  }).pipe(
    Effect.provide(Database.layer(url)),
    Effect.catchTag("SqlError", (error) => Effect.fail(Database.explain(error.reason.message)))
  )

/** The message names the setting and what was expected of it, within the error's own brackets. */
const explainSetting = ({ message }: Error) =>
  new StartError({ message: `A setting is wrong. ${message.replace(/^\w+\(([^]*)\)$/, "$1")}` })

const say = (what: string) => Console.log(`▸ ${what}…`)

const program = Effect.scoped(Effect.onInterrupt(start, () => Console.log("\nStopping…"))).pipe(
  Effect.onInterrupt(() => Console.log("Stopped.")),
  Effect.provide(Layer.mergeAll(NodeServices.layer, ConfigProvider.layer(ConfigProvider.fromEnv()))),
  Effect.provideService(References.MinimumLogLevel, "Warn")
)

NodeRuntime.runMain(program, {
  disableErrorReporting: true,
  teardown: (exit, onExit) => {
    if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return onExit(0)
    const error = Cause.squash(exit.cause)
    console.error(error instanceof StartError ? `\n✗ ${error.message}` : Cause.pretty(exit.cause))
    onExit(1)
  }
})
