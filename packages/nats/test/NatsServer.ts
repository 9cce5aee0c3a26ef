import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { Effect, Redacted } from "effect"

/** Debian puts it where only root's path leads. */
const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/bin"]
const program = folders.map((folder) => join(folder, "nats-server")).find((file) => existsSync(file))

/** Whether there is a server to test against; every test without one is counted as skipped. */
export const isInstalled = program !== undefined
if (!isInstalled) {
  console.warn("SKIPPED: the tests of packages/nats, for want of nats-server (how to get it: packages/nats/README.md).")
}

/** A real server on loopback with a store of its own, which outlives its process and not its scope. */
export class NatsServer {
  readonly url: Redacted.Redacted<string>
  private readonly port: number
  private readonly file: string
  private child: ChildProcess | undefined

  constructor(port: number, folder: string, more: string) {
    this.port = port
    this.url = Redacted.make(`nats://127.0.0.1:${port}`)
    this.file = join(folder, "nats.conf")
    const store = `jetstream { store_dir: "${folder}", max_file_store: 100GB, max_memory_store: 1MB }`
    writeFileSync(this.file, `listen: "127.0.0.1:${port}"\n${store}\n${more}\n`)
  }

  /** Starts the process and waits until it listens. */
  async start(): Promise<void> {
    const child = spawn(program ?? "nats-server", ["-c", this.file], { stdio: "ignore" })
    this.child = child
    while (!(await isListening(this.port))) {
      if (child.exitCode !== null) throw new Error(`nats-server ended with ${child.exitCode}: ${this.file}`)
      await setTimeout(10)
    }
  }

  async kill(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, "close")
    child.kill(signal)
    await closed
  }

  /** Stops the process where it stands, so that its connections stay open and silent. */
  freeze(isFrozen: boolean): void {
    this.child?.kill(isFrozen ? "SIGSTOP" : "SIGCONT")
  }
}

const scoped = (port: number, more: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const folder = mkdtempSync(join(tmpdir(), "spoor-nats-"))
      const server = new NatsServer(port, folder, more)
      await server.start()
      return { folder, server }
    }),
    ({ folder, server }) =>
      Effect.promise(async () => {
        await server.kill("SIGKILL")
        rmSync(folder, { recursive: true })
      })
  ).pipe(Effect.map(({ server }) => server))

const roomy = "max_payload: 8MB"

/** One server by itself. `more` is further configuration. */
export const single = (more: string = roomy) =>
  Effect.flatMap(
    Effect.promise(() => freePorts(1)),
    ([port = 0]) => scoped(port, more)
  )

/** Three servers that know each other. */
export const cluster = Effect.gen(function* () {
  const ports = yield* Effect.promise(() => freePorts(6))
  const routes = ports.slice(3).map((port) => `"nats://127.0.0.1:${port}"`)
  return yield* Effect.forEach(ports.slice(0, 3), (port, index) =>
    scoped(
      port,
      `${roomy}\nserver_name: n${index}\ncluster { name: spoor, listen: "127.0.0.1:${ports[index + 3]}", routes: [${routes}] }`
    )
  )
})

/** All addresses of a cluster in one. */
export const urlOf = (servers: ReadonlyArray<NatsServer>) =>
  Redacted.make(servers.map(({ url }) => Redacted.value(url)).join(","))

const freePorts = async (count: number): Promise<ReadonlyArray<number>> => {
  const listeners = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"))
  await Promise.all(listeners.map((listener) => once(listener, "listening")))
  const ports = listeners.map((listener) => {
    const address = listener.address()
    return typeof address === "object" && address !== null ? address.port : 0
  })
  await Promise.all(listeners.map((listener) => once(listener.close(), "close")))
  return ports
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false))
    socket.once("connect", () => socket.destroy())
  })
