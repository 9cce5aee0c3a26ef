import { Ids, Rejection, SmsLog } from "@spoor/domain"
import { Result, Schema, SchemaTransformation } from "effect"
import { Refusal, statusOf } from "./ActivityDoor.ts"
import type { Decode } from "./Item.ts"

/** The most bytes one request may carry, decoded. 1 MiB. */
export const bytesMax = 1024 * 1024

/** Items on a page of a list: unless told otherwise, and at most. */
export const pageItemsDefault = 50
export const pageItemsMax = 200

/**
 * What a shop keeps beside the fields that we know.
 *
 * *Shape*: flat, at most 100 names of at most 128 characters, texts of at most 2,048.
 */
export const Attributes = Schema.Record(
  Ids.text(128),
  Schema.Union([Ids.text(2_048), Schema.Finite, Schema.Boolean, Schema.Null])
).check(Schema.isMaxProperties(100, { rejection: "too-large" }))
export type Attributes = typeof Attributes.Type

/** A phone number as people write it; decodes to E.164. */
export const PhoneFromWire = Schema.String.pipe(
  Schema.decodeTo(
    SmsLog.Phone,
    SchemaTransformation.transform({
      decode: (phone: string) => phone.replace(/[\s().-]/gu, "").replace(/^00/u, "+"),
      encode: (phone: string) => phone
    })
  )
)

/** Which part of a list, by ID. *Shape*: `after` is `next` of the page before. */
export const Paging = {
  after: Schema.optionalKey(Ids.text(128)),
  limit: Schema.optionalKey(
    Schema.NumberFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: pageItemsMax }))
  )
}

/**
 * A request that was refused. Nothing of it was kept.
 *
 * *Shape*: `pointer` is a JSON pointer (RFC 6901) to the field of the body that is wrong, or `/name` of a parameter; "" for
 * the body itself. `reason` is from the closed list of sessions.md 2.6.
 */
export const PlatformRefusal = Schema.Struct({
  ...Refusal.fields,
  error: Schema.Literals([...Refusal.fields.error.literals, "conflict"]),
  reason: Schema.optionalKey(Rejection.RejectionReason),
  pointer: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "PlatformRefusal" })
export interface PlatformRefusal extends Schema.Schema.Type<typeof PlatformRefusal> {}

/** The HTTP status of each refusal. */
export const statuses: Record<PlatformRefusal["error"], number> = { ...statusOf, conflict: 409 }

/** The item, or that a field is missing which only the others make necessary. */
export const requiring =
  <A>(decode: Decode<A>, missing: (item: A) => string | undefined): Decode<A> =>
  (item) =>
    Result.flatMap(decode(item), (decoded) => {
      const pointer = missing(decoded)
      return pointer === undefined ? Result.succeed(decoded) : Result.fail({ reason: "missing", pointer })
    })
