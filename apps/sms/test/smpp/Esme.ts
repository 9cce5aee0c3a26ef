import { Cause, Duration, Effect, Logger, Redacted, Schedule } from "effect"
import type { Ended } from "../../src/smpp/Ended.ts"
import type * as Link from "../../src/smpp/Link.ts"
import type * as Receipt from "../../src/smpp/Receipt.ts"
import * as Session from "../../src/smpp/Session.ts"
import type { Limits, Settings } from "../../src/smpp/Settings.ts"

/** For tests of silence: short enough for a test, long enough for a loaded machine. */
export const impatient: Partial<Limits> = {
  bindWait: Duration.millis(400),
  enquireInterval: Duration.millis(150),
  answerWait: Duration.millis(400)
}

const limits: Partial<Limits> = {
  unbindWait: Duration.millis(600),
  retryFrom: Duration.millis(20),
  retryTo: Duration.millis(100),
  retryToUnauthorized: Duration.millis(200),
  refusalPause: Duration.millis(10)
}

export const password = "s3cr3t-Pa55"

export const settings = (port: number, more: Partial<Settings> = {}): Settings => ({
  host: "127.0.0.1",
  port,
  tls: null,
  systemId: "spoor",
  password: Redacted.make(password),
  systemType: "",
  mode: "receiver",
  binds: 1,
  ...more
})

export interface Options {
  readonly settings: Settings
  readonly limits?: Partial<Limits>
  readonly receive?: (readings: ReadonlyArray<Receipt.Reading>) => Effect.Effect<void, unknown>
}

/** A session that remembers what it was told, in batches, and what it logged. */
export const open = Effect.fnUntraced(function* (options: Options) {
  const batches: Array<ReadonlyArray<Receipt.Reading>> = []
  const lines: Array<string> = []
  const logger = Logger.make(({ cause, logLevel, message }) => {
    lines.push([logLevel, JSON.stringify(message), Cause.pretty(cause)].join(" "))
  })
  const session = yield* Session.open({
    settings: options.settings,
    limits: { ...limits, ...options.limits },
    receive: (readings) =>
      Effect.andThen(
        options.receive?.(readings) ?? Effect.void,
        Effect.sync(() => void batches.push(readings))
      )
  }).pipe(Effect.provide(Logger.layer([logger])))

  const until = (is: (states: ReadonlyArray<Link.State>) => boolean) => eventually(Effect.map(session.states, is))
  return {
    session,
    batches,
    lines,
    readings: () => batches.flat(),
    /** Waits until all binds are in such a phase. */
    phase: (phase: Link.State["phase"]) => until((states) => states.every((state) => state.phase === phase)),
    /** Waits until a bind ended so; the next one may be there already. */
    ended: (reason: Ended["reason"]) =>
      eventually(Effect.sync(() => lines.some((line) => line.includes(JSON.stringify(reason))))),
    /** Waits for so many readings. */
    readingsOf: (count: number) => eventually(Effect.sync(() => batches.flat().length >= count))
  }
})

/** Asks until it is so, for ten seconds. */
export const eventually = <E>(is: Effect.Effect<boolean, E>) =>
  is.pipe(
    Effect.flatMap((isSo) => (isSo ? Effect.void : Effect.fail("not yet" as const))),
    Effect.retry({ schedule: Schedule.spaced("5 millis"), times: 2_000 })
  )
