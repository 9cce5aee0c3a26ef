import { Result, type Schema } from "effect"
import { Rejection } from "../../src/index.ts"

/** What a door would say of an item: "kept", or the reason and the field, like "too-large /url" (sessions.md 2.6). */
export const verdictOf = <A>(schema: Schema.ConstraintCodec<A, unknown>) => {
  const decode = Rejection.decoder(schema)
  return (item: unknown): string =>
    Result.match(decode(item), {
      onSuccess: () => "kept",
      onFailure: ({ reason, pointer }) => `${reason} ${pointer}`.trim()
    })
}

/** What a door would say of an item that is right but for one field; undefined is a field that is not there. */
export const verdictOn = <A>(schema: Schema.ConstraintCodec<A, unknown>, right: object) => {
  const verdict = verdictOf(schema)
  return (field: string, value: unknown): string => {
    const { [field]: _, ...others }: Record<string, unknown> = { ...right }
    return verdict(value === undefined ? others : { ...others, [field]: value })
  }
}
