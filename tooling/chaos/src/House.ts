import { Ids, type Outcome } from "@spoor/domain"
import * as NatsServer from "@spoor/nats/server"
import { Activities, Intakes, migrate, type Place, PostgresClient, Sites, Webhooks, WriteKeys } from "@spoor/postgres"
import { Program } from "@spoor/testing"
import { Clock, Effect, Layer, Redacted } from "effect"
import { createHash } from "node:crypto"
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Database from "./Database.ts"
import type { Subscriber } from "./Subscriber.ts"
import { rules } from "./Traffic.ts"

/** A process of the house. *Shape*: one that is not `isMeantUp` was ended on purpose. */
export interface Part {
  readonly program: Program.Program
  isMeantUp: boolean
}

/** One that answers. *Shape*: `operators` is the origin of its metrics. */
export interface Door extends Part {
  readonly origin: string
  readonly operators: string
}

export interface Options {
  readonly queue: "embedded" | "cluster"
  readonly doors: number
  /** With none the doors' processes do the work, too. */
  readonly workers: number
  /** Default none: what is sent to it is work, too. */
  readonly subscriber?: Subscriber
  /** Runs the doors in this way, say with a disk of their own in their `home`. */
  readonly wrap?: (command: Program.Command, home: string) => Program.Command
  readonly tell: (text: string) => void
}

/** A shop, its database and its queue, its doors and its workers, each in a process of its own as in production. */
export interface House {
  readonly place: Place
  readonly writeKey: string
  /** Folder of the processes. */
  readonly home: string
  readonly database: Database.Database
  readonly doors: ReadonlyArray<Door>
  readonly workers: ReadonlyArray<Part>
  readonly nats: ReadonlyArray<NatsServer.NatsServer>
  /** How often a process ended though nobody had killed it; it was started again. */
  readonly endedAlone: () => number
}

export const writeKey = "wk_chaos"
const outcomeTypes: ReadonlyArray<Outcome.OutcomeType> = ["AbandonedBrowse", "AbandonedCart", "FinalizedTransaction"]

/** How often somebody looks whether a process has ended by itself. */
const watchPause = "200 millis"

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(async () => {
    const folder = await mkdtemp(join(tmpdir(), "spoor-chaos-"))
    // As root the database's server is another user, who must be able to pass.
    await chmod(folder, 0o711)
    return folder
  }),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

const repositories = Layer.mergeAll(Activities.layer, Intakes.layer, Sites.layer, Webhooks.layer, WriteKeys.layer)

/** Runs with a house of its own, and with what is needed to read what became of it. */
export const withHouse = Effect.fnUntraced(function* <A, E, R>(
  options: Options,
  run: (house: House) => Effect.Effect<A, E, R>
) {
  const folder = yield* temporaryFolder
  const database = yield* Database.open(join(folder, "postgres"))
  const nats = options.queue === "cluster" ? yield* NatsServer.cluster : []
  const services = repositories.pipe(
    Layer.provideMerge(PostgresClient.layer({ url: database.url, statementTimeout: 0 }))
  )
  return yield* Effect.gen(function* () {
    const place = yield* furnish(options)
    const home = join(folder, "home")
    yield* Effect.promise(() => mkdir(home))
    const settings = {
      DATABASE_URL: Redacted.value(database.url),
      SPOOR_HOME: home,
      NATS_URL: nats.length === 0 ? "" : Redacted.value(NatsServer.urlOf(nats)),
      SPOOR_NATS_REPLICAS: nats.length === 0 ? "1" : "3",
      SPOOR_WEBHOOK_ALLOW_PRIVATE: "127.0.0.0/8"
    }
    const doors = yield* Effect.replicateEffect(openDoor(settings, options), options.doors)
    const worker = Program.ingest({ ...settings, SPOOR_INGEST_ROLES: "worker" })
    const workers = yield* Effect.replicateEffect(part(worker), options.workers)
    const endedAlone = yield* watch([...doors, ...workers], options.tell)
    yield* Effect.promise(() => Promise.all(doors.map(({ origin }) => isReady(origin))))
    return yield* run({ place, writeKey, home, database, doors, workers, nats, endedAlone })
  }).pipe(Effect.provide(services))
}, Effect.scoped)

const furnish = Effect.fnUntraced(function* ({ subscriber }: Options) {
  yield* migrate
  const sites = yield* Sites
  const keys = yield* WriteKeys
  const unitId = yield* sites.addUnit({ name: "Chaos", timeZone: "Europe/Warsaw" })
  const place = { unitId, siteId: Ids.SiteId.make("shop") }
  yield* sites.add({ ...place, name: "Shop", url: "https://shop.example" }, rules)
  const sha256 = createHash("sha256").update(writeKey).digest("hex")
  yield* keys.add({ ...place, sha256, kind: "browser", name: "Pages", prefix: writeKey, publicKey: writeKey })
  if (subscriber !== undefined) {
    const { url, secret } = subscriber
    const webhook = { unitId, url, secret: Redacted.make(secret), outcomeTypes, isWithHistoric: false }
    yield* (yield* Webhooks).add(webhook, yield* Clock.currentTimeMillis)
  }
  return place
})

const part = (command: Program.Command) =>
  Effect.map(Program.run(command), (program): Part => ({ program, isMeantUp: true }))

const openDoor = Effect.fnUntraced(function* (settings: Record<string, string>, options: Options) {
  const { workers, wrap = (same: Program.Command) => same } = options
  const [port, metricsPort] = [yield* Program.freePort, yield* Program.freePort]
  const command = Program.ingest({
    ...settings,
    SPOOR_INGEST_PORT: String(port),
    SPOOR_METRICS_PORT: String(metricsPort),
    SPOOR_INGEST_ROLES: workers === 0 ? "doors,worker" : "doors"
  })
  const address = { origin: `http://127.0.0.1:${port}`, operators: `http://127.0.0.1:${metricsPort}` }
  return { ...address, ...(yield* part(wrap(command, settings["SPOOR_HOME"]!))) } satisfies Door
})

/** What a supervisor does: starts what has ended, a door without a database for one. */
const watch = Effect.fnUntraced(function* (parts: ReadonlyArray<Part>, tell: (text: string) => void) {
  let count = 0
  const look = Effect.sync(() => {
    for (const { isMeantUp, program } of parts) {
      if (!isMeantUp || program.isRunning) continue
      count++
      tell(`a process has ended by itself: ${program.output.trimEnd().split("\n").at(-1)?.slice(0, 300)}`)
      program.start()
    }
  })
  yield* Effect.forkScoped(Effect.forever(Effect.delay(look, watchPause)))
  return () => count
})

const readyTriesMax = 1_200

/** Throws when nobody is ready there for two minutes: ten processes that start at once on a busy machine take their time. */
const isReady = async (origin: string): Promise<void> => {
  for (let tries = 0; tries < readyTriesMax; tries++) {
    const response = await fetch(`${origin}/readyz`).catch(() => null)
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${origin} is not ready.`)
}

/** Kills a process with -9 and starts it again after a while. *Units*: milliseconds. */
export const killFor = Effect.fnUntraced(function* (part: Part, downFor: number) {
  part.isMeantUp = false
  yield* Effect.promise(() => part.program.kill("SIGKILL"))
  yield* Effect.sleep(downFor)
  part.program.start()
  part.isMeantUp = true
})
