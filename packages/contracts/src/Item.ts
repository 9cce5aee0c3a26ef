import { Ids, Rejection } from "@spoor/domain"
import { Result, Schema, SchemaTransformation } from "effect"

/** Text whose surrounding white space says nothing. *Units*: length in UTF-16 code units, before trimming. */
export const trimmed = (lengthMax: number) => Ids.text(lengthMax).pipe(Schema.decode(SchemaTransformation.trim()))

/** An e-mail as people type it; decodes to the one form that is stored (sessions.md 2.5). */
export const EmailFromWire = Schema.String.pipe(
  Schema.decodeTo(
    Ids.Email,
    SchemaTransformation.transform({
      decode: (email: string) => email.trim().toLowerCase(),
      encode: (email: string) => email
    })
  )
)

/** An order ID as a shop writes it; decodes to the trimmed form. */
export const OrderIdFromWire = Schema.String.pipe(
  Schema.decodeTo(
    Ids.OrderId,
    SchemaTransformation.transform({ decode: (id: string) => id.trim(), encode: (id: string) => id })
  )
)

/** Reads what came from outside; what is wrong with it is named. */
export type Decode<A> = (item: unknown) => Result.Result<A, Rejection.Rejection>

/**
 * Decodes one item of a batch; the first wrong field is named in the rejection.
 *
 * *Shape*: unknown fields are ignored, a null field is an absent one.
 */
export const decoder = <A>(schema: Schema.ConstraintCodec<A, unknown>): Decode<A> => {
  const decode = Rejection.decoder(schema)
  return (item) => {
    const first = decode(item)
    // Clients that write null for "absent" are right in their own language; only what failed is looked at again.
    return Result.isSuccess(first) ? first : decode(withoutNulls(item))
  }
}

/** No item has a field as deep as this. What lies there is unknown, ignored, and may be nested without end. */
const depthMax = 8

const withoutNulls = (value: unknown, depth = 0): unknown => {
  if (typeof value !== "object" || value === null || depth === depthMax) return value
  if (Array.isArray(value)) return value.map((element) => withoutNulls(element, depth + 1))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null)
      .map(([key, field]) => [key, withoutNulls(field, depth + 1)])
  )
}
