import { Context, Duration, Effect, Layer, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient } from "effect/sql"
import postgres from "postgres"
import { compiler, connectionOver } from "./Connection.ts"
import { noDelaySocket } from "./Socket.ts"
import { sqlError } from "./SqlState.ts"

/** The raw postgres.js handle of the same pool, for what `SqlClient` has no words for: COPY, LISTEN, Lucia's adapter. */
export class PostgresJs extends Context.Service<PostgresJs, postgres.Sql>()("@spoor/postgres/PostgresJs") {}

export interface Options {
  /** `postgres://user:password@host:port/database`. */
  readonly url: Redacted.Redacted<string>
  /** Shown in `pg_stat_activity`. Default "spoor". */
  readonly applicationName?: string
  /** Connections, opened when needed. Minimum 1, default 10. LISTEN takes one more. */
  readonly poolSizeMax?: number
  /** A statement that runs longer is cancelled by the server. Default 1 minute; 0 is no limit. */
  readonly statementTimeout?: Duration.Input
}

const CONNECT_TIMEOUT = Duration.seconds(10)
const CLOSE_TIMEOUT = Duration.seconds(5)

/**
 * `SqlClient` and `PostgresJs` over one pool of connections; fails at once when the server cannot be reached.
 *
 * *Shape*: timestamps come back as `Date`, `bigint` as a number (see `int8`), `numeric` as a string, jsonb as its value.
 * A jsonb parameter is the object itself, or `${JSON.stringify(x)}::text::jsonb`: without `::text` it is stored encoded twice.
 * *Fails* with `SqlError` whose reason says what happened (see SqlState.ts).
 */
export const layer = (options: Options) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const pool = yield* Effect.acquireRelease(
        Effect.sync(() => open(options)),
        (pool) => Effect.promise(() => pool.end({ timeout: Duration.toSeconds(CLOSE_TIMEOUT) }))
      )
      yield* Effect.tryPromise({ try: () => pool`select 1`, catch: (cause) => sqlError(cause, "connect") })
      const reserve = Effect.acquireRelease(
        Effect.tryPromise({ try: () => pool.reserve(), catch: (cause) => sqlError(cause, "reserve") }),
        (reserved) => Effect.sync(() => reserved.release())
      )
      const client = yield* SqlClient.make({
        acquirer: Effect.succeed(connectionOver(pool)),
        transactionAcquirer: Effect.map(reserve, connectionOver),
        releaseSavepoint: (name) => `release savepoint ${name}`,
        compiler,
        driver: "postgres.js",
        spanAttributes: [["db.system.name", "postgresql"]]
      })
      return Context.make(SqlClient.SqlClient, client).pipe(Context.add(PostgresJs, pool))
    })
  ).pipe(Layer.provide(Reactivity.layer))

const open = (options: Options): postgres.Sql => {
  const url = Redacted.value(options.url)
  const settings = {
    max: options.poolSizeMax ?? 10,
    connect_timeout: Duration.toSeconds(CONNECT_TIMEOUT),
    onnotice: () => {},
    types: { int8 },
    connection: {
      application_name: options.applicationName ?? "spoor",
      statement_timeout: Duration.toMillis(options.statementTimeout ?? Duration.minutes(1)),
      TimeZone: "UTC"
    },
    ...noDelaySocket(url, CONNECT_TIMEOUT)
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
