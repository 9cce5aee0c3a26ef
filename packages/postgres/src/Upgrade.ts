import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

/** What a migration does to a database, in this order. */
export interface Migration {
  /**
   * `create index NAME on TABLE …` for tables that may have grown, each built beside writers and by itself. The names are new: what an
   * index takes the place of is dropped, and the index renamed, in `statements`.
   */
  readonly indexes: ReadonlyArray<string>
  /** Changes that are short however many rows there are, in one transaction. */
  readonly statements: string
}

/** *Shape*: the name of an index that a migration makes, and the table that it is on. */
export const indexesIn = (statements: string): ReadonlyArray<{ readonly index: string; readonly table: string }> =>
  [...statements.matchAll(/create (?:unique )?index (\w+) on (\w+)/g)].map(([, index, table]) => ({
    index: index!,
    table: table!
  }))

/** One number for all of Spoor's migrations, so that processes that start together wait for each other. */
const ADVISORY_LOCK = 5_700_667
/** Whoever waits for a lock on a table makes all wait who come after. */
const lockPatienceMs = 500
const pauseSeconds = 2
/** About six minutes of trying. */
const triesMax = 150

/**
 * Runs `work` on one connection, on which no statement is timed out, while no other process does the same; waits for who does.
 *
 * Nothing is held while waiting: an index that is built beside writers would wait for us in turn.
 */
export const alone = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const connection = yield* sql.reserve
    // One depth below that of a transaction: statements go to this connection, and a transaction is still begun and committed on it.
    const onIt = Effect.provideService(sql.transactionService, [connection, -1] as const)
    yield* Effect.addFinalizer(() =>
      Effect.ignore(onIt(Effect.andThen(sql`select pg_advisory_unlock_all()`, sql`reset statement_timeout`)))
    )
    const take = sql<{ readonly isTaken: boolean }>`select pg_try_advisory_lock(${ADVISORY_LOCK}) as "isTaken"`
    while (!(yield* onIt(take))[0]!.isTaken) yield* onIt(sql`select pg_sleep(0.2)`)
    yield* onIt(sql`set statement_timeout = 0`)
    return yield* onIt(work)
  }).pipe(Effect.scoped)

/** All of a migration in the transaction around it, for a database that nobody uses yet. */
export const applyAtOnce = Effect.fnUntraced(function* ({ indexes, statements }: Migration) {
  const sql = yield* SqlClient.SqlClient
  for (const index of indexes) yield* sql.unsafe(index).unprepared
  yield* sql.unsafe(statements).unprepared
  yield* analyze(indexes)
})

/**
 * A migration on a database in use: first its indexes, beside writers, then the short changes together with `record`. A lock that
 * somebody holds is waited for briefly and often, so that nobody else waits long.
 *
 * *Fails* with `SqlError`; the database is then as it was, without the indexes that were built. Those that a process left behind which
 * was killed are used by the next if they are whole, and built again if not.
 */
export const applyBesideWriters = Effect.fnUntraced(function* (
  { indexes, statements }: Migration,
  record: Effect.Effect<unknown, SqlError.SqlError>
) {
  const sql = yield* SqlClient.SqlClient
  const whole = yield* sql<{ readonly name: string }>`
    select c.relname as name from pg_class c join pg_index i on i.indexrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and i.indisvalid`
  const missing = indexes.filter((index) => !whole.some(({ name }) => name === indexesIn(index)[0]?.index))
  const remove = (index: string) =>
    sql.unsafe(`drop index concurrently if exists ${indexesIn(index)[0]?.index}`).unprepared
  const short = sql.withTransaction(
    Effect.gen(function* () {
      yield* sql.unsafe(`set local lock_timeout = ${lockPatienceMs}`).unprepared
      yield* sql.unsafe(statements).unprepared
      yield* record
    })
  )
  yield* Effect.gen(function* () {
    for (const index of missing) {
      yield* remove(index)
      yield* sql.unsafe(index.replace(" index ", " index concurrently ")).unprepared
    }
    yield* patiently(short)
  }).pipe(Effect.onError(() => Effect.ignore(Effect.forEach(missing, remove))))
  yield* analyze(indexes)
})

/** Again, while others hold what it needs. */
const patiently = <A, R>(short: Effect.Effect<A, SqlError.SqlError, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const pause = sql`select pg_sleep(${pauseSeconds})`
    return yield* short.pipe(
      Effect.tapError((error) =>
        Effect.when(
          pause,
          Effect.sync(() => isInTheWay(error))
        )
      ),
      Effect.retry({ while: isInTheWay, times: triesMax })
    )
  })

const isInTheWay = ({ reason }: SqlError.SqlError) =>
  reason._tag === "LockTimeoutError" || reason._tag === "DeadlockError"

/** Without it nothing is known of what new indexes are made of until their tables have changed much. */
const analyze = Effect.fnUntraced(function* (indexes: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  for (const table of new Set(indexes.flatMap(indexesIn).map(({ table }) => table))) {
    yield* sql.unsafe(`analyze ${table}`).unprepared
  }
})
