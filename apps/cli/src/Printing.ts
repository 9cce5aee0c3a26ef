import { Effect, type PlatformError, Stdio, Stream } from "effect"
import { CommandError, OutputClosed } from "./CommandError.ts"

/** Writes data to standard output as it comes. *Fails* with `OutputClosed` when nobody reads on. */
export const print = <R>(pieces: Stream.Stream<string | Uint8Array, CommandError | OutputClosed, R>) =>
  Effect.flatMap(Stdio.Stdio, ({ stdout }) => Stream.run(pieces, stdout())).pipe(
    Effect.catchTag("PlatformError", unwritten)
  )

const unwritten = ({ reason }: PlatformError.PlatformError) =>
  Effect.fail(
    isClosed(reason.cause)
      ? new OutputClosed()
      : new CommandError({ sentence: `Standard output could not be written: ${reason.message}.` })
  )

/** Whoever read the output has gone, such as `head`. */
const isClosed = (cause: unknown): boolean =>
  typeof cause === "object" && cause !== null && "code" in cause && cause.code === "EPIPE"

/** Text from elsewhere may hold what steers a terminal. */
export const harmless = (text: string): string =>
  text.replaceAll(/[^\P{Cc}\n\t]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
