import {
  type Cause,
  Clock,
  Config,
  Context,
  Effect,
  Layer,
  Logger,
  type LogLevel,
  References,
  Schema,
  Tracer
} from "effect"
import * as Told from "./Told.ts"

export type Format = "json" | "text"

const levels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const

/** SPOOR_LOG_FORMAT and SPOOR_LOG_LEVEL. A person at a terminal reads text, everybody else lines of JSON; `info` and above. */
export const config = (isTerminal: boolean) =>
  Config.all({
    format: Config.schema(Schema.Literals(["text", "json"]), "SPOOR_LOG_FORMAT").pipe(
      Config.withDefault(isTerminal ? ("text" as const) : ("json" as const))
    ),
    level: Config.schema(Schema.Literals(["debug", "info", "warn", "error"]), "SPOOR_LOG_LEVEL").pipe(
      Config.withDefault("info" as const),
      Config.map((level) => levels[level])
    )
  })

/** How this process logs: one line of JSON for each entry, or text for a person at a terminal. */
export const layer = ({
  format,
  level
}: {
  readonly format: Format
  readonly level: LogLevel.LogLevel
}): Layer.Layer<never> =>
  Layer.merge(
    Logger.layer([Logger.withConsoleLog(format === "json" ? json : text)]),
    Layer.succeed(References.MinimumLogLevel, level)
  )

/** *Units*: milliseconds. */
const againAfter = 60_000

/**
 * A warning of what every request may meet, such as a full queue: written once a minute at most, so that it does not fill the log's disk
 * too. *Shape*: `times` is how often it happened since it was written last, what is given is of the last time.
 */
export const nowAndThen = (message: string) => {
  let saidAt = -Infinity
  let times = 0
  return (...told: ReadonlyArray<unknown>) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      times += 1
      if (now - saidAt < againAfter) return
      const facts = { times }
      saidAt = now
      times = 0
      yield* Effect.logWarning(message, facts, ...told)
    })
}

/** One entry, in words and values that may be kept. *Shape*: `errors` in the order in which they came. */
interface Entry {
  readonly time: string
  readonly level: string
  readonly message: string
  readonly annotations: Readonly<Record<string, Told.Value>>
  readonly errors: ReadonlyArray<Told.Failure>
}

const entryOf = ({ cause, date, fiber, logLevel, message }: Logger.Options<unknown>): Entry => {
  const parts: ReadonlyArray<unknown> = Array.isArray(message) ? message : [message]
  const words = parts.filter((part) => typeof part !== "object").map((part) => Told.text(String(part)))
  const errors = [...parts.filter((part) => part instanceof Error), ...cause.reasons.flatMap(errorOf)]
  const records = parts.filter((part) => typeof part === "object" && part !== null && !(part instanceof Error))
  return {
    time: date.toISOString(),
    level: logLevel.toLowerCase(),
    message: words.join(" "),
    annotations: Object.assign(
      {},
      Told.values(fiber.getRef(References.CurrentLogAnnotations)),
      ...records.map(Told.values),
      traceOf(fiber.context)
    ),
    errors: errors.map(Told.failure)
  }
}

const errorOf = (reason: Cause.Reason<unknown>): ReadonlyArray<unknown> =>
  reason._tag === "Fail" ? [reason.error] : reason._tag === "Die" ? [reason.defect] : []

const traceOf = (context: Context.Context<never>): Readonly<Record<string, Told.Value>> => {
  const span = Context.getOrUndefined(context, Tracer.ParentSpan)
  return span?.sampled === true && Context.get(context, References.TracerEnabled) ? { traceId: span.traceId } : {}
}

const json = Logger.make((options): string => {
  const { annotations, errors, ...head } = entryOf(options)
  return JSON.stringify({ ...head, ...annotations, ...head, ...(errors.length > 0 && { errors }) })
})

const text = Logger.make((options): string => {
  const { annotations, errors, level, message, time } = entryOf(options)
  const values = Object.entries(annotations).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
  return [`${time} ${level.toUpperCase()} ${message}${values.join("")}`, ...errors.flatMap(Told.lines)].join("\n  ")
})
