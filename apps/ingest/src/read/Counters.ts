import { ReadApi } from "@spoor/contracts"
import { Moment } from "@spoor/domain"
import { Counters } from "@spoor/postgres"
import { DateTime, Effect, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import { answered } from "./Answered.ts"
import * as Parameter from "./Parameter.ts"
import { invalid, type Refused, wrong } from "./Refused.ts"

/** `GET /v1/counters`: what became of what was sent, per site, log and day. */
export const getCounters = answered("GET /v1/counters", ({ unitId, parameters }) =>
  Effect.gen(function* () {
    yield* Parameter.onlyKnown(parameters, ["from", "to"])
    const to = (yield* dayIn(parameters, "to")) ?? DateTime.removeTime(yield* DateTime.now)
    const from = (yield* dayIn(parameters, "from")) ?? DateTime.subtract(to, { days: ReadApi.counterDaysDefault - 1 })
    const days = Math.round((DateTime.toEpochMillis(to) - DateTime.toEpochMillis(from)) / DAY) + 1
    if (days < 1 || days > ReadApi.counterDaysMax) return yield* outOfRange(parameters)
    const counters = yield* (yield* Counters).between(unitId, {
      from: DateTime.formatIsoDateUtc(from),
      to: DateTime.formatIsoDateUtc(to)
    })
    return HttpServerResponse.jsonUnsafe({ counters } satisfies typeof ReadApi.Counters.Type)
  })
)

const DAY = 86_400_000

const dayIn = Effect.fnUntraced(function* (
  parameters: URLSearchParams,
  name: "from" | "to"
): Effect.fn.Return<DateTime.Utc | undefined, Refused> {
  const text = yield* Parameter.one(parameters, name)
  if (text === undefined) return undefined
  if (text.length !== 10 || text < "0002" || !Schema.is(Moment.Moment)(text)) {
    return yield* invalid(name, text, ["2026-03-29"])
  }
  return DateTime.makeUnsafe(text)
})

const outOfRange = (parameters: URLSearchParams): Refused => {
  const parameter = parameters.has("from") ? "from" : "to"
  const found = (parameters.get(parameter) ?? "").slice(0, 10)
  return wrong(
    { parameter, reason: "empty-range", at: 0, found, allowed: [] },
    `the days are 1 to ${ReadApi.counterDaysMax}, the last not before the first.`
  )
}
