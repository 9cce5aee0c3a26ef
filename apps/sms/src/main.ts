// First of all, so that every schema is compiled.
// oxlint-disable-next-line import/no-unassigned-import
import "effect/schema/SchemaJITCompiler/enable"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Log from "@spoor/contracts/log"
import { heldServer } from "@spoor/contracts/server"
import { NatsQueue } from "@spoor/nats"
import { Known, PostgresClient, SmsGateways, SmsHealth, WriteKeys } from "@spoor/postgres"
import { Queue, watch } from "@spoor/queue"
import { Cause, ConfigProvider, Effect, Layer, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpMiddleware } from "effect/http"
import { join } from "node:path"
import { settings } from "./config.ts"
import { PublicUrl } from "./door/Delivery.ts"
import { Keyring } from "./door/Keyring.ts"
import { Replays } from "./door/Replays.ts"
import { Throttle } from "./door/Throttle.ts"
import { Gateways } from "./gateway/Gateways.ts"
import { Heartbeat } from "./Heartbeat.ts"
import * as Http from "./Http.ts"
import * as Operators from "./Operators.ts"
import { Handover } from "./report/Handover.ts"
import { Binds } from "./smpp/Binds.ts"
import { Traces } from "./Traces.ts"

/** How long requests under way have when the process is told to stop. */
const stopWait = "5 seconds"

const app = Layer.unwrap(
  Effect.gen(function* () {
    const found = yield* settings
    const { databaseUrl, home, host, metricsHost, metricsPort, natsReplicas, natsUrl, port, publicUrl, queueLimits } =
      found
    const postgres = PostgresClient.layer({
      url: databaseUrl,
      applicationName: "spoor-sms",
      poolSizeMax: 2,
      mayBeAway: true
    })
    const repositories = Layer.mergeAll(SmsGateways.layer, SmsHealth.layer, WriteKeys.layer).pipe(
      Layer.provide(postgres)
    )
    const queue =
      Redacted.value(natsUrl) === ""
        ? Queue.layerEmbedded({ ...queueLimits, folder: join(home, "queue") })
        : NatsQueue.layer({ ...queueLimits, url: natsUrl, replicas: natsReplicas })
    const server = NodeHttpServer.layer(() => heldServer(), { host, port, gracefulShutdownTimeout: stopWait })
    const doors = Http.serve({ trustedProxies: found.trustedProxies }).pipe(
      Layer.provide([Replays.layer, SecureRandom.layerWebCrypto, Throttle.layer, server])
    )
    const binds = Layer.effectDiscard(
      Effect.gen(function* () {
        yield* Effect.forkScoped((yield* Heartbeat).run)
        yield* Effect.forkScoped((yield* Binds).run)
        yield* Effect.forkScoped(watch)
      })
    )
    const operators = metricsPort === null ? Layer.empty : Operators.layer({ host: metricsHost, port: metricsPort })
    const watched = Layer.merge(binds, operators).pipe(
      Layer.provide(Heartbeat.layer.pipe(Layer.provideMerge(Binds.layer())))
    )
    return Layer.merge(doors, watched).pipe(
      Layer.provide([PublicUrl.layer(publicUrl ?? `http://${host}:${port}`), Traces.layer]),
      Layer.provide([Gateways.layer({ home }), Keyring.layer()]),
      Layer.provide(Layer.succeed(Known.Folder, join(home, "known"))),
      Layer.provide(Handover.layer),
      Layer.provide([queue, repositories]),
      // The platform's own spans of requests carry whole addresses, secrets in paths among them.
      Layer.provide(Layer.succeed(HttpMiddleware.TracerDisabledWhen, () => true))
    )
  })
)

const log = Layer.unwrap(
  settings.pipe(
    Effect.tapError((error) => Effect.logError("The settings cannot be used", error)),
    Effect.map(({ log }) => Log.layer(log))
  )
)

const program = Layer.launch(app).pipe(
  Effect.tapCause((cause) => (Cause.hasInterruptsOnly(cause) ? Effect.void : Effect.logFatal("Ended", cause))),
  Effect.provide(Layer.provideMerge(log, ConfigProvider.layer(ConfigProvider.fromEnv())))
)

// What went wrong is in the log already.
NodeRuntime.runMain(program, { disableErrorReporting: true })
