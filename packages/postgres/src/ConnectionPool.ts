import { Duration, Effect, Pool } from "effect"
import type { SqlConnection } from "effect/sql"
import type postgres from "postgres"
import { connectionOver } from "./Connection.ts"
import { sqlError } from "./SqlState.ts"

/** *Shape*: `isLost` once its server went away; it is used no more then. */
interface Own {
  readonly connection: SqlConnection.Connection
  readonly isLost: () => boolean
}

/**
 * A pool of connections, each with a postgres.js of its own, lent to one statement or one transaction at a time.
 *
 * postgres.js' own pool (3.4.9) gives a connection away as soon as it has answered, also to a request to cancel that is still
 * under way and then hits the statement of somebody else. And a server that goes away while a connection is reserved ends
 * the process: what is asked then, and be it a rollback, is written to a socket that is no more (src/connection.js,
 * `nextWrite`); a reservation that could not connect takes a connection later, for nobody. One alone connects anew by
 * itself; so that no second half of a transaction goes out on a new connection, nothing does after the old one was lost.
 */
export const connectionPool = Effect.fnUntraced(function* (options: {
  readonly max: number
  readonly open: (onclose: () => void) => postgres.Sql
  readonly close: (sql: postgres.Sql) => Effect.Effect<void>
  /** Cancels what the server's process of that ID does, and returns once it was told. */
  readonly cancel: (pid: number) => Effect.Effect<void>
}) {
  const owns = new WeakMap<SqlConnection.Connection, Own>()
  const context = yield* Effect.context()
  const acquire = Effect.gen(function* () {
    let hasClosed = false
    const waiting = new Set<() => void>()
    let own: Own | undefined
    const sql = yield* Effect.acquireRelease(
      Effect.sync(() =>
        options.open(() => {
          hasClosed = true
          setImmediate(() => waiting.forEach((tell) => tell()))
          if (own !== undefined) Effect.runForkWith(context)(Pool.invalidate(pool, own))
        })
      ),
      options.close
    )
    const { state } = yield* Effect.tryPromise({
      try: () => sql`select 1`,
      catch: (cause) => sqlError(cause, "connect")
    })
    const isLost = () => hasClosed
    const onLost = (tell: () => void) => {
      waiting.add(tell)
      return () => void waiting.delete(tell)
    }
    own = { connection: connectionOver(sql, { cancel: options.cancel(state.pid), isLost, onLost }), isLost }
    owns.set(own.connection, own)
    return own
  })
  const pool = yield* Pool.makeWithTTL({ acquire, min: 0, max: options.max, timeToLive: Duration.infinity })
  return {
    acquirer: Effect.map(Pool.get(pool), ({ connection }) => connection),
    borrower: <A, E, R>(use: (connection: SqlConnection.Connection) => Effect.Effect<A, E, R>) =>
      Pool.use(pool, ({ connection }) => use(connection)),
    // Without its server a transaction is rolled back already.
    isTransaction: (connection: SqlConnection.Connection): boolean => owns.get(connection)?.isLost() === false
  }
})
