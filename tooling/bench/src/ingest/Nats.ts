import { freePort } from "@spoor/postgres/embedded"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { delimiter, join } from "node:path"
import { isListening } from "../doors/Server.ts"

/** Debian puts it where only root's path leads. */
const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/bin"]

/** Undefined where there is none; packages/nats/README.md says how to get it. */
export const program = folders.map((folder) => join(folder, "nats-server")).find((file) => existsSync(file))

export interface NatsServer {
  readonly url: string
  readonly processId: number
  readonly stop: () => Promise<void>
}

/** One JetStream node with an empty store in this folder. */
export const start = async (file: string, folder: string): Promise<NatsServer> => {
  const port = await Effect.runPromise(freePort)
  const config = join(folder, "nats.conf")
  const store = `jetstream { store_dir: "${folder}", max_file_store: 100GB, max_memory_store: 1MB }`
  await writeFile(config, `listen: "127.0.0.1:${port}"\nmax_payload: 8MB\n${store}\n`)
  const child = spawn(file, ["-c", config], { stdio: "ignore" })
  const exited = once(child, "exit")
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`nats-server ended with ${child.exitCode}.`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return {
    url: `nats://127.0.0.1:${port}`,
    processId: child.pid!,
    stop: async () => {
      child.kill("SIGTERM")
      await exited
    }
  }
}
