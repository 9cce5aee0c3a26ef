import { assert, layer } from "@effect/vitest"
import { Intake, LogEntry } from "@spoor/contracts"
import { Ids, Rules } from "@spoor/domain"
import {
  Activities,
  DeadLetters,
  Identifications,
  Intakes,
  LogWriter,
  PostgresClient,
  RejectedItems,
  ReportedOrders,
  SessionEvents,
  Sessions,
  Sites
} from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Context, Effect, Exit, Layer, Redacted, Result, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { connect, createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { LogWorker } from "../src/LogWorker.ts"

const receivedAt = Date.UTC(2026, 10, 24, 12)
const siteId = Ids.SiteId.make("sklep")

/** The worker's way to the database, which can be cut: then nobody listens there. */
class Wire {
  private port = 0
  private readonly sockets = new Set<Socket>()
  private readonly there: URL
  private readonly server = createServer((socket) => this.join(socket))

  constructor(there: URL) {
    this.there = there
  }

  /** Opens it for the first time, and again at the same port. */
  async open(): Promise<Redacted.Redacted<string>> {
    await once(this.server.listen(this.port, "127.0.0.1"), "listening")
    const address = this.server.address()
    this.port = typeof address === "object" ? (address?.port ?? 0) : 0
    const url = new URL(this.there)
    url.port = String(this.port)
    return Redacted.make(url.href)
  }

  cut(): void {
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
  }

  private join(socket: Socket): void {
    this.sockets.add(socket.on("close", () => this.sockets.delete(socket)).on("error", () => {}))
    const server = connect(Number(this.there.port), this.there.hostname).on("error", () => socket.destroy())
    socket.on("close", () => server.destroy()).pipe(server)
    server.on("close", () => socket.destroy()).pipe(socket)
  }
}

const repositories = Layer.mergeAll(
  Activities.layer,
  DeadLetters.layer,
  Identifications.layer,
  Intakes.layer,
  LogWriter.layer,
  RejectedItems.layer,
  ReportedOrders.layer,
  SessionEvents.layer,
  Sessions.layer,
  Sites.layer
)

const newUnit = Effect.gen(function* () {
  const sites = yield* Sites
  const unitId = yield* sites.addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  yield* sites.add({ unitId, siteId, name: "Sklep", url: "http://localhost" }, Rules.defaults)
  return unitId
})

const message = Effect.fnUntraced(function* (unitId: number, id: string) {
  const row = { id, url: "/orders", method: "POST", status: 201, processingMs: 1.5 }
  const entries = [Result.getOrThrow(LogEntry.fromApi(row, { receivedAt }))]
  const books = { siteId, receivedAt, duplicates: 0, rejections: [] }
  const body = yield* Schema.encodeEffect(Intake.LogIntakeFromText)({ log: "api", unitId, books, entries })
  return { id, topic: "log" as const, body }
})

layer(Layer.merge(Sites.layer, Intakes.layer).pipe(Layer.provideMerge(TestDatabase.layer)), {
  timeout: "60 seconds",
  excludeTestServices: true
})("a worker without a database", (it) => {
  it.effect(
    "condemns nothing, however long it lasts, and writes everything once it is there again",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const unitId = yield* newUnit
        const wire = yield* Effect.acquireRelease(
          Effect.map(EmbeddedPostgres, ({ url }) => new Wire(new URL(Redacted.value(url)))),
          (open) => Effect.sync(() => open.cut())
        )
        const url = yield* Effect.promise(() => wire.open())
        const folder = yield* Effect.acquireRelease(
          Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-outage-"))),
          (made) => Effect.promise(() => rm(made, { recursive: true }))
        )
        const context = yield* Layer.build(
          LogWorker.layer.pipe(
            Layer.provideMerge(Queue.layerEmbedded({ folder })),
            Layer.provide(repositories),
            Layer.provide(PostgresClient.layer({ url }))
          )
        )
        const queue = Context.get(context, Queue)
        const failures = sql<{ tries: number }>`select tries from dead_letter`
        const worker = Context.get(context, LogWorker)
        yield* queue.append([yield* message(unitId, "before")])
        assert.strictEqual(yield* worker.once, 1)

        wire.cut()
        for (let index = 0; index < 20; index++) yield* queue.append([yield* message(unitId, `during${index}`)])
        yield* queue.append([{ id: "unreadable", topic: "log", body: "{}" }])
        for (let round = 0; round < 8; round++) assert.isTrue(Exit.isFailure(yield* Effect.exit(worker.once)))
        assert.deepEqual(yield* failures, [])
        assert.deepInclude(yield* queue.depth("log"), { waiting: 21, taken: 0 })

        yield* Effect.promise(() => wire.open())
        assert.strictEqual(yield* Effect.eventually(worker.once), 20)
        // Eight rounds failed, and the message that is its own fault has used up one try.
        assert.deepEqual(yield* failures, [{ tries: 1 }])
        const [delivery] = yield* queue.take({ topic: "log", messagesMax: 9, bytesMax: 1e9 })
        assert.strictEqual(delivery.id, "unreadable")
        assert.isAbove(delivery.attempt, 8)
        const { totals } = yield* Intakes
        assert.deepEqual(yield* totals({ unitId, siteId }, "api"), { stored: 21, duplicate: 0, rejected: 0 })
      }).pipe(Effect.scoped),
    60_000
  )
})
