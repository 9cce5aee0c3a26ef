import * as Log from "@spoor/contracts/log"
import { type Duration, Effect, Schedule } from "effect"

const patience = Schedule.jittered(Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")]))

/** Tries for ever what may pass: PostgreSQL restarting, a full disk being emptied. A defect ends a try, and not the worker. */
export const patiently = (message: string) => {
  const complain = Log.nowAndThen(message)
  return <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    effect.pipe(
      Effect.catchDefect((defect) => Effect.fail(defect)),
      Effect.tapError((error) => complain(error)),
      Effect.retry(patience),
      Effect.orDie
    )
}

/**
 * Does a job for ever: again at once while there was something to do, else after the pause. *Shape*: the job gives how much it did;
 * `message` says that it failed and is tried again.
 */
export const steadily =
  (message: string, pause: Duration.Input) =>
  <E, R>(job: Effect.Effect<number | boolean, E, R>): Effect.Effect<never, never, R> =>
    job.pipe(
      patiently(message),
      Effect.tap((done) => (Number(done) === 0 ? Effect.sleep(pause) : Effect.void)),
      Effect.forever
    )

/** The same with a pause each time, and one before the first: after a start there is more to do than this. */
export const nowAndThen =
  (message: string, { every, first }: { readonly every: Duration.Input; readonly first: Duration.Input }) =>
  <A, E, R>(job: Effect.Effect<A, E, R>): Effect.Effect<never, never, R> =>
    Effect.andThen(
      Effect.sleep(first),
      job.pipe(patiently(message), Effect.andThen(Effect.sleep(every)), Effect.forever)
    )
