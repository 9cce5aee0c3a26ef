import { Ids, Rules } from "@spoor/domain"
import { migrate, PostgresClient, Sites, WriteKeys } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { createHash } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export const writeKey = "wk_bench"

/** A database that knows one site and its key. *Shape*: `processId` is its server's. */
export interface House {
  readonly databaseUrl: string
  readonly processId: number
  /** Runs one statement in a connection of the bench's own. */
  readonly ask: (statement: string) => Promise<ReadonlyArray<Readonly<Record<string, unknown>>>>
}

/** Runs with a real PostgreSQL as it is by default, which flushes to disk what it commits. */
export const withDatabase = <A>(run: (house: House) => Promise<A>): Promise<A> =>
  Effect.runPromise(
    Effect.gen(function* () {
      yield* migrate
      const sites = yield* Sites
      const keys = yield* WriteKeys
      const sql = yield* SqlClient.SqlClient
      const unitId = yield* sites.addUnit({ name: "Bench", timeZone: "Europe/Warsaw" })
      const place = { unitId, siteId: Ids.SiteId.make("shop") }
      yield* sites.add({ ...place, name: "Shop", url: "https://shop.example" }, Rules.defaults)
      const sha256 = createHash("sha256").update(writeKey).digest("hex")
      yield* keys.add({ ...place, sha256, kind: "browser", name: "Pages", prefix: writeKey, publicKey: writeKey })
      const { url } = yield* EmbeddedPostgres
      const [server] = yield* sql<{ readonly pid: string }>`
        select split_part(pg_read_file('postmaster.pid'), chr(10), 1) as pid`
      const services = yield* Effect.context<SqlClient.SqlClient>()
      const ask = (statement: string) =>
        Effect.runPromiseWith(services)(sql.unsafe<Readonly<Record<string, unknown>>>(statement))
      return yield* Effect.promise(() => run({ databaseUrl: Redacted.value(url), processId: Number(server?.pid), ask }))
    }).pipe(
      Effect.provide(
        Layer.merge(Sites.layer, WriteKeys.layer).pipe(
          Layer.provideMerge(
            Layer.unwrap(Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url, statementTimeout: 0 })))
          ),
          Layer.provideMerge(server)
        )
      )
    )
  )

const server = Layer.unwrap(
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "spoor-bench-"))),
      (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
    ),
    (folder) => EmbeddedPostgres.layer({ dataDirectory: join(folder, "data") })
  )
)
