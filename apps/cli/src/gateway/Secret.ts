import { Console, Effect, Stdio, Stream } from "effect"
import * as fs from "node:fs"
import { join } from "node:path"
import { attempt, CommandError, reasonOf } from "../CommandError.ts"
import { settings } from "../config.ts"
import * as House from "../letter/House.ts"

/** *Units*: bytes; as the adapter reads it. */
const secretBytesMax = 4_096

/** Writes a secret where the SMS adapter looks for it; nobody but this user can read it. */
export const keep = Effect.fn("keep")(
  function* (name: string) {
    const { home } = yield* settings
    const { stdin } = yield* Stdio.Stdio
    const text = yield* stdin.pipe(Stream.decodeText, Stream.mkString)
    const secret = text.trim()
    if (secret === "" || secret.includes("\n") || Buffer.byteLength(secret) > secretBytesMax) {
      return yield* new CommandError({ sentence: "Standard input has no secret: one line, 4096 bytes at most." })
    }
    const folder = join(home, "sms-secrets")
    yield* attempt(() => {
      try {
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
        const partial = join(folder, `${name}.partial`)
        fs.writeFileSync(partial, `${secret}\n`, { mode: 0o600, flush: true })
        fs.renameSync(partial, join(folder, name))
      } catch (error) {
        throw new CommandError({ sentence: `The secret cannot be kept: ${reasonOf(error)}.` })
      }
    })
    yield* Console.error(`The secret ${name} is kept in ${folder}; the SMS adapter reads it within seconds.`)
  },
  Effect.catchTag("PlatformError", (error) => Effect.fail(new CommandError({ sentence: error.message }))),
  Effect.mapError((error) => (error._tag === "ConfigError" ? House.explain(error) : error))
)
