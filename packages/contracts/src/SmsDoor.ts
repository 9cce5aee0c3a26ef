import { Ids, SmsError, SmsLog, Time } from "@spoor/domain"
import { Schema } from "effect"
import { ItemId } from "./Intake.ts"
import { decoder } from "./Item.ts"
import * as SmsGateway from "./SmsGateway.ts"

/** The most bytes that a report or a request with submissions may have. 1 MiB. */
export const bytesMax = 1024 * 1024

/** The most submissions one request may carry. */
export const itemsMax = 1_000

/**
 * What the sending service tells of one message that it handed to a gateway: `POST /sms/v1/submissions`, with a server key of the unit in
 * `Authorization: Bearer`.
 *
 * *Shape*: `id` is the service's own: the same again changes nothing. `ref` is what the service told the gateway to repeat, `messageIds` what the
 * gateway answered, one for each part. `error` is why the gateway did not take it: such a message is logged at once.
 */
export const Submission = Schema.Struct({
  id: ItemId,
  gateway: SmsGateway.Key,
  sender: Schema.optionalKey(SmsLog.Name),
  phone: Schema.optionalKey(Ids.text(64)),
  ref: Schema.optionalKey(Ids.text(256).check(Schema.isMinLength(1))),
  messageIds: Schema.optionalKey(
    Schema.Array(Ids.text(256).check(Schema.isMinLength(1))).check(Schema.isMaxLength(255))
  ),
  at: Schema.optionalKey(Time.InstantFromWire),
  error: Schema.optionalKey(Schema.Struct({ codes: SmsError.Codes, text: Schema.optionalKey(Ids.text(500)) }))
}).annotate({ identifier: "SmsSubmission" })
export interface Submission extends Schema.Schema.Type<typeof Submission> {}

/** The body. Items are decoded one by one, so that a bad one harms only itself. */
export const SubmissionBatch = Schema.Struct({ items: Schema.Array(Schema.Unknown) })

export const decodeSubmission = decoder(Submission)
