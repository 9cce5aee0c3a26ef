import { Rejection } from "@spoor/domain"
import { Cause, Predicate, Schema } from "effect"

/** What may be kept of a value. */
export type Value = string | number | boolean | null

/** What may be kept of a failure. *Shape*: `type` and `reason` name its class, `at` is where in the program. */
export interface Failure {
  readonly type: string
  readonly reason?: string
  readonly code?: string
  readonly message?: string
  readonly at?: ReadonlyArray<string>
  readonly cause?: Failure
}

/** How many causes of causes are told, and lines of each one's stack. */
const depthMax = 5
const framesMax = 12

/**
 * A text without what looks like a person or a secret: e-mails, phone numbers, addresses of networks that are not ours, queries of
 * URLs, keys. Signs that steer a terminal or begin a line become their names.
 *
 * It is a net under the rule that nothing personal is logged, not the rule: a name or a cart has no look.
 */
export const text = (said: string): string =>
  said
    .slice(0, 2_000)
    .toWellFormed()
    .replace(/[^\s@"'<>()=]+(?:@|%40)[^\s@"'<>()]+\.[a-z]{2,}/gi, mask)
    .replace(/(https?:\/\/[^\s?#"']+|\/[^\s?#"']*)[?#][^\s"']+/gi, `$1?${mask}`)
    .replace(/\b[a-z]{2}_[A-Za-z0-9_-]{6,}/g, mask)
    .replace(/(?<![\w.:-])\+?\d(?:[ -]?\d){8,14}(?![\w-])/g, mask)
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, (address) => (ours.test(address) ? address : mask))
    .replace(/(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f:]*/gi, mask)
    .replace(/[\p{Cc}\u2028\u2029]/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`)

const mask = "***"
const ours = /^(0|10|127|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\./

/** The values of a record that are no records themselves. */
export const values = (record: unknown): Readonly<Record<string, Value>> =>
  typeof record !== "object" || record === null
    ? {}
    : Object.fromEntries(
        Object.entries(record).flatMap(([name, value]: [string, unknown]): ReadonlyArray<[string, Value]> => {
          if (typeof value === "string") return [[name, text(value)]]
          return typeof value === "number" || typeof value === "boolean" || value === null ? [[name, value]] : []
        })
      )

/**
 * A failure as it may be logged or traced. Errors whose messages quote what they were given say where and how instead: decoding by
 * a schema its field, JSON nothing.
 */
export const failure = (error: unknown, depth = 0): Failure => {
  if (!(error instanceof Error)) return { type: typeof error === "string" ? text(error) : typeof error }
  const frames = (error.stack ?? "").split("\n").flatMap((line) => /^ {4}at (.*)/.exec(line)?.[1] ?? [])
  const message = messageOf(error)
  return {
    type: Predicate.hasProperty(error, "_tag") ? String(error._tag) : error.name,
    ...reasonOf(error),
    ...codeOf(error),
    ...(message !== "" && { message }),
    ...(frames.length > 0 && { at: frames.slice(0, framesMax) }),
    ...(depth < depthMax && error.cause instanceof Error && { cause: failure(error.cause, depth + 1) })
  }
}

const messageOf = (error: Error): string => {
  if (Schema.isSchemaError(error)) {
    const { pointer, reason } = Rejection.fromIssue(error.issue, undefined)
    return text(`${reason} at ${pointer || "/"}`)
  }
  return error instanceof SyntaxError ? "" : text(error.message)
}

const reasonOf = (error: Error) => {
  if (!Predicate.hasProperty(error, "reason")) return {}
  const { reason } = error
  if (typeof reason === "string") return { reason: text(reason) }
  return Predicate.hasProperty(reason, "_tag") ? { reason: String(reason._tag) } : {}
}

const codeOf = (error: Error) =>
  Predicate.hasProperty(error, "code") && typeof error.code === "string" ? { code: text(error.code) } : {}

/** The same for the eye. */
export const lines = ({ at, cause, code, message, reason, type }: Failure): ReadonlyArray<string> => [
  [type, reason, code].filter(Predicate.isNotUndefined).join(" ") + (message === undefined ? "" : `: ${message}`),
  ...(at ?? []).map((frame) => `  at ${frame}`),
  ...(cause === undefined ? [] : lines(cause).map((line, index) => (index === 0 ? `caused by ${line}` : line)))
]

/** A cause whose errors say no more than that: for what writes errors down by itself. */
export const cause = (whole: Cause.Cause<unknown>): Cause.Cause<Error> =>
  Cause.fromReasons(
    whole.reasons.map((reason) => {
      if (reason._tag === "Interrupt") return reason
      const told = failure(reason._tag === "Fail" ? reason.error : reason.defect)
      const error = new Error(told.message ?? "")
      error.name = told.type
      error.stack = lines(told).join("\n")
      return reason._tag === "Fail" ? Cause.makeFailReason(error) : Cause.makeDieReason(error)
    })
  )
