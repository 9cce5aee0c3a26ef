import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, Exit, Layer, Sink, Stdio, Stream } from "effect"
import { Buffer } from "node:buffer"
import * as Spoor from "../src/Spoor.ts"

/** What a run said on the two streams, and whether its exit status would be 0. */
export interface Ran {
  readonly out: string
  readonly err: string
  readonly isSuccess: boolean
}

/** Runs a command in this process, the input in pieces of `pieceBytes`. */
export const spoor = (
  args: ReadonlyArray<string>,
  input: string | Uint8Array,
  { pieceBytes = 65_536, isTerminal = false }: { readonly pieceBytes?: number; readonly isTerminal?: boolean } = {}
): Effect.Effect<Ran> =>
  Effect.gen(function* () {
    const bytes = Buffer.from(input)
    const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, at) =>
      bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes)
    )
    let [out, err] = ["", ""]
    const take = (piece: string | Uint8Array) =>
      Effect.sync(() => {
        out += Buffer.from(piece).toString()
      })
    const stdio = Stdio.layerTest({
      stdin: Stream.fromIterable(pieces),
      stdinIsTerminal: Effect.succeed(isTerminal),
      stdout: () => Sink.forEach(take)
    })
    const console = {
      ...globalThis.console,
      log: (...parts: ReadonlyArray<string>) => void (out += `${parts.join(" ")}\n`),
      error: (...parts: ReadonlyArray<string>) => void (err += `${parts.join(" ")}\n`)
    }
    const exit = yield* Effect.exit(
      Effect.provide(
        Spoor.run(args),
        Layer.mergeAll(Spoor.layer, NodeServices.layer, Layer.succeed(Console.Console, console)).pipe(
          Layer.merge(stdio)
        )
      )
    )
    return { out, err, isSuccess: Exit.isSuccess(exit) }
  })

/** The lines of an output, parsed. */
export const parsed = (out: string): ReadonlyArray<Record<string, unknown>> =>
  out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
