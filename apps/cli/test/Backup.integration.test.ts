import { assert, describe, it } from "@effect/vitest"
import { type Ids, Rules } from "@spoor/domain"
import { Customers, LogWriter, migrate, PostgresClient, Sites, UnitLock } from "@spoor/postgres"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { join } from "node:path"
import * as Postgres from "./InstalledPostgres.ts"
import { spoor } from "./run.ts"

const repositories = Layer.mergeAll(Customers.layer, LogWriter.layer, Sites.layer)

const at = (url: Redacted.Redacted) =>
  repositories.pipe(Layer.provideMerge(PostgresClient.layer({ url, poolSizeMax: 2 })))

const noon = Date.UTC(2026, 10, 24, 12)

/** Rows of the panel log, one after another, as the worker writes them. */
const log = Effect.fnUntraced(function* (unitId: number, from: number) {
  const entries = Array.from({ length: 20 }, (_, index) => ({
    itemId: `i${from + index}`,
    occurredAt: noon + from + index,
    url: "/zażółć",
    method: "GET",
    status: 200,
    userEmail: "anna@example.pl",
    ip: null,
    details: { userId: "u", processingMs: 0.1, userAgent: null, requestId: null }
  }))
  yield* (yield* LogWriter).add(unitId, [{ log: "panel", entries: entries as never }])
})

/** A unit with some of what a database of Spoor has: rows, a chain, JSON, IDs that go on. */
const fill = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const sites = yield* Sites
  const unitId = yield* sites.addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  yield* sites.add({ unitId, siteId: "shop" as Ids.SiteId, name: "Shop", url: "https://shop.example" }, Rules.defaults)
  const customer = {
    id: "c",
    email: "anna@example.pl",
    attributes: { żółw: "ąę" },
    createdAt: noon,
    updatedAt: noon
  }
  yield* (yield* Customers).add(unitId, { phone: null, ...customer } as never, [])
  yield* sql`
    insert into activity (unit_id, site_id, event_id, visitor_id, session_no, type, occurred_at, received_at, sequence, product)
    select ${unitId}, 'shop', i::text, 'v', 1, 'VisitOnProductPage', to_timestamp(i), now(), 0, '{"id": "mug"}'
    from generate_series(1, 2000) as i`
  yield* log(unitId, 0)
  return unitId
})

/** Every table, by how many rows it has and what they are. */
const tables = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const names = yield* sql<{ readonly name: string }>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`
  return yield* Effect.forEach(names, ({ name }) =>
    Effect.map(
      sql`select count(*)::int as rows, md5(string_agg(it::text, ',' order by it::text)) as digest from ${sql(name)} as it`,
      ([row]) => ({ name, ...row })
    )
  )
})

describe.skipIf(!Postgres.isInstalled)("a back-up by PostgreSQL's own tools", () => {
  it.live(
    "is the same database again in an empty directory, by a dump and by a base backup, and goes on",
    () =>
      Effect.gen(function* () {
        const home = yield* Postgres.folder
        const run = (url: Redacted.Redacted, ...args: ReadonlyArray<string>) => {
          const env = { DATABASE_URL: Redacted.value(url), SPOOR_HOME: home }
          return Effect.provide(spoor(args, ""), ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
        }
        const isWhole = Effect.fnUntraced(function* (of: Redacted.Redacted, rows: number) {
          const { err, isSuccess } = yield* run(of, "verify")
          assert.include(err, `${rows} rows are as they were written.`)
          assert.isTrue(isSuccess)
        })
        const original = yield* Postgres.directory(home, "original")
        yield* Postgres.initialise(original)
        const url = yield* Postgres.start(original)
        const [unitId, before] = yield* Effect.andThen(migrate, Effect.all([fill, tables])).pipe(
          Effect.provide(at(url))
        )
        yield* isWhole(url, 20)

        const spool = yield* Postgres.directory(home, "spool")
        const dump = join(spool, "spoor.dump")
        yield* Postgres.run("pg_dump", "--format=custom", `--file=${dump}`, Redacted.value(url))
        const base = yield* Postgres.directory(home, "base")
        yield* Postgres.run(
          "pg_basebackup",
          `--pgdata=${base}`,
          "--checkpoint=fast",
          "--wal-method=stream",
          `--dbname=${Redacted.value(url)}`
        )
        yield* Postgres.run("pg_verifybackup", base)

        const empty = yield* Postgres.directory(home, "empty")
        yield* Postgres.initialise(empty)
        const fromDump = yield* Postgres.start(empty)
        const role = Effect.flatMap(SqlClient.SqlClient, (sql) => sql`create role spoor_unit nologin`)
        yield* Effect.provide(role, PostgresClient.layer({ url: fromDump }))
        yield* Postgres.run("pg_restore", "--exit-on-error", "--jobs=2", `--dbname=${Redacted.value(fromDump)}`, dump)

        const fromBase = yield* Postgres.start(base)
        for (const restored of [fromDump, fromBase]) {
          assert.match((yield* run(restored, "migrate")).err, /is up to date\.\n$/)
          yield* Effect.gen(function* () {
            assert.deepStrictEqual(yield* tables, before)
            const { find } = yield* Customers
            assert.isNotNull(yield* UnitLock.within(unitId)(find(unitId, "c")))
            assert.isNull(yield* UnitLock.within(unitId + 1)(find(unitId, "c")))
          }).pipe(Effect.provide(at(restored)))
          // Also passes the checkpoint that was signed of the original.
          yield* isWhole(restored, 20)
        }
        yield* Effect.provide(log(unitId, 100), at(fromDump))
        yield* isWhole(fromDump, 40)
      }).pipe(Effect.scoped),
    120_000
  )
})
