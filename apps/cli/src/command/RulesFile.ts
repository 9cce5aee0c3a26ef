import { Rules } from "@spoor/domain"
import { Duration, Effect, FileSystem, Option, Result, Schema } from "effect"
import { CommandError, reasonOf } from "../CommandError.ts"

/**
 * The rules that a file holds: a JSON object with the parameters of sessions.md by name, durations as "30 minutes". A
 * name that is left out has its default.
 *
 * *Fails* with a sentence that names the file, and the parameter where one is wrong.
 */
export const read = Effect.fn("RulesFile.read")(function* (path: string) {
  const files = yield* FileSystem.FileSystem
  const text = yield* Effect.mapError(files.readFileString(path), ({ reason }) => {
    const problem = reason._tag === "NotFound" ? "does not exist" : `could not be read: ${reasonOf(reason.cause)}`
    return new CommandError({ sentence: `The rules file ${path} ${problem}.` })
  })
  const rules = decode(text)
  if (Result.isSuccess(rules)) return rules.success
  return yield* new CommandError({ sentence: `The rules file ${path} ${rules.failure}.` })
})

/** As `read`; the defaults without a file. */
export const readOr = (path: Option.Option<string>) =>
  Option.match(path, { onNone: () => Effect.succeed(Rules.defaults), onSome: read })

/** *Fails* with a sentence whose subject, the file, is missing. */
export const decode = (text: string): Result.Result<Rules.Rules, string> =>
  Result.gen(function* () {
    const rules = { ...Rules.defaults }
    for (const [name, value] of Object.entries(yield* parse(text))) {
      if (!isName(name)) return yield* Result.fail(`names ${quoted(name)}, but the rules are ${names.join(", ")}`)
      rules[name] = yield* parameter(name, value)
    }
    return rules
  })

const names = [
  "inactivity",
  "grace",
  "repeatWindow",
  "recoveryWindow",
  "allowedLateness"
] as const satisfies ReadonlyArray<keyof Rules.Rules>
type Name = (typeof names)[number]

const isName = (name: string): name is Name => names.some((known) => known === name)

const decodeFile = Schema.decodeUnknownResult(Schema.Record(Schema.String, Schema.Json))
const decodeDuration = Schema.decodeUnknownResult(Schema.DurationFromString)

const parse = (text: string): Result.Result<Readonly<Record<string, Schema.Json>>, string> => {
  const json = Result.try(() => JSON.parse(text.replace(/^\uFEFF/, "")))
  if (Result.isFailure(json)) return Result.fail("is not JSON")
  return Result.mapError(decodeFile(json.success), () => 'must hold an object such as {"inactivity": "30 minutes"}')
}

const parameter = (name: Name, value: Schema.Json): Result.Result<number, string> => {
  const duration = decodeDuration(value)
  if (Result.isFailure(duration)) {
    return Result.fail(`must give ${name} as a duration such as "30 minutes", not ${quoted(value)}`)
  }
  const milliseconds = Duration.toMillis(duration.success)
  const bounded = Schema.decodeResult(Rules.Rules.fields[name])(milliseconds)
  return Result.mapError(bounded, ({ message }) => `gives ${name} as ${quoted(value)}: ${spelled(message)}`)
}

const quoted = (value: Schema.Json): string => JSON.stringify(value)

/** "Expected a value between 60000 and 14400000" for a person. */
const spelled = (message: string): string =>
  message.replace(/^E/, "e").replaceAll(/\d+/g, (milliseconds) => duration(Number(milliseconds)))

const duration = (milliseconds: number): string => {
  const [unit, size] = units.find(([, size]) => milliseconds >= size && milliseconds % size === 0) ?? smallest
  const count = milliseconds / size
  return `${count} ${unit}${count === 1 ? "" : "s"}`
}

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000]
] as const

const smallest = ["second", 1_000] as const
