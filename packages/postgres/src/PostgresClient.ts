import { Context, Duration, Effect, Exit, Layer, Option, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient, type SqlConnection, SqlError } from "effect/sql"
import postgres from "postgres"
import { setTimeout as sleep } from "node:timers/promises"
import { compiler } from "./Connection.ts"
import { connectionPool } from "./ConnectionPool.ts"
import { noDelaySocket } from "./Socket.ts"

/** The raw postgres.js, for what `SqlClient` has no words for: COPY, LISTEN, Lucia's adapter. */
export class PostgresJs extends Context.Service<PostgresJs, postgres.Sql>()("@spoor/postgres/PostgresJs") {}

export interface Options {
  /** `postgres://user:password@host:port/database`. */
  readonly url: Redacted.Redacted<string>
  /** Shown in `pg_stat_activity`. Default "spoor". */
  readonly applicationName?: string
  /** Connections, opened when needed, and as many for `PostgresJs`. Minimum 1, default 10. LISTEN takes one more. */
  readonly poolSizeMax?: number
  /** A statement that runs longer is cancelled by the server. Default 1 minute; 0 is no limit. */
  readonly statementTimeout?: Duration.Input
  /** Builds the layer also while the server cannot be reached; statements fail until it can. Default false. */
  readonly mayBeAway?: boolean
}

const CONNECT_TIMEOUT = Duration.seconds(10)
/** A server that is there again is found at once; left alone, postgres.js would wait up to 20 seconds. */
const RECONNECT_PAUSE = Duration.millis(250)
const CLOSE_TIMEOUT = Duration.seconds(5)

/**
 * `SqlClient` over a pool of connections, and `PostgresJs` with a pool of its own; fails at once when the server cannot be
 * reached, unless told that it may be away.
 *
 * *Shape*: timestamps come back as `Date`, `bigint` as a number (see `int8`), `numeric` as a string, jsonb as its value.
 * A parameter may be an array of `text` or `bigint`; a result says `to_json(array(...))`, for arrays come back as text.
 * A jsonb parameter is the object itself, or `${JSON.stringify(x)}::text::jsonb`: without `::text` it is stored encoded twice.
 * *Fails* with `SqlError` whose reason says what happened (see SqlState.ts).
 */
export const layer = (options: Options) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const max = options.poolSizeMax ?? 10
      const raw = yield* Effect.acquireRelease(
        Effect.try({ try: () => open(options, { max }), catch: () => noAddress }),
        (sql) => close(sql, CLOSE_TIMEOUT)
      )
      const pool = yield* connectionPool({
        max,
        // Of a connection that is lent out postgres.js believes that it is idle, and would end it at some age.
        open: (onclose) => open(options, { max: 1, max_lifetime: null, onclose }),
        close: (sql) => close(sql, Duration.zero),
        // A connection that is being lost may never answer, and whoever cancels cannot be interrupted.
        cancel: (pid) =>
          Effect.ignore(
            Effect.tryPromise(() =>
              Promise.race([
                raw`select pg_cancel_backend(${pid}::int)`,
                sleep(Duration.toMillis(CONNECT_TIMEOUT), undefined, { ref: false })
              ])
            )
          )
      })
      if (options.mayBeAway !== true) yield* pool.borrower(() => Effect.void)
      const client: SqlClient.SqlClient = yield* make({
        ...pool,
        acquirer: begun(pool.acquirer),
        transactionAcquirer: pool.acquirer,
        borrower: (use) => borrow(pool, client, use),
        releaseSavepoint: (name) => `release savepoint ${name}`,
        compiler,
        driver: "postgres.js",
        spanAttributes: [["db.system.name", "postgresql"]]
      })
      return Context.make(SqlClient.SqlClient, client).pipe(Context.add(PostgresJs, raw))
    })
  ).pipe(Layer.provide(Reactivity.layer))

/**
 * To effect/sql a rollback that fails is a defect. Ours fail where the connection is lost, and the server rolls back by itself then: that is
 * a failure like any other, which callers know what to do with.
 */
