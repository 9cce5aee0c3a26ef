import { Effect, Layer } from "effect"
import * as fs from "node:fs"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import { migrate } from "../src/Migrations.ts"
import * as PostgresClient from "../src/PostgresClient.ts"
import * as Snapshot from "./Snapshot.ts"

const database = Layer.unwrap(Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url }))).pipe(
  Layer.provide(EmbeddedPostgres.layerEphemeral)
)

const snapshot = await Effect.runPromise(migrate.pipe(Effect.andThen(Snapshot.take), Effect.provide(database)))
fs.writeFileSync(Snapshot.file, snapshot)
console.log(`${Snapshot.file}: ${snapshot.split("\n").length - 1} lines`)
