import { Ids, SmsLog, SmsMessage, Time } from "@spoor/domain"
import { Schema } from "effect"
import { entries } from "./Intake.ts"

/**
 * What one report of a gateway, or one submission of its sender, says of one message.
 *
 * *Shape*: `id` is ours: a message that is new takes it. `key` is the same whenever the gateway sends the report again. `names` and `guesses` are
 * what the message goes by (`SmsMessage.namesOf`). `entry` is the row that it would make: of what failed or may have.
 */
export const SmsReport = Schema.Struct({
  id: Schema.String.check(Schema.isUUID()),
  gatewayId: Schema.Int,
  key: Ids.text(512),
  names: Schema.Array(Ids.text(300)),
  guesses: Schema.Array(Ids.text(300)),
  said: SmsMessage.Said,
  isRegistration: Schema.Boolean,
  phone: Schema.NullOr(SmsLog.Phone),
  sender: Schema.NullOr(SmsLog.Name),
  waitUntil: Schema.NullOr(Time.Instant),
  holdUntil: Schema.NullOr(Time.Instant),
  receivedAt: Time.Instant,
  reportedAt: Schema.NullOr(Time.Instant),
  rawCode: Schema.NullOr(Ids.text(256)),
  payload: Schema.NullOr(Ids.text(65_536)),
  entry: Schema.NullOr(entries.sms)
})
export interface SmsReport extends Schema.Schema.Type<typeof SmsReport> {}

/** What came from a gateway, proved to be from it, and was not understood. */
export const SmsUnreadable = Schema.Struct({
  gatewayId: Schema.Int,
  receivedAt: Time.Instant,
  reason: Ids.text(500),
  payload: Ids.text(65_536)
})
export interface SmsUnreadable extends Schema.Schema.Type<typeof SmsUnreadable> {}

/** What the SMS adapter hands to the worker through the queue (topic `sms`). */
export const SmsIntake = Schema.Struct({
  unitId: Schema.Int,
  reports: Schema.Array(SmsReport),
  unreadable: Schema.Array(SmsUnreadable)
})
export interface SmsIntake extends Schema.Schema.Type<typeof SmsIntake> {}

/** The text of a queue message. */
export const SmsIntakeFromText = Schema.fromJsonString(SmsIntake)
