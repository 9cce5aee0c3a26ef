import { Clock, Duration, Effect, Fiber, Random, SubscriptionRef } from "effect"
import * as Connection from "./Connection.ts"
import { Ended } from "./Ended.ts"
import type * as Pdu from "./Pdu.ts"
import type { Limits } from "./Settings.ts"

/**
 * How a bind is doing.
 *
 * *Shape*: "waiting" is the pause before a new try. `since` is when `phase` began, `receivedAt` when receipts were taken
 * last. `ended` is why there is no bind, or why the one before ended.
 * *Units*: UTC milliseconds.
 */
export interface State {
  readonly phase: "connecting" | "bound" | "waiting" | "closed"
  readonly since: number
  readonly receivedAt: number | null
  readonly ended: Ended | null
}

/** A bind that is renewed for ever. */
export interface Link {
  readonly state: SubscriptionRef.SubscriptionRef<State>
  /** Never returns; unbinds when it is interrupted. */
  readonly run: Effect.Effect<never>
  /** *Fails* with `unbound` while there is no bind. */
  readonly submit: (submission: Connection.Submission) => Effect.Effect<Pdu.Pdu, Ended>
}

export const make = Effect.fnUntraced(function* <E>(options: Connection.Options<E>) {
  const { limits, settings } = options
  const state = yield* SubscriptionRef.make<State>({
    phase: "connecting",
    since: yield* Clock.currentTimeMillis,
    receivedAt: null,
    ended: null
  })
  const enter = (phase: State["phase"], more: Partial<State> = {}) =>
    Effect.flatMap(Clock.currentTimeMillis, (since) => {
      options.trace(() => [`· ${phase}`, ...(more.ended == null ? [] : [more.ended.message])].join(": "))
      return SubscriptionRef.update(state, (before) => ({ ...before, ...more, phase, since }))
    })
  const noteReceipts = Effect.flatMap(Clock.currentTimeMillis, (receivedAt) =>
    SubscriptionRef.update(state, (before) => ({ ...before, receivedAt }))
  )
  let current: Connection.Connection | null = null
  let passwords = [settings.password, settings.otherPassword ?? settings.password] as const

  const attempt = Effect.gen(function* () {
    yield* enter("connecting")
    const connection = yield* Connection.open({
      ...options,
      settings: { ...settings, password: passwords[0] },
      receive: (readings) => Effect.andThen(options.receive(readings), noteReceipts)
    })
    const work = yield* Effect.forkScoped(connection.work)
    yield* connection.bind
    yield* Effect.addFinalizer(() => {
      current = null
      return detached(connection.unbind)
    })
    current = connection
    yield* enter("bound")
    yield* Effect.logInfo("Bound to the gateway")
    return yield* Fiber.join(work)
  }).pipe(
    Effect.scoped,
    Effect.catchDefect((defect) =>
      Effect.logError("The bind ended by a fault of our own", defect).pipe(
        Effect.andThen(new Ended({ reason: "failed", message: String(defect) }))
      )
    )
  )

  const run = Effect.gen(function* () {
    let failures = 0
    while (true) {
      const startedAt = yield* Clock.currentTimeMillis
      const ended = yield* Effect.flip(attempt)
      failures = failuresAfter(failures, (yield* Clock.currentTimeMillis) - startedAt, limits)
      if (ended.reason === "unauthorized") passwords = [passwords[1], passwords[0]]
      yield* enter("waiting", { ended })
      yield* tell(ended)
      yield* Effect.sleep(pause(failures, ended, limits, yield* Random.next))
    }
  }).pipe(
    Effect.onExit(() => enter("closed")),
    Effect.annotateLogs({ bind: `${settings.systemId}@${settings.host}:${settings.port}` })
  )

  const submit: Link["submit"] = (submission) =>
    Effect.suspend(() =>
      current === null
        ? Effect.fail(new Ended({ reason: "unbound", message: "There is no bind." }))
        : current.submit(submission)
    )
  return { state, run, submit } satisfies Link
})

/** Outside the fiber that is being interrupted, where waiting can end by time. */
const detached = (effect: Effect.Effect<void>) =>
  Effect.flatMap(Effect.forkDetach(effect), (fiber) => Effect.asVoid(Fiber.await(fiber)))

const tell = ({ message, reason }: Ended) =>
  reason === "unauthorized"
    ? Effect.logError("Receipts are lost until somebody corrects our name or password at the gateway", reason, message)
    : Effect.logWarning("There is no bind to the gateway", reason, message)

/** How many attempts in a row failed, after one more that lasted so long; one that comes and goes is no success. *Units*: milliseconds. */
export const failuresAfter = (failures: number, lasted: number, limits: Limits): number =>
  lasted > Duration.toMillis(limits.retryTo) ? 1 : failures + 1

/**
 * Full jitter: a random part of a time that doubles, so that binds which ended together do not come back together.
 *
 * *Shape*: `chance` from 0 to 1.
 */
export const pause = (failures: number, ended: Ended, limits: Limits, chance: number): Duration.Duration => {
  const longest = ended.reason === "unauthorized" ? limits.retryToUnauthorized : limits.retryTo
  const grown = Duration.toMillis(limits.retryFrom) * 2 ** (failures - 1)
  return Duration.millis(chance * Math.min(grown, Duration.toMillis(longest)))
}
