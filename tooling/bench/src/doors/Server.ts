import { freePort } from "@spoor/postgres/embedded"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { request as ask, Agent } from "node:http"
import { connect } from "node:net"
import { fileURLToPath } from "node:url"
import type { Body } from "./Batches.ts"

const meter = new URL("meter.ts", import.meta.url).href

/** A program in a process of its own. *Units*: `cpu` in milliseconds of the process so far, all its threads; `memory`, resident, in bytes. */
export interface Program {
  readonly cpu: () => Promise<number>
  readonly memory: () => Promise<number>
  readonly stop: () => Promise<void>
}

/** One that listens. */
export interface Server extends Program {
  readonly port: number
}

/** More options for Node, such as `--cpu-prof`, to see where the time goes. */
const extra = (process.env["BENCH_NODE_OPTIONS"] ?? "").split(" ").filter((option) => option !== "")

/** Starts a program that listens on the port of the setting SPOOR_INGEST_PORT, and waits until it answers. */
export const start = async (program: URL, settings: Record<string, string>): Promise<Server> => {
  const port = await Effect.runPromise(freePort)
  const started = run(program, { ...settings, SPOOR_INGEST_PORT: String(port) })
  while (!(await isUp(port))) {
    if (started.hasEnded()) throw new Error(`${program.pathname} has ended.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { ...started, port }
}

/** Starts a program. */
export const run = (program: URL, settings: Record<string, string>): Program & { readonly hasEnded: () => boolean } => {
  const options = ["--conditions=@spoor/source", `--import=${meter}`, ...extra]
  const child = spawn(process.execPath, [...options, fileURLToPath(program)], {
    env: { ...process.env, ...settings },
    stdio: ["ignore", "ignore", "inherit", "ipc"]
  })
  const exited = once(child, "exit")
  const ask = async (what: "cpu" | "memory"): Promise<number> => {
    child.send(what)
    const [figure] = await once(child, "message")
    return Number(figure)
  }
  return {
    hasEnded: () => child.exitCode !== null,
    cpu: () => ask("cpu"),
    memory: () => ask("memory"),
    stop: async () => {
      child.kill("SIGTERM")
      await exited
    }
  }
}

const isUp = async (port: number): Promise<boolean> => {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz`)).ok
  } catch {
    return false
  }
}

/** Requests under way at the same time. */
const connections = 32

/** Sends the bodies, each once. *Fails* at an answer other than 200: what was refused costs less. */
export const load = async (port: number, bodies: ReadonlyArray<Body>): Promise<void> => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  let next = 0
  const sendAll = async (): Promise<void> => {
    while (next < bodies.length) await send(agent, port, bodies[next++]!)
  }
  await Promise.all(Array.from({ length: connections }, sendAll))
  agent.destroy()
}

const send = (agent: Agent, port: number, body: Body): Promise<void> =>
  new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": body.length }
    const sent = ask({ agent, host: "127.0.0.1", port, method: "POST", path: "/v1/events", headers }, (answer) => {
      answer.resume()
      if (answer.statusCode === 200) answer.on("end", resolve)
      else reject(new Error(`A server answered ${answer.statusCode}.`))
    })
    sent.on("error", reject)
    sent.end(body)
  })

/** Whether somebody takes connections there. */
export const isListening = async (port: number): Promise<boolean> => {
  const socket = connect(port, "127.0.0.1")
  const isThere = await Promise.race([
    once(socket, "connect").then(() => true),
    once(socket, "error").then(() => false)
  ]).catch(() => false)
  socket.destroy()
  return isThere
}