const make = (options: SqlClient.SqlClient.MakeOptions) =>
  Effect.map(SqlClient.make(options), (client) => {
    const run = client.withTransaction
    const withTransaction: typeof run = (effect) =>
      Effect.catchDefect(run(effect), (defect) =>
        SqlError.isSqlError(defect) ? Effect.fail(defect) : Effect.die(defect)
      )
    return Object.assign(client, { withTransaction })
  })

/** For what a stream reads from, as long as its scope. */
const begun = (acquirer: SqlConnection.Acquirer): SqlConnection.Acquirer =>
  Effect.withFiber((fiber) => {
    const begin = fiber.getRef(SqlClient.BeginTransaction)
    if (begin === undefined) return acquirer
    return Effect.tap(acquirer, (connection) =>
      Effect.acquireRelease(connection.executeUnprepared(begin, [], undefined), (_, exit) =>
        Effect.ignore(connection.executeUnprepared(Exit.isSuccess(exit) ? "commit" : "rollback", [], undefined))
      )
    )
  })

/** A statement by itself is begun as a transaction would be where that is more than a begin (see UnitLock.ts). */
const borrow = <A, E, R>(
  pool: { readonly borrower: SqlConnection.Borrower },
  client: SqlClient.SqlClient,
  use: (connection: SqlConnection.Connection) => Effect.Effect<A, E, R>
) =>
  Effect.withFiber<A, E | SqlError.SqlError, R>((fiber) =>
    fiber.getRef(SqlClient.BeginTransaction) === undefined
      ? pool.borrower(use)
      : client.withTransaction(
          Effect.flatMap(
            Effect.serviceOption(client.transactionService),
            Option.match({
              onNone: () => Effect.die(new Error("a transaction without a connection")),
              onSome: ([connection]) => use(connection)
            })
          )
        )
  )

/** The address has a password in it, so it is not quoted. */
const noAddress = new SqlError.SqlError({
  reason: new SqlError.ConnectionError({
    cause: undefined,
    message: "its address should be postgres://user:password@host:port/database, and is not"
  })
})

const close = (sql: postgres.Sql, timeout: Duration.Duration) =>
  Effect.promise(() => sql.end({ timeout: Duration.toSeconds(timeout) }))

const open = (options: Options, own: postgres.Options<{}>): postgres.Sql => {
  const url = Redacted.value(options.url)
  const settings = {
    ...own,
    connect_timeout: Duration.toSeconds(CONNECT_TIMEOUT),
    backoff: () => Duration.toSeconds(RECONNECT_PAUSE),
    onnotice: () => {},
    types: { int8, int8Array, textArray },
    // A new connection's question for the types of arrays ends the process when it fails: postgres.js awaits it nowhere.
    fetch_types: false,
    connection: {
      application_name: options.applicationName ?? "spoor",
      statement_timeout: Duration.toMillis(options.statementTimeout ?? Duration.minutes(1)),
      TimeZone: "UTC",
      // A page of a large log looks dear to the planner, and is read sooner than it would be compiled.
      jit: "off"
    },
    ...noDelaySocket(url)
  }
  return postgres<{}>(url, settings)
}

/**
 * Log IDs and amounts in minor units stay far below 2^53, so they are numbers here. Whatever is above comes as a string,
 * which no schema of a number accepts: a loud failure instead of a rounded amount.
 */
const int8 = {
  to: 20,
  from: [20],
  serialize: (value: number | string | bigint) => String(value),
  parse: (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : text)
}

const arrayOf = <A>(type: number, serialize: (value: A) => string) => ({
  to: type,
  from: [],
  serialize: (values: ReadonlyArray<A>) => `{${values.map(serialize).join()}}`,
  parse: (text: string) => text
})

const int8Array = arrayOf<number>(1016, int8.serialize)

const textArray = arrayOf(1009, (text: string) => `"${text.replaceAll(/["\\]/g, "\\$&")}"`)
