import { Option, Schema } from "effect"

const parse = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

/** What somebody sent, as JSON for eyes; what is none, or was cut because it is long, as it is. */
export const laidOut = (text: string): string =>
  Option.match(parse(text), { onNone: () => text, onSome: (json) => JSON.stringify(json, null, 2) })
