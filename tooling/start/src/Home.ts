import { Effect, Schema } from "effect"
import * as fs from "node:fs"
import * as path from "node:path"
import { StartError } from "./StartError.ts"

/** Makes SPOOR_HOME and keeps a second launcher out of it until the scope ends. */
export const open = Effect.fnUntraced(function* (home: string) {
  const lock = path.join(home, "start.pid")
  yield* Effect.try({
    try: () => {
      // Others may pass, because as root the database server is another user, but not look around.
      if (fs.mkdirSync(home, { recursive: true }) !== undefined) fs.chmodSync(home, 0o711)
    },
    catch: (cause) => new StartError({ message: `SPOOR_HOME ${home} cannot be made: ${messageOf(cause)}` })
  })
  const holder = yield* Effect.sync(() => holderOf(lock))
  if (holder !== undefined) {
    return yield* new StartError({
      message: `Spoor already runs on ${home} (process ${holder}). Stop it, or set SPOOR_HOME to another folder.`
    })
  }
  yield* Effect.acquireRelease(
    Effect.try({
      try: () => fs.writeFileSync(lock, String(process.pid)),
      catch: (cause) => new StartError({ message: `SPOOR_HOME ${home} cannot be written: ${messageOf(cause)}` })
    }),
    () => Effect.sync(() => fs.rmSync(lock, { force: true }))
  )
})

/** A file of SPOOR_HOME that is there or not; what it holds must fit, for a damaged secret is no secret. */
export const read = <A>(file: string, schema: Schema.Codec<A, string>) =>
  Effect.gen(function* () {
    if (!fs.existsSync(file)) return null
    return yield* Schema.decodeEffect(schema)(fs.readFileSync(file, "utf8"))
  }).pipe(
    Effect.mapError(() => new StartError({ message: `${file} cannot be understood; repair it or move it away.` }))
  )

/** Replaces the file in one step, so that a start that is cut off leaves the old one or the new one. */
export const write = <A>(file: string, schema: Schema.Codec<A, string>, value: A) =>
  Effect.map(Effect.orDie(Schema.encodeEffect(schema)(value)), (text) => {
    const partial = `${file}.partial`
    fs.writeFileSync(partial, `${text}\n`, { mode: 0o600, flush: true })
    fs.renameSync(partial, file)
  })

/** The launcher that lives in this home. Its pid may be anybody's by now, so the name is looked at where one can. */
const holderOf = (lock: string): number | undefined => {
  if (!fs.existsSync(lock)) return undefined
  const pid = Number(fs.readFileSync(lock, "utf8"))
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return undefined
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return undefined
  }
  const commandLine = `/proc/${pid}/cmdline`
  if (fs.existsSync(commandLine) && !fs.readFileSync(commandLine, "utf8").includes("start")) return undefined
  return pid
}

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))
