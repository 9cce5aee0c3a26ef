import { Ids, SmsLog, SmsMessage, Time } from "@spoor/domain"
import { Schema } from "effect"
import * as SmsGateway from "./SmsGateway.ts"

/** The most characters of a sample. */
export const charactersMax = 32_768

/**
 * What somebody tries before a gateway is there: how it would be set, and a call as the gateway makes it.
 *
 * *Shape*: `request` is a whole request (`POST /path?query`, headers, an empty line, the body), or only its query or body.
 */
export const Sample = Schema.Struct({
  plugin: SmsGateway.Plugin,
  settings: SmsGateway.Settings,
  request: Ids.text(charactersMax)
})
export interface Sample extends Schema.Schema.Type<typeof Sample> {}

/** What would be understood of it. *Shape*: `code`, `text` and `category` are of what failed. */
export const Told = Schema.Struct({
  said: SmsMessage.Said,
  messageId: Schema.NullOr(Schema.String),
  phone: Schema.NullOr(SmsLog.Phone),
  sender: Schema.NullOr(Schema.String),
  code: Schema.NullOr(Schema.String),
  text: Schema.NullOr(Schema.String),
  category: Schema.NullOr(SmsLog.Category),
  reportedAt: Schema.NullOr(Time.Instant)
})
export interface Told extends Schema.Schema.Type<typeof Told> {}

/** *Shape*: `problems` are sentences: what of it nobody could read. */
export const Answer = Schema.Struct({ reports: Schema.Array(Told), problems: Schema.Array(Schema.String) })
export interface Answer extends Schema.Schema.Type<typeof Answer> {}
