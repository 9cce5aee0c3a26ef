import { Config, Schema } from "effect"

/** What one process does. Beyond one machine the two multiply separately. */
const Roles = Config.schema(Schema.Literals(["doors", "worker", "doors,worker"]), "SPOOR_INGEST_ROLES").pipe(
  Config.withDefault("doors,worker" as const)
)

/** Every setting of this app, read and validated once at start; the README has them in a table. */
export const settings = Config.all({
  host: Config.NonEmptyString("SPOOR_HOST").pipe(Config.withDefault("127.0.0.1")),
  port: Config.Port("SPOOR_INGEST_PORT").pipe(Config.withDefault(4000)),
  home: Config.NonEmptyString("SPOOR_HOME").pipe(Config.withDefault(".spoor")),
  databaseUrl: Config.Redacted("DATABASE_URL"),
  roles: Roles
})
