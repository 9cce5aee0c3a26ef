import { Clock, Duration, Effect, Ref, Schedule } from "effect"

/** How often what is held is read again. What was taken away is refused after at most this long. */
const refreshEvery = "2 seconds"

/** A name that is not known makes all be read again, at most this often, unless told otherwise. */
const missPauseMin = Duration.millis(500)

/**
 * What the database has, by name, held in memory: a door must answer while PostgreSQL is away. What was read last stays good.
 *
 * *Fails* when it cannot be read for the first time.
 */
export const hold = Effect.fnUntraced(function* <A, E>(
  read: Effect.Effect<ReadonlyMap<string, A>, E>,
  missPause: Duration.Duration = missPauseMin
) {
  const held = yield* Ref.make<{ readonly values: ReadonlyMap<string, A>; readonly readAt: number }>({
    values: new Map(),
    readAt: 0
  })
  const refresh = Effect.gen(function* () {
    yield* Ref.set(held, { values: yield* read, readAt: yield* Clock.currentTimeMillis })
  })
  const tryRefresh = Effect.ignore(refresh)
  yield* refresh
  yield* Effect.forkScoped(Effect.repeat(tryRefresh, Schedule.spaced(refreshEvery)))

  /** Gives null for a name that nothing has. */
  const find = Effect.fnUntraced(function* (name: string) {
    const { readAt, values } = yield* Ref.get(held)
    const found = values.get(name)
    if (found !== undefined) return found
    if ((yield* Clock.currentTimeMillis) - readAt < Duration.toMillis(missPause)) return null
    yield* tryRefresh
    return (yield* Ref.get(held)).values.get(name) ?? null
  })
  const all = Effect.map(Ref.get(held), ({ values }): ReadonlyArray<A> => [...values.values()])
  return { find, all }
})
