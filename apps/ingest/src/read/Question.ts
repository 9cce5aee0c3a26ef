import { ReadApi } from "@spoor/contracts"
import { FilterError, FilterText, FilterUrl, type Interval, type Log, type LogFilter, TimeRange } from "@spoor/domain"
import { Effect, Result } from "effect"
import * as Parameter from "./Parameter.ts"
import { invalid, type Refused, wrong } from "./Refused.ts"

/** Where days and clocks are read that name no zone: programs ask, and they are nowhere. */
const zone = "UTC"

/** What narrows the rows of a question. */
export interface Narrowed<L extends Log.Log> {
  readonly filter: LogFilter.FilterOf<L>
  readonly interval: Interval.Interval
}

/**
 * The filter that a question holds: in parameters as an address of the panel has them, in `q` as text, or in both, which
 * then are one filter.
 *
 * *Units*: `now` in UTC milliseconds. *Fails* at the first thing that is wrong.
 */
export const read = Effect.fnUntraced(function* <L extends Log.Log>(log: L, parameters: URLSearchParams, now: number) {
  yield* Parameter.onlyKnown(parameters, [...FilterUrl.names(log), ...ReadApi.ownParameters])
  const text = (yield* Parameter.one(parameters, "q")) ?? ""
  const inParameters = yield* orWrong(FilterUrl.decode(log, [...parameters]), (error) => named(parameters, error))
  yield* orWrong(FilterText.parse(log, text), () => "q")
  const filter = yield* orWrong(FilterText.parse(log, `${text} ${FilterText.print(inParameters)}`), () => "q")
  return { filter, interval: yield* intervalOf(parameters, filter.range, now) } satisfies Narrowed<L>
})

/** Whether all rows are wanted, one per line, and not a page of them. */
export const isStreamed = Effect.fnUntraced(function* (parameters: URLSearchParams, accept: string) {
  const format = yield* Parameter.one(parameters, "format")
  if (format === undefined) return accept.includes(ReadApi.ndjson)
  if (format !== "json" && format !== "ndjson") return yield* invalid("format", format, ["json", "ndjson"])
  return format === "ndjson"
})

const orWrong = <A>(
  result: Result.Result<A, FilterError.FilterError>,
  parameterOf: (error: FilterError.FilterError) => string
): Effect.Effect<A, Refused> =>
  Result.match(result, {
    onSuccess: Effect.succeed,
    onFailure: (error) => {
      const { reason, at, found, allowed } = error
      return Effect.fail(
        wrong({ parameter: parameterOf(error), reason, at, found, allowed }, FilterError.sentence(error).en)
      )
    }
  })

/** The parameter in whose value an error points: the field's own, or its negated one. */
const named = (parameters: URLSearchParams, { field, at, found }: FilterError.FilterError): string =>
  [field, `-${field}`].find((name) => parameters.getAll(name).some((value) => value.startsWith(found, at))) ?? field

const intervalOf = (
  parameters: URLSearchParams,
  range: TimeRange.TimeRange | undefined,
  now: number
): Effect.Effect<Interval.Interval, Refused> => {
  if (range === undefined) return Effect.succeed({ from: null, to: null })
  const interval = TimeRange.resolve(range, { now, zone })
  if (Result.isSuccess(interval)) return Effect.succeed(interval.success)
  const parameter = parameters.has("to") ? "to" : "q"
  const found = (parameters.get(parameter) ?? "").slice(0, 200)
  return Effect.fail(
    wrong({ parameter, reason: "empty-range", at: 0, found, allowed: [] }, "the range ends before it begins.")
  )
}
