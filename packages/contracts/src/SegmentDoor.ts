import { Rejection } from "@spoor/domain"
import { Schema } from "effect"

/** The most calls one request may carry. */
export const messagesMax = 5_000

/** The most bytes one request may carry, decoded. 4 MiB: RudderStack's client was seen to send two in one request. */
export const bytesMax = 4 * 1024 * 1024

/**
 * The answer to a readable batch with a good key: always 200, whatever its calls were like, because clients throw away all
 * of a batch that was answered with a 400.
 *
 * *Shape*: `errors` are the calls that were not kept; `place` counts the calls of the request from 0.
 */
export const Answer = Schema.Struct({
  success: Schema.Literal(true),
  stored: Schema.Int,
  duplicate: Schema.Int,
  rejected: Schema.Int,
  errors: Schema.Array(
    Schema.Struct({ ...Rejection.Rejection.fields, place: Schema.Int, messageId: Schema.optionalKey(Schema.String) })
  )
}).annotate({ identifier: "SegmentAnswer" })
export interface Answer extends Schema.Schema.Type<typeof Answer> {}

/** The long names of calls, and what stands in the addresses of browsers: their first letters. */
export const callTypes = ["track", "page", "identify", "group", "alias", "screen"] as const
