import { type Cause, Clock, Duration, Effect, Fiber } from "effect"

/** *Shape*: `wait` is how long one asker waits, `freshFor` how long an answer is given to others. */
export interface Patience {
  readonly wait: Duration.Input
  readonly freshFor: Duration.Input
}

/**
 * A question to something that may not answer: nobody waits longer than `wait`, and however often it is asked, only one such
 * question is under way. A statement on a server that hangs cannot even be interrupted, so it is left running.
 *
 * *Fails* with `TimeoutError` when there was no answer in time.
 */
export const make = Effect.fnUntraced(function* <A, E>(ask: Effect.Effect<A, E>, { freshFor, wait }: Patience) {
  const scope = yield* Effect.scope
  let asking: Fiber.Fiber<A, E> | undefined
  let answeredAt = 0
  const noted = Effect.ensuring(
    ask,
    Effect.map(Clock.currentTimeMillis, (now) => {
      answeredAt = now
    })
  )
  const isStale = (asked: Fiber.Fiber<A, E>, now: number): boolean =>
    asked.pollUnsafe() !== undefined && now - answeredAt >= Duration.toMillis(freshFor)
  const answer: Effect.Effect<A, E | Cause.TimeoutError> = Effect.gen(function* () {
    if (asking === undefined || isStale(asking, yield* Clock.currentTimeMillis)) {
      asking = yield* Effect.forkIn(noted, scope)
    }
    return yield* Effect.timeout(Fiber.join(asking), wait)
  })
  return { answer }
})
