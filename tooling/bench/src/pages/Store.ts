import { Ids, Rules } from "@spoor/domain"
import { LogReader, migrate, PostgresClient, Sites } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { join, resolve } from "node:path"
import { activities, sessions, type Shape, visitors } from "./Rows.ts"

/** From the repository, as the launcher takes it. */
const home = resolve(
  new URL("../../../..", import.meta.url).pathname,
  process.env["SPOOR_HOME"] === undefined || process.env["SPOOR_HOME"] === "" ? ".spoor" : process.env["SPOOR_HOME"]
)

/** Where the database of so many rows lies. */
const folder = ({ rows, seed }: Shape): string => join(home, "bench", `pages-${rows}-${seed}`)

/** One connection, so that what is measured never waits for another. */
export const layer = (shape: Shape) =>
  Layer.merge(LogReader.layer, Sites.layer).pipe(
    Layer.provideMerge(
      Layer.unwrap(
        Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url, statementTimeout: 0, poolSizeMax: 1 }))
      )
    ),
    Layer.provideMerge(EmbeddedPostgres.layer({ dataDirectory: join(folder(shape), "data") }))
  )

/** What stands in the database. *Units*: UTC milliseconds. */
export interface Filled {
  readonly unitId: number
  readonly oldest: number
  readonly newest: number
}

/** Brings the schema up to date and fills it with rows, unless they are there since another run. */
export const fill = Effect.fn("fill")(function* (shape: Shape, tell: (said: string) => void) {
  const sql = yield* SqlClient.SqlClient
  const before = performance.now()
  const ran = yield* migrate
  if (ran.length > 0) tell(`Migrated in ${Math.round(performance.now() - before)} ms.`)
  yield* sql`create table if not exists bench_filled (unit_id integer not null)`
  const [known] = yield* sql<{ readonly unitId: number }>`select unit_id as "unitId" from bench_filled`
  const unitId = known?.unitId ?? (yield* build(sql, shape, tell))
  yield* warm(sql)
  const [span] = yield* sql<Omit<Filled, "unitId">>`
    select extract(epoch from min(occurred_at))::float8 * 1000 as oldest,
      extract(epoch from max(occurred_at))::float8 * 1000 as newest
    from activity where unit_id = ${unitId}`
  return { unitId, ...span! } satisfies Filled
})

/**
 * As on a machine that has served for a while: PostgreSQL's buffers are full, the system has handed out their memory, and what is asked for most
 * is in them: indexes, each page of which leads to many rows, but for the one that only writers ask, and as many rows as find room. All else is in
 * the system's cache.
 */
const warm = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  yield* sql`create extension if not exists pg_prewarm`
  yield* sql`select pg_prewarm('activity'), pg_prewarm('session')`
  yield* sql`select pg_prewarm(indexrelid) from pg_index
    where indrelid in ('session'::regclass, 'activity'::regclass)
      and indexrelid <> 'activity_unit_id_site_id_event_id_key'::regclass`
})

const build = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, shape: Shape, tell: (said: string) => void) {
  tell(`Fills a database with ${shape.rows} rows, once: ${folder(shape)}`)
  const before = performance.now()
  const places = yield* Sites
  const unitId = yield* places.addUnit({ name: "Bench", timeZone: "Europe/Warsaw" })
  // The last one has no rows.
  for (const id of ["shop", "outlet", "tiny", "closed"]) {
    const site = { unitId, siteId: Ids.SiteId.make(id), name: id, url: `https://${id}.example` }
    yield* places.add(site, Rules.defaults)
  }
  yield* sql`set maintenance_work_mem = '1GB'`
  yield* sql`set max_parallel_maintenance_workers = 2`
  for (const [table, rows] of [
    ["session", sessions(unitId, shape)],
    ["activity", activities(unitId, shape)],
    ["visitor", visitors(unitId)]
  ] as const) {
    yield* withoutIndexes(sql, table, sql.unsafe(rows))
    tell(`${table}: ${Math.round((performance.now() - before) / 1000)} s`)
  }
  // What autovacuum does to a table that grows: an index alone can answer then.
  yield* sql`vacuum analyze`
  yield* sql`insert into bench_filled (unit_id) values (${unitId})`
  return unitId
})

/** An index is made faster of all rows than row by row. */
const withoutIndexes = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  table: string,
  filling: Effect.Effect<unknown, SqlError.SqlError>
) {
  const constraints = yield* sql<{ readonly name: string; readonly definition: string }>`
    select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
    where conrelid = ${table}::regclass and contype in ('p', 'u') order by contype, conname`
  for (const { name } of constraints) yield* sql`alter table ${sql(table)} drop constraint ${sql(name)}`
  const indexes = yield* sql<{ readonly name: string; readonly definition: string }>`
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
    where indrelid = ${table}::regclass`
  for (const { name } of indexes) yield* sql`drop index ${sql(name)}`
  yield* filling
  for (const { definition, name } of constraints) {
    yield* sql`alter table ${sql(table)} add constraint ${sql(name)} ${sql.literal(definition)}`
  }
  for (const { definition } of indexes) yield* sql.unsafe(definition.replace(" ON ONLY ", " ON "))
  // Which no definition tells.
  if (table === "activity") yield* sql`alter index activity_url alter column 2 set statistics 500`
})
