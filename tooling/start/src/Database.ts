import { ApiKeys, Intakes, migrate, PostgresClient, Sites, SmsGateways, Users, WriteKeys } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Effect, Layer, Redacted } from "effect"
import * as path from "node:path"
import type { Settings } from "./config.ts"
import { StartError } from "./StartError.ts"

/** Where the database is: the one that DATABASE_URL names, else an embedded one in SPOOR_HOME, which lives as the scope. */
export const locate = (settings: Settings) =>
  settings.databaseUrl === ""
    ? Layer.build(EmbeddedPostgres.layer({ dataDirectory: path.join(settings.home, "postgres") })).pipe(
        Effect.flatMap((context) => Effect.provide(EmbeddedPostgres, context)),
        Effect.map(({ url }) => url),
        Effect.mapError(({ message }) => new StartError({ message: `The embedded database: ${message}` }))
      )
    : Effect.succeed(Redacted.make(settings.databaseUrl))

/** The repositories that a start needs, over a database that is brought to the newest schema first. */
export const layer = (url: Redacted.Redacted<string>) =>
  Layer.mergeAll(
    ApiKeys.layer,
    Intakes.layer,
    Sites.layer,
    SmsGateways.layer,
    Users.layer,
    WriteKeys.layer,
    Layer.effectDiscard(migrate)
  ).pipe(Layer.provideMerge(PostgresClient.layer({ url, applicationName: "spoor-start", poolSizeMax: 2 })))

export const explain = (message: string | undefined) =>
  new StartError({ message: `The database cannot be used: ${message}` })
