import { Option, Schema } from "effect"

/** The one value of a form's field as a schema has it; null when it is missing, repeated or does not fit. */
export const field = <A>(form: FormData, name: string, schema: Schema.Codec<A, string>): A | null => {
  const [value, ...others] = form.getAll(name)
  if (typeof value !== "string" || others.length > 0) return null
  return Option.getOrNull(Schema.decodeOption(schema)(value))
}
