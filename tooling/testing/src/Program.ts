import { Effect, type Scope } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"

export { freePort } from "@spoor/postgres/embedded"

/** A program, its arguments and what is added to its environment. */
export interface Command {
  readonly file: string
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
}

/** An app from its source, as it runs in production. */
const app =
  (name: "ingest" | "sms") =>
  (env: Readonly<Record<string, string>>): Command => ({
    file: process.execPath,
    args: ["--conditions=@spoor/source", join(import.meta.dirname, "../../../apps", name, "src/main.ts")],
    env
  })

/** The doors and the worker. */
export const ingest = app("ingest")

/** The adapter of SMS gateways. */
export const sms = app("sms")

/** A program in a process of its own that may be started again after it was killed. It is ended by its own ID. */
export class Program {
  private readonly command: Command
  private child: ChildProcess | undefined
  private said: Array<string> = []

  constructor(command: Command) {
    this.command = command
  }

  /** Undefined before the first start. */
  get processId(): number | undefined {
    return this.child?.pid
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null
  }

  /** What the process has said so far, on both streams. */
  get output(): string {
    return this.said.join("")
  }

  start(): void {
    if (this.isRunning) return
    const { args, env, file } = this.command
    const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] })
    this.said = []
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => this.said.push(String(text)))
    this.child = child
  }

  /** Returns when the process has ended. */
  async kill(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    if (!this.isRunning) return
    const ended = once(this.child!, "exit")
    this.child!.kill(signal)
    await ended
  }
}

/** Starts it, and ends it with the scope. */
export const run = (command: Command): Effect.Effect<Program, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const program = new Program(command)
      program.start()
      return program
    }),
    (program) => Effect.promise(() => program.kill("SIGKILL"))
  )
