// First of all, so that every schema is compiled.
// oxlint-disable-next-line import/no-unassigned-import
import "effect/schema/SchemaJITCompiler/enable"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Log from "@spoor/contracts/log"
import { heldServer } from "@spoor/contracts/server"
import { NatsQueue } from "@spoor/nats"
import {
  Activities,
  ApiKeys,
  CustomEvents,
  Customers,
  Counters,
  DeadLetters,
  Identifications,
  Intakes,
  Known,
  Orders,
  LogReader,
  LogWriter,
  PostgresClient,
  RejectedItems,
  RejectedReplays,
  ReportedOrders,
  Retention,
  SessionEvents,
  Sessions,
  Sites,
  SmsMessages,
  Units,
  Unsettled,
  Vitals,
  WebhookDeliveries,
  Webhooks,
  WriteKeys
} from "@spoor/postgres"
import { Queue, watch } from "@spoor/queue"
import { Cause, ConfigProvider, Effect, Layer, Redacted } from "effect"
import { join } from "node:path"
import { Backlog } from "./Backlog.ts"
import { Checkpoints } from "./Checkpoints.ts"
import { settings } from "./config.ts"
import { Expiry } from "./Expiry.ts"
import { Gauges } from "./Gauges.ts"
import * as Health from "./Health.ts"
import * as Http from "./Http.ts"
import { EventTables } from "./door/EventTables.ts"
import { ApiKeyring, Keyring } from "./door/Keyring.ts"
import { TrackerFile } from "./door/TrackerFile.ts"
import { LogWorker } from "./LogWorker.ts"
import * as Operators from "./Operators.ts"
import { Asked } from "./rejected/Asked.ts"
import { Replay } from "./rejected/Replay.ts"
import * as Telemetry from "./Telemetry.ts"
import { Deliverer } from "./webhook/Deliverer.ts"
import { Outbound } from "./webhook/Outbound.ts"
import { SmsWorker } from "./SmsWorker.ts"
import { Worker } from "./Worker.ts"

const app = Layer.unwrap(
  Effect.gen(function* () {
    const found = yield* settings
    const { host, port, home, databaseUrl, metricsHost, metricsPort, natsReplicas, natsUrl, roles, telemetry } = found
    const { queueLimits } = found
    const postgres = PostgresClient.layer({ url: databaseUrl, applicationName: "spoor-ingest", mayBeAway: true })
    const repositories = Layer.mergeAll(
      Activities.layer,
      ApiKeys.layer,
      CustomEvents.layer,
      Customers.layer,
      Counters.layer,
      DeadLetters.layer,
      Identifications.layer,
      Intakes.layer,
      Orders.layer,
      LogReader.layer,
      LogWriter.layer,
      RejectedItems.layer,
      RejectedReplays.layer,
      ReportedOrders.layer,
      Retention.layer,
      SessionEvents.layer,
      Sessions.layer,
      Sites.layer,
      SmsMessages.layer,
      Units.layer,
      Unsettled.layer,
      Vitals.layer,
      WebhookDeliveries.layer,
      Webhooks.layer,
      WriteKeys.layer
    ).pipe(Layer.provideMerge(postgres))
    const queue =
      Redacted.value(natsUrl) === ""
        ? Queue.layerEmbedded({ ...queueLimits, folder: join(home, "queue") })
        : NatsQueue.layer({ ...queueLimits, url: natsUrl, replicas: natsReplicas })
    const server = NodeHttpServer.layer(() => heldServer(), { host, port })

    const doors = Http.serve(Layer.mergeAll(Http.doors, Http.apis, Health.routes)).pipe(
      // Nobody listens before the keys are known: who is let in is asked of them.
      Layer.provide(server),
      Layer.provide(Replay.layer),
      Layer.provide(Layer.mergeAll(ApiKeyring.layer, EventTables.layer, Keyring.layer, Worker.layer)),
      Layer.provide(TrackerFile.layer)
    )
    const worker = Layer.effectDiscard(
      Effect.gen(function* () {
        yield* Effect.forkScoped((yield* Worker).run)
        yield* Effect.forkScoped((yield* Backlog).run)
        yield* Effect.forkScoped((yield* LogWorker).run)
        yield* Effect.forkScoped((yield* SmsWorker).run)
        yield* Effect.forkScoped((yield* Expiry).run)
        yield* Effect.forkScoped((yield* Checkpoints).run)
        yield* Effect.forkScoped((yield* Asked).run)
      })
    ).pipe(
      Layer.provide(Asked.layer.pipe(Layer.provide(Replay.layer), Layer.provide(EventTables.layer))),
      Layer.provide(Layer.mergeAll(Worker.layer, Backlog.layer, LogWorker.layer, SmsWorker.layer, Expiry.layer)),
      Layer.provide(Checkpoints.layer({ home }))
    )
    const webhooks = Layer.effectDiscard(Effect.flatMap(Deliverer, ({ run }) => Effect.forkScoped(run))).pipe(
      Layer.provide(Deliverer.layer({ panelUrl: found.panelUrl })),
      Layer.provide(Outbound.layer({ allowed: found.webhookNetworks }))
    )
    const operators = Layer.mergeAll(
      metricsPort === null ? Layer.empty : Operators.layer({ host: metricsHost, port: metricsPort }),
      Telemetry.metrics(telemetry)
    )
    return Layer.mergeAll(
      inRole(roles.includes("doors"), doors),
      inRole(roles.includes("worker"), Layer.merge(worker, webhooks)),
      operators,
      Layer.effectDiscard(Effect.forkScoped(watch))
    ).pipe(
      Layer.provide([Gauges.layer(roles), Health.Readiness.layer(roles)]),
      Layer.provide(queue),
      Layer.provide(Layer.succeed(Known.Folder, join(home, "known"))),
      Layer.provide(repositories),
      Layer.provide(Telemetry.tracing(telemetry))
    )
  })
)

const inRole = <E, R>(isOn: boolean, part: Layer.Layer<never, E, R>): Layer.Layer<never, E, R> =>
  isOn ? part : Layer.empty

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

// What went wrong is in the log already, in its format and without anybody's data.
NodeRuntime.runMain(program, { disableErrorReporting: true })
