import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import * as fs from "node:fs"
import * as Snapshot from "../scripts/Snapshot.ts"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import { migrate } from "../src/Migrations.ts"
import * as PostgresClient from "../src/PostgresClient.ts"

const Database = Layer.unwrap(Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url }))).pipe(
  Layer.provideMerge(EmbeddedPostgres.layerEphemeral)
)

layer(Database, { timeout: "60 seconds" })("migrations", (it) => {
  it.effect("run once when several processes start at the same time", () =>
    Effect.gen(function* () {
      const { url } = yield* EmbeddedPostgres
      const start = migrate.pipe(Effect.provide(PostgresClient.layer({ url })))
      const runs = yield* Effect.all([start, start, start, start], { concurrency: "unbounded" })
      const ran = runs.flat().map(([, name]) => name)
      assert.deepStrictEqual(ran, [...new Set(ran)])
      assert.include(ran, "foundation")
      assert.deepStrictEqual([...(yield* migrate)], [])
    })
  )

  it.effect("amount to the committed snapshot (else: npm run snapshot -w @spoor/postgres)", () =>
    Effect.gen(function* () {
      yield* migrate
      assert.strictEqual(fs.readFileSync(Snapshot.file, "utf8"), yield* Snapshot.take)
    })
  )

  it.effect("give every table a primary key that begins with the business unit", () =>
    Effect.gen(function* () {
      yield* migrate
      const sql = yield* SqlClient.SqlClient
      // The migrator's own list is about the database, not about any unit.
      const others = yield* sql`
        select c.relname from pg_class c
          left join pg_index i on i.indrelid = c.oid and i.indisprimary
          left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'migration'
          and a.attname is distinct from 'unit_id'`
      assert.deepStrictEqual([...others], [])
    })
  )
})
