import { Clock, Context, Duration, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

/**
 * Who is trying: an account or an address, and how long its next attempt must wait after so many failures.
 *
 * *Units*: `delay` in milliseconds, 0 for at once.
 */
export interface Subject {
  readonly name: string
  readonly delay: (failures: number) => number
}

/** Failures older than this are forgotten, so that nobody stays slow for ever. */
const MEMORY = Duration.hours(1)

/** Nobody who fails to sign in has a unit yet: these rows stand under the unit that does not exist. */
const NO_UNIT = 0

/** The failed sign-ins that slow the next ones down. *Fails* with `SqlError`. */
export class SignInThrottle extends Context.Service<
  SignInThrottle,
  {
    /**
     * Asks for one attempt, and notes it as failed before it is made: of a hundred attempts at once, all but the first
     * see the others. `clear` takes it back when the attempt succeeds.
     *
     * *Shape*: 0, and the attempt may be made; or the milliseconds until it may, and nothing was noted.
     */
    readonly attempt: (subjects: ReadonlyArray<Subject>) => Effect.Effect<number, SqlError.SqlError>
    /** Forgets all failures of `account` and takes back the one that `attempt` noted for `address`. */
    readonly clear: (account: string, address: string) => Effect.Effect<void, SqlError.SqlError>
    /** Removes what is no longer remembered; anyone can make rows here, so it must run now and then. */
    readonly sweep: Effect.Effect<void, SqlError.SqlError>
  }
>()("@spoor/postgres/SignInThrottle") {
  static readonly layer = Layer.effect(
    SignInThrottle,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      /** Locked in the order of their names, so that two attempts never wait for each other in a circle. */
      const lock = (names: ReadonlyArray<string>, now: number) => sql<Failures>`
        insert into sign_in_throttle as known (unit_id, subject, failures, last_failed_at)
        select ${NO_UNIT}, name, 0, to_timestamp(0) from unnest(${names}::text[]) as name order by name
        on conflict (unit_id, subject) do update set failures = case
          when known.last_failed_at < to_timestamp(${now - Duration.toMillis(MEMORY)}::float8 / 1000) then 0
          else known.failures end
        returning subject, failures, (extract(epoch from last_failed_at) * 1000)::float8 as "failedAt"`

      const attempt = Effect.fn("SignInThrottle.attempt")(function* (subjects: ReadonlyArray<Subject>) {
        const now = yield* Clock.currentTimeMillis
        const names = subjects.map(({ name }) => name)
        const known = new Map((yield* lock(names, now)).map((row) => [row.subject, row]))
        const waits = subjects.map(({ name, delay }) => {
          const { failures, failedAt } = known.get(name) ?? { failures: 0, failedAt: 0 }
          return failedAt + delay(failures) - now
        })
        const wait = Math.max(0, ...waits)
        if (wait > 0) return wait
        yield* sql`
          update sign_in_throttle set failures = failures + 1, last_failed_at = to_timestamp(${now}::float8 / 1000)
          where unit_id = ${NO_UNIT} and subject = any(${names}::text[])`
        return 0
      }, sql.withTransaction)

      const clear = Effect.fn("SignInThrottle.clear")(function* (account: string, address: string) {
        yield* sql`delete from sign_in_throttle where unit_id = ${NO_UNIT} and subject = ${account}`
        yield* sql`
          update sign_in_throttle set failures = greatest(failures - 1, 0)
          where unit_id = ${NO_UNIT} and subject = ${address}`
      })

      const sweep = Effect.gen(function* () {
        const oldest = (yield* Clock.currentTimeMillis) - Duration.toMillis(MEMORY)
        yield* sql`
          delete from sign_in_throttle
          where unit_id = ${NO_UNIT} and last_failed_at < to_timestamp(${oldest}::float8 / 1000)`
      })

      return SignInThrottle.of({ attempt, clear, sweep })
    })
  )
}

interface Failures {
  readonly subject: string
  readonly failures: number
  readonly failedAt: number
}
