import * as Log from "@spoor/contracts/log"
import * as Network from "@spoor/contracts/network"
import {
  Activities,
  ActivityLog,
  Identifications,
  RejectedItems,
  RejectedReplays,
  ReportedOrders,
  Retention,
  ApiKeys,
  DeadLetters,
  LogCounts,
  LogLayouts,
  LogReader,
  LogTail,
  LogValues,
  Overview,
  Persons,
  PersonStory,
  PostgresClient,
  SavedViews,
  SecondFactors,
  SessionEventLog,
  SessionStory,
  Sites,
  SmsGateways,
  SmsHealth,
  UnitLock,
  Units,
  Users,
  WebhookDeliveries,
  Webhooks,
  WriteKeys
} from "@spoor/postgres"
import { Duration, Effect, Layer, ManagedRuntime, Redacted, Schedule, Stream } from "effect"
import { load, type Settings } from "../../config.ts"
import { NatsQueue } from "@spoor/nats"
import { Queue } from "@spoor/queue"
import { AsyncLocalStorage } from "node:async_hooks"
import { join } from "node:path"
import { Auth, type Person } from "./Auth.ts"
import { PanelLog } from "./PanelLog.ts"
import { Readiness } from "./Readiness.ts"

let known: Settings | undefined

/** Read when first asked for, because a build runs this module too; `init` in hooks.server.ts asks at once. */
export const settings = (): Settings => (known ??= Effect.runSync(load))

/** What `SPOOR_WEBHOOK_ALLOW_PRIVATE` lets in. It throws when that is neither `true` nor networks. */
export const allowedNetworks = (): Network.Networks => {
  const networks = Network.parseAllowed(settings().webhookNetworks)
  if (networks === null) throw new Error("SPOOR_WEBHOOK_ALLOW_PRIVATE: expected true, or networks such as 10.0.0.0/8")
  return networks
}

/** How this process logs: nothing that was sent can forge a line of it, and nothing personal is in it (ASVS V16.4.1). */
const Logging = Layer.unwrap(Effect.sync(() => Log.layer(settings().log)))

/** Writes an entry, whatever has become of everything else. */
export const tell = (entry: Effect.Effect<void>): void => Effect.runSync(Effect.provide(entry, Logging))

const Database = Layer.unwrap(
  Effect.sync(() =>
    PostgresClient.layer({
      url: settings().databaseUrl,
      applicationName: "spoor panel",
      poolSizeMax: 10,
      statementTimeout: Duration.seconds(20),
      mayBeAway: true
    })
  )
)

/** Once an hour, whatever the panel keeps for signing in is cleared of what is over. */
const Sweeper = Layer.effectDiscard(
  Effect.flatMap(Auth, (auth) =>
    auth.sweep.pipe(
      Effect.catchCause((cause) => Effect.logWarning("sweep failed", cause)),
      Effect.repeat(Schedule.spaced("1 hour")),
      Effect.forkScoped
    )
  )
)

const HandOver = Layer.unwrap(
  Effect.sync(() => {
    const { home, natsReplicas, natsUrl, queueLimits } = settings()
    return Redacted.value(natsUrl) === ""
      ? Queue.layerEmbedded({ ...queueLimits, folder: join(home, "queue") })
      : NatsQueue.layer({ ...queueLimits, url: natsUrl, replicas: natsReplicas })
  })
)

const Services = Layer.mergeAll(
  Activities.layer,
  ActivityLog.layer,
  Identifications.layer,
  RejectedItems.layer,
  RejectedReplays.layer,
  ReportedOrders.layer,
  Retention.layer,
  ApiKeys.layer,
  DeadLetters.layer,
  LogCounts.layer,
  LogLayouts.layer,
  LogReader.layer,
  LogTail.layer.pipe(Layer.provide(LogReader.layer)),
  LogValues.layer,
  SavedViews.layer,
  SecondFactors.layer,
  Overview.layer,
  Persons.layer,
  PersonStory.layer,
  PanelLog.layer.pipe(Layer.provideMerge(HandOver)),
  Readiness.layer,
  SessionEventLog.layer,
  SessionStory.layer,
  Sites.layer,
  SmsGateways.layer,
  SmsHealth.layer,
  Units.layer,
  Users.layer,
  WebhookDeliveries.layer,
  Webhooks.layer,
  WriteKeys.layer,
  Sweeper.pipe(Layer.provideMerge(Auth.layer))
).pipe(Layer.provide(Database), Layer.provideMerge(Logging))

/** The one runtime of the process, and the only door from screens to the database. */
export const runtime = ManagedRuntime.make(Services)

export type Services = Layer.Success<typeof Services>

/** Whose request is answered: whatever it asks of the database is of their unit (ADR 0047). */
export const asking = new AsyncLocalStorage<Pick<Person, "unitId">>()

/** Runs what a screen needs. Kit's `redirect` and `error` are thrown outside of effects, never inside. */
export const run = <A, E>(effect: Effect.Effect<A, E, Services>): Promise<A> => {
  const person = asking.getStore()
  return runtime.runPromise(person === undefined ? effect : UnitLock.within(person.unitId)(effect))
}

/** An answer that is written as long as its reader reads. */
export const toBody = async <E>(stream: Stream.Stream<Uint8Array, E, Services>) => {
  const person = asking.getStore()
  const locked = person === undefined ? stream : UnitLock.streamWithin(person.unitId)(stream)
  return Stream.toReadableStreamWith(locked, await runtime.context())
}
