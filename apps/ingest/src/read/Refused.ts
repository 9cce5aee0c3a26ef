import { ReadApi } from "@spoor/contracts"
import { Schema } from "effect"
import { HttpServerResponse } from "effect/http"

/** A question that gets no answer: why, in words and for programs. */
export class Refused extends Schema.TaggedError<Refused>()("Refused", {
  error: ReadApi.ReadRefusal.fields.error,
  message: Schema.String,
  fault: Schema.optionalKey(ReadApi.Fault)
}) {}

/** A wrong question; `sentence` says what is wrong with the value of the parameter. */
export const wrong = (fault: ReadApi.Fault, sentence: string): Refused =>
  new Refused({ error: "malformed", message: `The parameter "${fault.parameter}": ${sentence}`, fault })

/** A parameter that cannot have this value. */
export const invalid = (parameter: string, found: string, allowed: ReadonlyArray<string>): Refused =>
  wrong(
    { parameter, reason: "invalid-value", at: 0, found: found.slice(0, foundLengthMax), allowed },
    `it does not take this value. Possible: ${allowed.join(", ")}.`
  )

/** *Units*: UTF-16 code units. */
const foundLengthMax = 200

export const unavailable = (message: string): Refused => new Refused({ error: "unavailable", message })

/** The answer that says so. */
export const toResponse = ({ error, message, fault }: Refused, requestId: string) => {
  const refusal: ReadApi.ReadRefusal = { success: false, error, message, requestId, ...(fault && { fault }) }
  return HttpServerResponse.jsonUnsafe(refusal, {
    status: ReadApi.statusOf(error),
    headers: error === "unavailable" ? { "retry-after": "2" } : {}
  })
}
