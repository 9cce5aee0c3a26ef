import { migrate, PostgresClient } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Effect, Layer } from "effect"

/**
 * A real PostgreSQL with the newest schema and no rows, for one test file: `SqlClient`, `PostgresJs`, and
 * `EmbeddedPostgres` for the URL to hand to a process.
 *
 * It looks at no setting, so a test can never reach a database that someone uses. Starting takes about a second; share it
 * with `layer(TestDatabase.layer, { timeout: "60 seconds" })` around a file's tests.
 */
export const layer = Layer.effectDiscard(migrate).pipe(
  Layer.provideMerge(Layer.unwrap(Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url })))),
  Layer.provideMerge(EmbeddedPostgres.layerEphemeral)
)
