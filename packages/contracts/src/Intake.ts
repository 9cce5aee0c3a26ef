import { Activity, ApiLog, Identification, Ids, PanelLog, Rejection, SmsLog, Time } from "@spoor/domain"
import { Schema, Struct } from "effect"

/** Which decoder read a batch, and would read its rejected items again. */
export const Door = Schema.Literals(["native", "segment", "logs/api", "logs/panel", "logs/sms"])
export type Door = typeof Door.Type

/** *Shape*: `place` counts the items of the request from 0; `item` is what was sent, as JSON text. */
export const Rejected = Schema.Struct({
  ...Rejection.Rejection.fields,
  place: Schema.Int,
  item: Schema.String
})
export interface Rejected extends Schema.Schema.Type<typeof Rejected> {}

/** What every request to a door leaves behind, whatever its items were. *Units*: `sentAt` by the client's clock. */
const books = {
  unitId: Schema.Int,
  siteId: Ids.SiteId,
  receivedAt: Time.Instant,
  sentAt: Schema.optionalKey(Time.Instant),
  duplicates: Schema.Int,
  rejections: Schema.Array(Rejected)
}

/**
 * What a tracking door hands to the worker through the queue (topic `activity`): the accepted events of one request, and
 * what became of the rest.
 *
 * *Shape*: sent = activities + identifications + duplicates + rejections; the worker finds further duplicates.
 */
export const Intake = Schema.Struct({
  ...books,
  door: Door,
  activities: Schema.Array(Activity.Activity),
  identifications: Schema.Array(Identification.Identification)
})
export interface Intake extends Schema.Schema.Type<typeof Intake> {}

/** The text of a queue message. */
export const IntakeFromText = Schema.fromJsonString(Intake)

/** The sender's own ID of a log row; a second delivery of it is a duplicate. */
export const ItemId = Ids.text(128).check(Schema.isMinLength(1))

/** A log's row before it has an ID. */
const entry = <Fields extends Schema.Struct.Fields & Record<"id" | "unitId" | "createdAt", Schema.Top>>(
  fields: Fields
) => Schema.Struct({ ...Struct.omit(fields, ["id", "unitId", "createdAt"]), itemId: ItemId, occurredAt: Time.Instant })

/** The rows that a log door takes, before they have IDs. */
export const entries = {
  api: entry(ApiLog.Row.fields),
  panel: entry(PanelLog.Row.fields),
  sms: entry(SmsLog.Row.fields)
}
export type ApiEntry = typeof entries.api.Type
export type PanelEntry = typeof entries.panel.Type
export type SmsEntry = typeof entries.sms.Type

/**
 * What a log door hands to the worker (topic `log`): rows of one log.
 *
 * *Shape*: `books` are the counters of the site whose key wrote; null for Spoor's own requests, which nobody sent.
 */
const logIntake = <L extends keyof typeof entries>(log: L) =>
  Schema.Struct({
    log: Schema.Literal(log),
    unitId: Schema.Int,
    books: Schema.NullOr(Schema.Struct(Struct.omit(books, ["unitId"]))),
    entries: Schema.Array(entries[log])
  })
export const LogIntake = Schema.Union([logIntake("api"), logIntake("panel"), logIntake("sms")])
export type LogIntake = typeof LogIntake.Type

/** The text of a queue message. */
export const LogIntakeFromText = Schema.fromJsonString(LogIntake)
