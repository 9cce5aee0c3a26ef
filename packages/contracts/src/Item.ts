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

/**
 * Decodes one item of a batch; the first wrong field is named in the rejection.
 *
 * *Shape*: unknown fields are ignored, a null field is an absent one.
 */
export const decoder = <A>(schema: Schema.ConstraintCodec<A, unknown>) => {
  const decodeStrict = Schema.decodeUnknownResult(schema)
  return (item: unknown): Result.Result<A, Rejection.Rejection> => {
    const first = decodeStrict(item)
    if (Result.isSuccess(first)) return Result.succeed(first.success)
    // Clients that write null for "absent" are right in their own language; only what failed is looked at again.
    return Result.mapError(decodeStrict(withoutNulls(item)), ({ issue }) => Rejection.fromIssue(issue, item))
  }
}

const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null)
      .map(([key, field]) => [key, withoutNulls(field)])
  )
}
