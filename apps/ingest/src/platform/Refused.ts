import { Platform } from "@spoor/contracts"
import type { Rejection } from "@spoor/domain"
import { Schema } from "effect"
import { HttpServerResponse } from "effect/http"

const { error, reason, pointer } = Platform.PlatformRefusal.fields

/** Why a request is not done: in words, and for programs. Nothing of it was kept. */
export class Refused extends Schema.TaggedError<Refused>()("Refused", {
  error,
  message: Schema.String,
  reason,
  pointer
}) {}

/** A field of the body, or a parameter, is wrong. */
export const wrong = (rejection: Rejection.Rejection): Refused =>
  new Refused({ error: "malformed", message: sentence(rejection), ...rejection })

export const notFound = (what: string): Refused =>
  new Refused({ error: "not-found", message: `There is no such ${what}.` })

/** What the request wants to add is there, or is no more. */
export const conflict = (pointer: string, message: string): Refused =>
  new Refused({ error: "conflict", message, reason: "invalid", pointer })

/** The answer that says so. */
export const toResponse = ({ error, message, reason, pointer }: Refused, requestId: string) => {
  const refusal: Platform.PlatformRefusal = {
    success: false,
    error,
    message,
    ...(reason !== undefined && { reason }),
    ...(pointer !== undefined && { pointer }),
    requestId
  }
  return HttpServerResponse.jsonUnsafe(refusal, {
    status: Platform.statuses[error],
    headers: error === "unavailable" ? { "retry-after": "2" } : {}
  })
}

const sentence = ({ reason, pointer }: Rejection.Rejection): string => {
  if (pointer === "") return "Expected a JSON object."
  switch (reason) {
    case "missing":
      return `The field ${pointer} is missing.`
    case "too-large":
      return `The field ${pointer} is too large.`
    case "unstorable-text":
      return `The field ${pointer} holds a NUL or half a character, which nobody can store.`
    case "forbidden":
      return `The field ${pointer} names what this key may not see.`
    default:
      return `The field ${pointer} is not valid.`
  }
}
