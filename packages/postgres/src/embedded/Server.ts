import { Deferred, Effect, Redacted, Schedule } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import postgres from "postgres"
import type { Binaries } from "./Binaries.ts"
import * as Cluster from "./Cluster.ts"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import * as Pid from "./Pid.ts"

export interface Settings {
  readonly port: number
  readonly isEphemeral: boolean
}

const LOG_TAIL_CHARS = 2_000
const STOP_TIMEOUT_MS = 10_000
const STOP_POLL_MS = 50

/** Starts the server and starts it again, on the same port, whenever it dies; stops it with the scope. */
export const supervise = Effect.fnUntraced(function* (
  binaries: Binaries,
  cluster: Cluster.Cluster,
  settings: Settings
) {
  const ready = yield* Deferred.make<void, EmbeddedPostgresError>()
  const once = Effect.scoped(
    Effect.gen(function* () {
      yield* Cluster.findRunning(cluster) // Removes the lock file that a killed server left.
      const server = yield* Effect.acquireRelease(start(binaries, cluster, settings), stop)
      yield* awaitAnswer(cluster, server, settings.port)
      yield* Deferred.succeed(ready, undefined)
      yield* exitOf(server)
      yield* Effect.logWarning("the database server died and is started again")
    })
  )
  yield* once.pipe(
    // The first start reports its failure; later ones are repeated until the scope ends.
    Effect.catchTag("EmbeddedPostgresError", (error) =>
      Effect.flatMap(Deferred.fail(ready, error), (isFirst) =>
        isFirst ? Effect.void : Effect.logWarning(error.message)
      )
    ),
    Effect.repeat(Schedule.spaced("500 millis")),
    Effect.forkScoped
  )
  yield* Deferred.await(ready)
})

/** Makes a server without a living owner ours: it is stopped with the scope. */
export const adopt = (cluster: Cluster.Cluster, running: Cluster.Running) =>
  Effect.acquireRelease(
    Effect.sync(() => claim(cluster)),
    () => stopPid(running.pid)
  )

/** Does the process that started this cluster's server live? */
export const isOwned = (cluster: Cluster.Cluster): boolean =>
  fs.existsSync(cluster.ownerFile) && Pid.isAlive(Number(fs.readFileSync(cluster.ownerFile, "utf8")))

export const probe = (cluster: Cluster.Cluster, port: number) => withConnection(cluster, port, (sql) => sql`select 1`)

export const createDatabase = (cluster: Cluster.Cluster, port: number) =>
  withConnection(cluster, port, async (sql) => {
    const found = await sql`select from pg_database where datname = ${Cluster.DATABASE}`
    if (found.length === 0) await sql`create database ${sql(Cluster.DATABASE)}`
  })

const claim = (cluster: Cluster.Cluster) => fs.writeFileSync(cluster.ownerFile, String(process.pid))

const start = (binaries: Binaries, cluster: Cluster.Cluster, settings: Settings) =>
  Effect.sync((): ChildProcess => {
    claim(cluster)
    const log = fs.openSync(cluster.logFile, "w", 0o600)
    const server = spawn(binaries.postgres, argumentsFor(cluster, settings), {
      ...cluster.account,
      cwd: cluster.directory,
      stdio: ["ignore", log, log],
      // A process group of its own: Ctrl-C must not stop it before those who still write to it.
      detached: true
    })
    server.once("error", () => {}) // `exitOf` sees it.
    fs.closeSync(log)
    if (settings.isEphemeral) removeWithProcess(server)
    return server
  })

const argumentsFor = (cluster: Cluster.Cluster, { port, isEphemeral }: Settings): ReadonlyArray<string> => {
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "log_checkpoints=off",
    "deadlock_timeout=100ms"
  ]
  if (isEphemeral) settings.push("fsync=off", "synchronous_commit=off", "full_page_writes=off")
  else settings.push(`shared_buffers=${buffersMegabytes()}MB`)
  return ["-D", cluster.directory, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])]
}

/** A third of the memory, where PostgreSQL's manual says from a quarter to two fifths: its own 128 MB are too few for a log. *Units*: megabytes. */
const buffersMegabytes = (): number => {
  const memory = Math.min(os.totalmem(), process.constrainedMemory() || Infinity)
  return Math.round(Math.min(buffersMax, Math.max(buffersMin, memory / 3)) / 2 ** 20)
}

/** *Units*: bytes. */
const [buffersMin, buffersMax] = [128 * 2 ** 20, 8 * 2 ** 30]

/** A test process may end without closing its scope; a server that keeps nothing must not outlive it. */
const removeWithProcess = (server: ChildProcess) => {
  const kill = () => server.kill("SIGKILL")
  process.once("exit", kill)
  server.once("exit", () => process.off("exit", kill))
}

const awaitAnswer = (cluster: Cluster.Cluster, server: ChildProcess, port: number) =>
  probe(cluster, port).pipe(
    Effect.retry({ schedule: Schedule.spaced("30 millis"), times: 1_000 }),
    Effect.raceFirst(
      Effect.andThen(
        exitOf(server),
        Effect.suspend(() =>
          Effect.fail(new EmbeddedPostgresError({ message: `PostgreSQL ended: ${tailOf(cluster)}` }))
        )
      )
    )
  )

const tailOf = (cluster: Cluster.Cluster) => fs.readFileSync(cluster.logFile, "utf8").slice(-LOG_TAIL_CHARS)

const exitOf = (server: ChildProcess): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const done = () => resume(Effect.void)
    if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return done()
    server.once("exit", done)
    return Effect.sync(() => server.off("exit", done))
  })

/**
 * SIGINT is PostgreSQL's fast shutdown: it rolls back what is open and writes everything down. If that takes too long,
 * SIGQUIT stops it at once and the next start recovers from its log; either way nothing committed is lost.
 */
const stop = (server: ChildProcess) =>
  Effect.suspend(() => {
    server.kill("SIGINT")
    const timer = setTimeout(() => server.kill("SIGQUIT"), STOP_TIMEOUT_MS)
    return Effect.ensuring(
      exitOf(server),
      Effect.sync(() => clearTimeout(timer))
    )
  })

const stopPid = (pid: number) =>
  Effect.sync(() => {
    if (Pid.isPostgres(pid)) process.kill(pid, "SIGINT")
  }).pipe(
    Effect.andThen(
      Effect.sync(() => Pid.isPostgres(pid)).pipe(
        Effect.repeat({
          schedule: Schedule.spaced(STOP_POLL_MS),
          times: STOP_TIMEOUT_MS / STOP_POLL_MS,
          while: (isRunning) => isRunning
        })
      )
    )
  )

const withConnection = (cluster: Cluster.Cluster, port: number, use: (sql: postgres.Sql) => PromiseLike<unknown>) =>
  Effect.tryPromise({
    try: async () => {
      const url = Redacted.value(Cluster.urlOf(cluster, port, "postgres"))
      const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {}, fetch_types: false })
      try {
        await use(sql)
      } finally {
        await sql.end({ timeout: 1 })
      }
    },
    catch: (cause) => new EmbeddedPostgresError({ message: cause instanceof Error ? cause.message : String(cause) })
  })
