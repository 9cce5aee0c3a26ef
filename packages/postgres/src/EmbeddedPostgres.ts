import { Clock, Context, Effect, Layer, type Redacted, Schedule } from "effect"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Binaries from "./embedded/Binaries.ts"
import * as Cluster from "./embedded/Cluster.ts"
import { EmbeddedPostgresError } from "./embedded/EmbeddedPostgresError.ts"
import { freePort } from "./embedded/freePort.ts"
import * as Server from "./embedded/Server.ts"

export { EmbeddedPostgresError, freePort }

/**
 * A PostgreSQL server of our own, from the binaries that npm brings: no installation, no account, loopback only.
 *
 * It is for trying, developing and testing: the binaries carry old OpenSSL and ICU libraries, and the server has no care
 * but this process. Production sets DATABASE_URL.
 */
export class EmbeddedPostgres extends Context.Service<
  EmbeddedPostgres,
  {
    readonly url: Redacted.Redacted<string>
    /** Was the server already running, left over by a process that was killed, or shared with one that lives. */
    readonly isAttached: boolean
  }
>()("@spoor/postgres/EmbeddedPostgres") {
  /**
   * A server that keeps its data, restarted when it dies and stopped with the scope.
   *
   * A server that outlived its process is taken over; one whose process lives is shared and left running.
   * *Fails* with `EmbeddedPostgresError`, whose message a person can act on.
   */
  static readonly layer = (options: Options) => Layer.effect(EmbeddedPostgres, make(options))

  /**
   * The server that another process started with `layer` and that runs now; nothing is made, started or stopped.
   * *Fails* when there is none.
   */
  static readonly layerRunning = ({ dataDirectory }: Pick<Options, "dataDirectory">) =>
    Layer.effect(EmbeddedPostgres, find(dataDirectory))

  /** An empty server for one test file: durability switched off, everything removed with the scope. */
  static readonly layerEphemeral = Layer.effect(
    EmbeddedPostgres,
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(Effect.sync(makeTemporary), removeFolder)
      return yield* make({ dataDirectory: path.join(folder, "data"), isEphemeral: true })
    })
  )
}

export interface Options {
  /**
   * Where the cluster lies; made when missing. The password stands beside it in `<dataDirectory>.password`, the server's
   * messages in `<dataDirectory>.log`.
   */
  readonly dataDirectory: string
  /** Default: any free port. It stays the same while the layer lives. */
  readonly port?: number
  /** No fsync: much faster, and lost with the power. Default false. */
  readonly isEphemeral?: boolean
}

const make = Effect.fnUntraced(function* (options: Options) {
  const binaries = yield* Binaries.locate
  const cluster = yield* Cluster.open(binaries, options.dataDirectory)
  const running = yield* attach(cluster)
  if (running !== undefined) {
    if (!Server.isOwned(cluster)) yield* Server.adopt(cluster, running)
    return EmbeddedPostgres.of({ url: Cluster.urlOf(cluster, running.port, Cluster.DATABASE), isAttached: true })
  }
  const port = options.port ?? (yield* freePort)
  yield* Server.supervise(binaries, cluster, { port, isEphemeral: options.isEphemeral ?? false })
  yield* Server.createDatabase(cluster, port)
  return EmbeddedPostgres.of({ url: Cluster.urlOf(cluster, port, Cluster.DATABASE), isAttached: false })
}, onRealTime)

const find = Effect.fnUntraced(function* (dataDirectory: string) {
  const cluster = yield* Cluster.find(dataDirectory)
  const running = cluster === undefined ? undefined : yield* attach(cluster)
  if (cluster === undefined || running === undefined) {
    return yield* new EmbeddedPostgresError({ message: `no database runs in ${dataDirectory}` })
  }
  return EmbeddedPostgres.of({ url: Cluster.urlOf(cluster, running.port, Cluster.DATABASE), isAttached: true })
}, onRealTime)

/** The server is a process in the real world: a test's clock that stands still must not keep it from starting. */
function onRealTime<A, E, R>(effect: Effect.Effect<A, E, R>) {
  return Effect.provideService(effect, Clock.Clock, Clock.Clock.defaultValue())
}

/** The server of this cluster that runs already, if it answers within a few seconds. */
const attach = Effect.fnUntraced(function* (cluster: Cluster.Cluster) {
  const running = yield* Cluster.findRunning(cluster)
  if (running === undefined) return undefined
  yield* Server.probe(cluster, running.port).pipe(
    Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 50 }),
    Effect.mapError(
      () => new EmbeddedPostgresError({ message: `the database server ${running.pid} runs, but does not answer` })
    )
  )
  return running
})

const makeTemporary = () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "spoor-postgres-"))
  fs.chmodSync(folder, 0o711) // As root the server is another user, who must be able to pass.
  return folder
}

const removeFolder = (folder: string) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
