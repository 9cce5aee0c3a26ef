import { Schema } from "effect"

/** What a shop keeps beside the fields that we know. *Shape*: flat, so that every value can be shown and named. */
export const Attributes = Schema.Record(
  Schema.String,
  Schema.Union([Schema.String, Schema.Finite, Schema.Boolean, Schema.Null])
)
export type Attributes = typeof Attributes.Type
