import { HttpServerResponse } from "effect/http"

/** Why a request was not taken, in a word for machines. */
type Fault =
  | "malformed"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "not-allowed"
  | "too-large"
  | "unsupported-encoding"
  | "too-fast"
  | "unavailable"

const statusOf: Record<Fault, number> = {
  malformed: 400,
  unauthorized: 401,
  forbidden: 403,
  "not-found": 404,
  "not-allowed": 405,
  "too-large": 413,
  "unsupported-encoding": 415,
  "too-fast": 429,
  unavailable: 503
}

/** The answer to a request that was not taken: a word, and a sentence for a person. */
export const refuse = (error: Fault, message: string, headers: Record<string, string> = {}) =>
  HttpServerResponse.jsonUnsafe(
    { success: false, error, message },
    { status: statusOf[error], headers: { ...headers, ...(error === "unavailable" && { "retry-after": "5" }) } }
  )
