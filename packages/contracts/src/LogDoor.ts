import { ApiLog, Ids, LogRequest, PanelLog, type Rejection, SmsLog, HttpStatus, SmsError, Time } from "@spoor/domain"
import { type Result, Schema, SchemaTransformation } from "effect"
import { ItemId } from "./Intake.ts"
import { decoder, EmailFromWire } from "./Item.ts"

/** The most items one request may carry. */
export const itemsMax = 1_000

/** The most bytes one request may carry, decoded. 1 MiB. */
export const bytesMax = 1024 * 1024

/**
 * What a service sends to `POST /v1/logs/{api|panel|sms}` with a server key in `Authorization: Bearer`.
 *
 * *Shape*: items are decoded one by one, so that a bad one harms only itself; verdicts are those of `POST /v1/events`.
 * *Units*: `sentAt` by the client's clock, set anew at every attempt (sessions.md 1).
 */
export const LogBatch = Schema.Struct({
  sentAt: Schema.optionalKey(Time.InstantFromWire),
  items: Schema.Array(Schema.Unknown)
}).annotate({ identifier: "LogBatch" })
export interface LogBatch extends Schema.Schema.Type<typeof LogBatch> {}

const upper = SchemaTransformation.transform({
  decode: (method: string) => method.toUpperCase(),
  encode: (method: string) => method
})
const lower = SchemaTransformation.transform({
  decode: (ip: string) => ip.toLowerCase(),
  encode: (ip: string) => ip
})
const Ip = Schema.String.pipe(Schema.decodeTo(LogRequest.Ip, lower))

/** *Units*: `at` by the client's clock, when the request came in; without it, when we received the item. */
const head = { id: ItemId, at: Schema.optionalKey(Time.InstantFromWire) }

/** A served request, in both request logs. *Units*: `processingMs` in milliseconds. */
const request = {
  ...head,
  url: LogRequest.Url,
  method: Schema.String.pipe(Schema.decodeTo(LogRequest.Method, upper)),
  status: HttpStatus.StatusCode,
  ip: Schema.optionalKey(Ip),
  processingMs: LogRequest.ProcessingTime,
  userAgent: Schema.optionalKey(LogRequest.UserAgent)
}

/**
 * One row for the API log.
 *
 * *Shape*: `apiKey` is what may be shown of the key: its name and visible prefix, never the secret. Of a longer prefix 12 characters are
 * kept. Without a `requestId` it is the item's ID.
 */
export const ApiItem = Schema.Struct({
  ...request,
  requestId: Schema.optionalKey(LogRequest.RequestId),
  apiKey: Schema.optionalKey(Schema.Struct({ name: Ids.text(128), prefix: ApiLog.KeyPrefix }))
}).annotate({ identifier: "ApiItem" })
export interface ApiItem extends Schema.Schema.Type<typeof ApiItem> {}

/** One row for the panel log of some panel: what a person with access to it did. */
export const PanelItem = Schema.Struct({
  ...request,
  requestId: Schema.optionalKey(LogRequest.RequestId),
  userEmail: Schema.optionalKey(EmailFromWire),
  userId: Schema.optionalKey(PanelLog.UserId)
}).annotate({ identifier: "PanelItem" })
export interface PanelItem extends Schema.Schema.Type<typeof PanelItem> {}

/**
 * One text message that failed.
 *
 * *Shape*: `kind` is the sort of gateway whose codes these are; without it they are kept and not looked up. `phone` as the gateway wrote it;
 * where it is no E.164 number the row keeps it beside. Codes that say that the message did not fail are `invalid`: successes are not logged.
 */
export const SmsItem = Schema.Struct({
  ...head,
  gateway: SmsLog.Name,
  sender: Schema.optionalKey(SmsLog.Name),
  phone: Schema.optionalKey(Ids.text(64)),
  kind: Schema.optionalKey(SmsError.GatewayKind),
  codes: SmsError.Codes,
  text: Schema.optionalKey(Ids.text(500)),
  protocol: Schema.optionalKey(Schema.Literals(["smpp", "http"])),
  messageId: Schema.optionalKey(Ids.text(256)),
  payload: Schema.optionalKey(Ids.text(65_536)),
  reportedAt: Schema.optionalKey(Time.InstantFromWire)
}).annotate({ identifier: "SmsItem" })
export interface SmsItem extends Schema.Schema.Type<typeof SmsItem> {}

/** Decodes one item; the first wrong field is named in the rejection. */
export const decode = { api: decoder(ApiItem), panel: decoder(PanelItem), sms: decoder(SmsItem) } satisfies Record<
  string,
  (item: unknown) => Result.Result<unknown, Rejection.Rejection>
>
