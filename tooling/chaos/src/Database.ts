import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Program } from "@spoor/testing"
import { Context, Effect, Exit, Layer, type Redacted, References, Scope } from "effect"
import { readFile } from "node:fs/promises"

/** A PostgreSQL that keeps its data and can be hurt. */
export interface Database {
  readonly url: Redacted.Redacted<string>
  /** An orderly end; nobody listens afterwards. */
  readonly stop: Effect.Effect<void>
  readonly start: Effect.Effect<void>
  /** Kills the server's first process with -9; its launcher starts it again. */
  readonly kill: Effect.Effect<void>
}

/** Commits are durable: with `isEphemeral`, what was committed last would be gone with the process. */
export const open = Effect.fnUntraced(function* (dataDirectory: string) {
  const port = yield* Program.freePort
  const outer = yield* Effect.scope
  // The launcher warns of every death that was wished for.
  const launch = Effect.gen(function* () {
    const scope = yield* Scope.fork(outer)
    const server = yield* Layer.buildWithScope(EmbeddedPostgres.layer({ dataDirectory, port }), scope)
    return { scope, url: Context.get(server, EmbeddedPostgres).url }
  }).pipe(Effect.orDie, Effect.provideService(References.MinimumLogLevel, "None"))
  let running: { readonly scope: Scope.Closeable; readonly url: Redacted.Redacted<string> } | null = yield* launch
  const { url } = running
  const stop = Effect.suspend(() => {
    const scope = running?.scope
    running = null
    return scope === undefined ? Effect.void : Scope.close(scope, Exit.void)
  })
  const start = Effect.gen(function* () {
    if (running === null) running = yield* launch
  })
  const kill = Effect.promise(async () => {
    const [processId] = (await readFile(`${dataDirectory}/postmaster.pid`, "utf8").catch(() => "")).split("\n")
    if (running !== null && Number(processId) > 0) killHard(Number(processId))
  })
  return { url, start, stop, kill } satisfies Database
})

/** Kills with -9 a process that may be gone already. */
export const killHard = (processId: number): void => {
  try {
    process.kill(processId, "SIGKILL")
  } catch {
    // It is what was wanted.
  }
}
