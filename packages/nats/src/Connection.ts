import { connect, deadline, type NatsConnection, type Status } from "@nats-io/transport-node"
import { QueueUnavailable } from "@spoor/queue"
import { Duration, Effect, Latch, Redacted, Schedule, Stream } from "effect"
import * as Address from "./Address.ts"
import { isLeaderless, refusal } from "./Refusal.ts"
import type { Settings } from "./Settings.ts"

/** A connection that is renewed for ever, until its scope ends. */
export interface Connection {
  readonly nats: NatsConnection
  /** Open while there is a server. What is sent meanwhile would pile up in memory, so it waits here. */
  readonly isUp: Latch.Latch
  /** Open while there is none. */
  readonly isLost: Latch.Latch
  /** One exchange: not while the connection is lost, again while nobody leads, never longer than `answerWait`. */
  readonly ask: <A>(run: (timeout: number) => Promise<A>) => Effect.Effect<A, QueueUnavailable>
}

/** *Fails* with `io` if no server was there during `startWait`. */
export const open = Effect.fnUntraced(function* (settings: Settings) {
  const address = yield* Effect.try({
    try: () => Address.parse(Redacted.value(settings.url)),
    catch: (cause) => new QueueUnavailable({ reason: "io", cause })
  })
  const nats = yield* Effect.acquireRelease(
    Effect.tryPromise({
      try: () => connect({ ...address, ...options }),
      catch: (cause) => new QueueUnavailable({ reason: "io", cause })
    }),
    (opened) => Effect.promise(() => close(opened))
  ).pipe(patiently("NATS does not answer; trying again", settings))
  const isUp = yield* Latch.make(true)
  const isLost = yield* Latch.make(false)
  yield* Effect.forkScoped(watch(nats, isUp, isLost))
  // Whoever waits for a server finds the connection closed.
  yield* Effect.addFinalizer(() => isUp.open)

  const answerWait = Duration.fromInputUnsafe(settings.answerWait ?? "5 seconds")
  const ask: Connection["ask"] = (run) =>
    isUp.await.pipe(
      Effect.andThen(Effect.tryPromise({ try: () => run(Duration.toMillis(answerWait)), catch: refusal(nats) })),
      Effect.retry({ while: ({ cause }) => isLeaderless(cause), schedule: leaderRetry }),
      Effect.timeoutOrElse({ duration: answerWait, orElse: () => Effect.fail(silence(answerWait)) })
    )
  return { nats, isUp, isLost, ask } satisfies Connection
})

/** Tries for `startWait` what fails while servers start, and says so each time. */
export const patiently =
  (message: string, settings: Settings) =>
  <A, R>(effect: Effect.Effect<A, QueueUnavailable, R>) =>
    effect.pipe(
      Effect.tapError((error) => Effect.logWarning(message, error)),
      Effect.retry(Schedule.upTo(startRetry, { duration: settings.startWait ?? "30 seconds" }))
    )

const options = {
  name: "spoor",
  maxReconnectAttempts: -1,
  // Spread, so that the processes of a house do not come back in one instant.
  reconnectTimeWait: 250,
  reconnectJitter: 750,
  reconnectJitterTLS: 1500,
  // Credentials that are refused may be a server that is being set up anew.
  ignoreAuthErrorAbort: true,
  timeout: 5000,
  pingInterval: 10_000,
  noAsyncTraces: true
}

const startRetry = Schedule.jittered(Schedule.spaced("500 millis"))
const leaderRetry = Schedule.jittered(Schedule.spaced("100 millis"))

/** How long a closing may wait for what is still on its way; a lost server would never answer. Milliseconds. */
const drainWait = 1000

const close = (nats: NatsConnection): Promise<void> =>
  nats.isClosed() ? Promise.resolve() : deadline(nats.drain(), drainWait).catch(() => nats.close())

const silence = (answerWait: Duration.Duration) =>
  new QueueUnavailable({ reason: "io", cause: new Error(`NATS gave no answer for ${Duration.format(answerWait)}.`) })

const watch = (nats: NatsConnection, isUp: Latch.Latch, isLost: Latch.Latch) =>
  Stream.fromAsyncIterable(statuses(nats), refusal(nats)).pipe(
    Stream.runForEach(
      Effect.fnUntraced(function* (status) {
        if (status.type === "disconnect") {
          yield* Effect.andThen(isUp.close, isLost.open)
          yield* Effect.logWarning("NATS was lost", status.server)
        } else if (status.type === "reconnect") {
          yield* Effect.andThen(isLost.close, isUp.open)
          yield* Effect.logInfo("NATS is back", status.server)
        } else if (status.type === "error") yield* Effect.logWarning("NATS reports a failure", status.error)
      })
    ),
    Effect.ignore
  )

/** A generator of our own, because `return` of the client's iterator gives no promise. */
async function* statuses(nats: NatsConnection): AsyncGenerator<Status> {
  for await (const status of nats.status()) yield status
}
