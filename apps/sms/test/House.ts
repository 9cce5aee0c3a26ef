import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Program } from "@spoor/testing"
import { Effect, Redacted } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { connect, createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { publicUrl, secret } from "./Doors.ts"

const apps = join(import.meta.dirname, "../..")

/** The adapter and the worker as they run in production: two processes that share a queue's file and a database which can be cut off. */
export const open = Effect.gen(function* () {
  const { url } = yield* EmbeddedPostgres
  const home = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-sms-"))),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  )
  const here = yield* Program.freePort
  const wire = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const made = new Wire(new URL(Redacted.value(url)), here)
      await made.open()
      return made
    }),
    (made) => Effect.sync(() => made.cut())
  )
  const [port, metricsPort] = [yield* Program.freePort, yield* Program.freePort]
  const env = {
    DATABASE_URL: wire.url,
    SPOOR_HOME: home,
    SPOOR_SMS_PORT: String(port),
    SPOOR_SMS_METRICS_PORT: String(metricsPort),
    SPOOR_SMS_PUBLIC_URL: publicUrl,
    SPOOR_SMS_SECRET_VENDOR: secret,
    SPOOR_SMS_SECRET_OLD: "old",
    SPOOR_SMS_SECRET_LOGIN: "user:password",
    SPOOR_INGEST_ROLES: "worker",
    SPOOR_LOG_LEVEL: "error"
  }
  const origin = `http://127.0.0.1:${port}`
  const worker = yield* running("ingest", env)
  const adapter = yield* running("sms", env)
  yield* Effect.promise(() => answers(`${origin}/readyz`))
  const metrics = `http://127.0.0.1:${metricsPort}/metrics`
  return { origin, metrics, wire, worker, adapter, isReady: Effect.promise(() => answers(`${origin}/readyz`)) }
})

/** A process of an app that can be ended and started again; it ends with the scope. */
const running = Effect.fnUntraced(function* (app: string, env: Record<string, string>) {
  const start = () =>
    spawn(process.execPath, ["--conditions=@spoor/source", join(apps, app, "src/main.ts")], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "inherit"]
    })
  let child = start()
  yield* Effect.addFinalizer(() => Effect.promise(() => end(child, "SIGKILL")))
  return {
    stop: (signal: NodeJS.Signals) => Effect.promise(() => end(child, signal)),
    start: Effect.sync(() => {
      child = start()
    })
  }
})

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, "exit")
  child.kill(signal)
  await ended
}

const answersMax = 300

const answers = async (url: string): Promise<void> => {
  for (let attempt = 0; attempt < answersMax; attempt++) {
    const response = await fetch(url).catch(() => undefined)
    if (response?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${url} does not answer.`)
}

/** The way to the database, which can be cut: then nobody listens there. */
class Wire {
  private readonly port: number
  private readonly sockets = new Set<Socket>()
  private readonly there: URL
  private server = createServer()

  constructor(there: URL, port: number) {
    this.there = there
    this.port = port
  }

  get url(): string {
    const url = new URL(this.there)
    url.port = String(this.port)
    return url.href
  }

  /** Opens it for the first time, and again at the same port. */
  async open(): Promise<void> {
    this.server = createServer((socket) => this.join(socket))
    await once(this.server.listen(this.port, "127.0.0.1"), "listening")
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
