import { Ids, Rejection, Time } from "@spoor/domain"
import { Schema } from "effect"
import { Door } from "./Intake.ts"

/** Rejected items on one page of the list. */
export const pageItemsMax = 50

/** Rejected items that one request may have read again. */
export const replayItemsMax = 100

/** A place in the list; `next` of an answer, to be given back as `cursor`. *Shape*: received at, in milliseconds, and ID. */
const Cursor = Schema.String.check(Schema.isPattern(/^\d{1,14}-\d{1,15}$/))

/** Which items are meant: those that match all that is given. Another field is an error, or a misspelt one meant all. */
const filter = {
  site: Schema.optionalKey(Ids.text(64)),
  door: Schema.optionalKey(Door),
  reason: Schema.optionalKey(Rejection.RejectionReason),
  cursor: Schema.optionalKey(Cursor)
}

/** The query of `GET /v1/rejected-items`, with an API key in `x-api-key`. */
export const Query = Schema.Struct(filter).annotate({ identifier: "RejectedItemsQuery" })
export interface Query extends Schema.Schema.Type<typeof Query> {}

/**
 * An item that a door did not keep, and why.
 *
 * *Shape*: `item` is what was sent, as JSON text; a long one is cut. `place` counts the items of the request from 0.
 * *Units*: instants in ISO 8601; `sentAt` by the client's clock.
 */
export const RejectedItem = Schema.Struct({
  id: Schema.Int,
  site: Schema.String,
  door: Schema.String,
  batch: Schema.String,
  place: Schema.Int,
  ...Rejection.Rejection.fields,
  item: Schema.String,
  sentAt: Schema.NullOr(Time.InstantFromWire),
  receivedAt: Time.InstantFromWire
}).annotate({ identifier: "RejectedItem" })
export interface RejectedItem extends Schema.Schema.Type<typeof RejectedItem> {}

/** Newest first; `next` is null on the last page. Items are kept for 14 days. */
export const Page = Schema.Struct({
  items: Schema.Array(RejectedItem),
  next: Schema.NullOr(Schema.String)
}).annotate({ identifier: "RejectedItemsPage" })
export interface Page extends Schema.Schema.Type<typeof Page> {}

/**
 * The body of `POST /v1/rejected-items/replay`: items are read again, as if they came at the time they came.
 *
 * *Shape*: with `ids` these alone; an empty object means all. One request reads `replayItemsMax` at most; `next` of its
 * answer goes on.
 */
export const Replay = Schema.Struct({
  ...filter,
  ids: Schema.optionalKey(
    Schema.Array(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))).check(
      Schema.isMaxLength(replayItemsMax, { rejection: "too-large" })
    )
  )
}).annotate({ identifier: "RejectedItemsReplay" })
export interface Replay extends Schema.Schema.Type<typeof Replay> {}

/** What became of them. What is still rejected stays in the list, with its reason of now. */
export const Replayed = Schema.Struct({
  stored: Schema.Int,
  duplicate: Schema.Int,
  rejected: Schema.Int,
  next: Schema.NullOr(Schema.String)
}).annotate({ identifier: "RejectedItemsReplayed" })
export interface Replayed extends Schema.Schema.Type<typeof Replayed> {}
