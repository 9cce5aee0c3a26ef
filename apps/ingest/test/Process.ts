import { Effect, Schedule } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { createServer } from "node:net"
import { join } from "node:path"

export const freePort = Effect.promise(
  () =>
    new Promise<number>((resolve) => {
      const probe = createServer().listen(0, "127.0.0.1", () => {
        const address = probe.address()
        probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
      })
    })
)

/** A process of this app as it runs in production, with ports of its own. *Shape*: `output` is what it has said so far. */
export const start = Effect.fnUntraced(function* (settings: Record<string, string>) {
  const [doors, operators] = [yield* freePort, yield* freePort]
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, ["--conditions=@spoor/source", join(import.meta.dirname, "../src/main.ts")], {
        env: {
          ...process.env,
          SPOOR_INGEST_PORT: String(doors),
          SPOOR_METRICS_PORT: String(operators),
          ...settings
        },
        stdio: ["ignore", "pipe", "pipe"]
      })
    ),
    (started) => Effect.promise(() => end(started, "SIGKILL"))
  )
  const said: Array<string> = []
  child.stdout.on("data", (text: Buffer) => said.push(text.toString()))
  child.stderr.on("data", (text: Buffer) => said.push(text.toString()))
  const address = { doors: `http://127.0.0.1:${doors}`, operators: `http://127.0.0.1:${operators}` }
  return { ...address, output: () => said.join(""), stop: Effect.promise(() => end(child, "SIGTERM")) }
})

const end = (child: ChildProcess, signal: NodeJS.Signals) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once("exit", () => resolve())
    child.kill(signal)
  })

export const ask = (url: string, init: RequestInit = {}) =>
  Effect.tryPromise(async () => {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(10_000), ...init })
    return { status: response.status, headers: response.headers, text: await response.text() }
  })

/** Asks until the answer is as it should be, or for so long that it never will be. */
export const until = <A, E, R>(question: Effect.Effect<A, E, R>, isRight: (answer: A) => boolean) =>
  question.pipe(
    Effect.filterOrFail(isRight, (answer) => answer),
    Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 200 }),
    Effect.mapError((last) => new Error(`It did not come to that; at last: ${JSON.stringify(last).slice(0, 2_000)}`)),
    Effect.orDie
  )
