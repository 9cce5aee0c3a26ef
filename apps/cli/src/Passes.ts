import { Console, Effect, Stdio, Stream } from "effect"
import { fstatSync } from "node:fs"
import { packed } from "./answer/Packed.ts"
import { attempt, CommandError } from "./CommandError.ts"
import { Collector } from "./input/Collector.ts"
import { Cutter } from "./input/Cutter.ts"
import { type Foretell, Foretold } from "./input/Foretold.ts"
import { print } from "./Printing.ts"

/**
 * What a command does with the lines of standard input.
 *
 * *Shape*: `foretell` is null where nothing can be told of a visitor before the end. `isAnswering` writes what is wrong
 * with lines as soon as it is known. `answers` come after the last line; they may be empty.
 */
export interface Plan {
  readonly foretell: Foretell | null
  readonly isAnswering: boolean
  readonly answers: (collector: Collector) => Iterable<string | Uint8Array>
}

/** Reads standard input, and once more from a file of its own what was accepted, and writes the answers. */
export const run = (plan: Plan) => Effect.scoped(runScoped(plan))

const runScoped = Effect.fn("Passes.run")(function* (plan: Plan) {
  const stdio = yield* Stdio.Stdio
  if (yield* stdio.stdinIsTerminal) yield* Console.error(hint)
  yield* attempt(refuseFolder)
  const collector = yield* Effect.acquireDisposable(
    attempt(() => new Collector(plan.foretell === null ? null : new Foretold(plan.foretell)))
  )
  yield* print(passes(stdio.stdin, collector, plan))
  const { rejected, duplicates } = collector
  if (plan.isAnswering || rejected + duplicates === 0) return
  yield* Console.error(
    `Left out: ${rejected} rejected lines and ${duplicates} duplicates. spoor sessionize says which.`
  )
})

const hint = "Waiting for events, one JSON object a line, on standard input. Try: spoor sessionize < events.ndjson"

/** Node takes a folder for an empty input. */
const refuseFolder = (): void => {
  if (fstatSync(0).isDirectory()) throw new CommandError({ sentence: "Standard input is a folder, not events." })
}

const passes = (input: Stdio.Stdio["stdin"], collector: Collector, { isAnswering, answers }: Plan) => {
  const cutter = new Cutter(collector)
  const step = (work: () => void) =>
    attempt(() => {
      work()
      const verdicts = collector.drain()
      return isAnswering ? verdicts : ""
    })
  const first = Stream.mapEffect(readable(input), (bytes) => step(() => cutter.push(bytes)))
  const last = Stream.fromEffect(
    step(() => {
      cutter.end()
      collector.end()
    })
  )
  const second = Stream.suspend(() => drawn(packed(answers(collector))))
  return Stream.concat(Stream.concat(first, last), second).pipe(Stream.filter((piece) => piece.length > 0))
}

const readable = (input: Stdio.Stdio["stdin"]) =>
  Stream.mapError(
    input,
    ({ reason }) => new CommandError({ sentence: `Standard input could not be read: ${reason.message}.` })
  )

/** Draws one pack after another; signals are heard in between. */
const drawn = (packs: Iterator<Uint8Array>): Stream.Stream<Uint8Array, CommandError> =>
  Stream.unfold(packs, (packs) =>
    Effect.andThen(
      Effect.yieldNow,
      attempt(() => {
        const { done, value } = packs.next()
        return done === true ? undefined : ([value, packs] as const)
      })
    )
  )
