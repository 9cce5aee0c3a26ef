import { NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { Activities, Intakes, PostgresClient, SessionEvents, Sessions, Sites, WriteKeys } from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { ConfigProvider, Effect, Layer } from "effect"
import { createServer } from "node:http"
import { join } from "node:path"
import { settings } from "./config.ts"
import { heldServer } from "./HeldServer.ts"
import * as Http from "./Http.ts"
import { Keyring } from "./Keyring.ts"
import { TrackerFile } from "./TrackerFile.ts"
import { Worker } from "./Worker.ts"

const app = Layer.unwrap(
  Effect.gen(function* () {
    const { host, port, home, databaseUrl, roles } = yield* settings
    const postgres = PostgresClient.layer({ url: databaseUrl, applicationName: "spoor-ingest" })
    const repositories = Layer.mergeAll(
      Activities.layer,
      Intakes.layer,
      SessionEvents.layer,
      Sessions.layer,
      Sites.layer,
      WriteKeys.layer
    ).pipe(Layer.provideMerge(postgres))
    const queue = Queue.layerEmbedded({ folder: join(home, "queue") })
    const server = NodeHttpServer.layer(() => heldServer(createServer()), { host, port })

    const doors = Http.layer.pipe(Layer.provide(Keyring.layer), Layer.provide(TrackerFile.layer), Layer.provide(server))
    const worker = Layer.effectDiscard(
      Effect.gen(function* () {
        const { run } = yield* Worker
        yield* Effect.forkScoped(run)
      })
    ).pipe(Layer.provide(Worker.layer))
    return Layer.mergeAll(inRole(roles.includes("doors"), doors), inRole(roles.includes("worker"), worker)).pipe(
      Layer.provide(queue),
      Layer.provide(repositories)
    )
  })
)

const inRole = <E, R>(isOn: boolean, part: Layer.Layer<never, E, R>): Layer.Layer<never, E, R> =>
  isOn ? part : Layer.empty

NodeRuntime.runMain(Layer.launch(app.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv())))))
