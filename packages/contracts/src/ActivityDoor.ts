import { Rejection, Time } from "@spoor/domain"
import { Schema } from "effect"

/** The most events one request may carry. */
export const eventsMax = 500

/** The most bytes one request may carry, decoded. 1 MiB. */
export const bytesMax = 1024 * 1024

/**
 * What a tracker sends to `POST /v1/events`, whatever the content type says.
 *
 * *Shape*: events are decoded one by one, so that a bad one harms only itself. The key may stand in the body, in
 * `Authorization: Bearer` or in the query as `writeKey`.
 * *Units*: `sentAt` by the client's clock, set anew at every attempt (sessions.md 1).
 */
export const ActivityBatch = Schema.Struct({
  writeKey: Schema.optionalKey(Schema.String),
  sentAt: Schema.optionalKey(Time.InstantFromWire),
  events: Schema.Array(Schema.Unknown)
}).annotate({ identifier: "ActivityBatch" })
export interface ActivityBatch extends Schema.Schema.Type<typeof ActivityBatch> {}

/**
 * What became of one event, in the order in which they were sent.
 *
 * `stored` means kept durably. An event that repeats an earlier request is only recognised when it is written: it is
 * counted as a duplicate then, and nothing is doubled (ADR 0008).
 */
export const Verdict = Schema.Struct({
  id: Schema.optionalKey(Schema.String),
  verdict: Schema.Literals(["stored", "duplicate", "rejected"]),
  reason: Schema.optionalKey(Rejection.RejectionReason),
  pointer: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "Verdict" })
export interface Verdict extends Schema.Schema.Type<typeof Verdict> {}

/** The answer to a readable batch with a good key: always 200, whatever its events were like. */
export const Answer = Schema.Struct({
  success: Schema.Literal(true),
  stored: Schema.Int,
  duplicate: Schema.Int,
  rejected: Schema.Int,
  verdicts: Schema.Array(Verdict)
}).annotate({ identifier: "Answer" })
export interface Answer extends Schema.Schema.Type<typeof Answer> {}

/** The answer to a request that was refused as a whole. Nothing of it was kept. */
export const Refusal = Schema.Struct({
  success: Schema.Literal(false),
  error: Schema.Literals([
    "malformed",
    "unauthorized",
    "forbidden",
    "not-found",
    "not-allowed",
    "too-large",
    "unsupported-encoding",
    "unavailable"
  ]),
  message: Schema.String,
  requestId: Schema.String
}).annotate({ identifier: "Refusal" })
export interface Refusal extends Schema.Schema.Type<typeof Refusal> {}

/** The HTTP status of each refusal. */
export const statusOf: Record<Refusal["error"], number> = {
  malformed: 400,
  unauthorized: 401,
  forbidden: 403,
  "not-found": 404,
  "not-allowed": 405,
  "too-large": 413,
  "unsupported-encoding": 415,
  unavailable: 503
}
