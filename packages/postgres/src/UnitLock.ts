import { Effect, Stream } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Whatever is asked of the database meanwhile sees and changes rows of this unit only, even where a query forgets to say so: a
 * second lock behind the queries (ADR 0047). Set where a request is known to be of a unit, by its session or its key.
 *
 * A statement outside of a transaction gets one, two round trips more. *Fails*, as a `SqlError` of a single statement would, where
 * migration 0022 is missing.
 */
export const within =
  (unitId: number) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.provideService(effect, SqlClient.BeginTransaction, begin(unitId))

/** The same for a stream, as long as it runs. */
export const streamWithin =
  (unitId: number) =>
  <A, E, R>(stream: Stream.Stream<A, E, R>): Stream.Stream<A, E, R> =>
    Stream.provideService(stream, SqlClient.BeginTransaction, begin(unitId))

/** Without the lock, inside one: for what concerns more than a unit's own rows. */
export const lifted = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.provideService(effect, SqlClient.BeginTransaction, undefined)

/** One round trip. What is in `of_unit` is found before the tables of `public`. */
const begin = (unitId: number) =>
  `begin; set local role spoor_unit; set local search_path = of_unit, public; set local spoor.unit = '${Math.trunc(unitId)}'`
