import { Schema, Struct } from "effect"
import {
  HttpApiEndpoint,
  HttpApiGroup,
  HttpApiMiddleware,
  HttpApiSchema,
  HttpApiSecurity,
  OpenApi
} from "effect/http-api"
import { ActivityBatch, Answer, Refusal, statusOf } from "./ActivityDoor.ts"
import { Event } from "./Event.ts"
import { ApiItem, LogBatch, PanelItem, SmsItem } from "./LogDoor.ts"
import { Page, Query, Replay, Replayed } from "./RejectedItemsApi.ts"
import { ApiKeyRequired } from "./ReadApi.ts"
import { Answer as SegmentAnswer } from "./SegmentDoor.ts"

/**
 * The doors as data, for whoever writes a client. They read bodies by content and answer for every item, which no endpoint
 * can say; what is sent and answered are the doors' own schemas.
 */

const refusals = (...errors: ReadonlyArray<Refusal["error"]>) =>
  errors.map((error) => Refusal.pipe(HttpApiSchema.status(statusOf[error])))

/** A key of one site: `Authorization: Bearer`, or Basic as its user, as Segment's clients do it. */
class WriteKeyRequired extends HttpApiMiddleware.Service<WriteKeyRequired>()("@spoor/contracts/WriteKeyRequired", {
  security: { writeKey: HttpApiSecurity.bearer, basicWriteKey: HttpApiSecurity.basic },
  error: refusals("unauthorized")
}) {}

const errors = refusals("malformed", "too-large", "unsupported-encoding", "unavailable")

const log = <Item extends Schema.Top>(name: string, item: Item) =>
  HttpApiEndpoint.post(`${name}-send`, `/v1/logs/${name}`, {
    payload: LogBatch.mapFields(Struct.assign({ items: Schema.Array(item) })).annotate({
      identifier: `${name.charAt(0).toUpperCase()}${name.slice(1)}LogBatch`
    }),
    success: Answer,
    error: [...errors, ...refusals("forbidden")]
  }).annotate(OpenApi.Summary, `Rows for the ${name} log, with a server key`)

const doors = HttpApiGroup.make("send")
  .add(
    HttpApiEndpoint.post("events", "/v1/events", {
      payload: ActivityBatch.mapFields(Struct.assign({ events: Schema.Array(Event) })).annotate({
        identifier: "EventBatch"
      }),
      success: Answer,
      error: errors
    }).annotate(OpenApi.Summary, "What customers did on a shop's pages"),
    HttpApiEndpoint.post("batch", "/v1/batch", {
      payload: Schema.Struct({ batch: Schema.Array(Schema.Record(Schema.String, Schema.Unknown)) }),
      success: SegmentAnswer,
      error: errors
    }).annotate(OpenApi.Summary, "Calls of Segment's and RudderStack's clients, as their specification has them"),
    log("api", ApiItem),
    log("panel", PanelItem),
    log("sms", SmsItem)
  )
  .middleware(WriteKeyRequired)
  .annotateMerge(
    OpenApi.annotations({
      title: "Sending",
      description:
        "One verdict for each item, in their order: a bad one harms only itself. Answered when it is durable."
    })
  )

const rejected = HttpApiGroup.make("rejected-items")
  .add(
    HttpApiEndpoint.get("list", "/v1/rejected-items", {
      query: Query,
      success: Page,
      error: refusals("malformed", "unavailable")
    }).annotate(OpenApi.Summary, "What the doors did not keep, newest first"),
    HttpApiEndpoint.post("replay", "/v1/rejected-items/replay", {
      payload: Replay,
      success: Replayed,
      error: refusals("malformed", "too-large", "unavailable")
    }).annotate(OpenApi.Summary, "Reads some of them again, after a fix")
  )
  .middleware(ApiKeyRequired)
  .annotateMerge(OpenApi.annotations({ title: "Rejected items" }))

export const groups = [doors, rejected] as const
