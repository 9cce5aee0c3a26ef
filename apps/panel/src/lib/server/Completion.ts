import type { Log } from "@spoor/domain"
import { LogValues, personalFieldsOf, valueFieldsOf } from "@spoor/postgres"
import { Effect } from "effect"
import { quoted } from "#lib/log/Query.ts"
import type { Person } from "./Auth.ts"
import { isMasked } from "./Rights.ts"

/** Longer texts are no beginnings of anything. */
const lengthMax = 128

/** A value without its field must be longer than this, or everything would do. */
const shortest = 2

/**
 * What somebody may mean to type, as whole texts for the field that they type into.
 *
 * *Shape*: with `field`, values as its parameter takes them; without, the text of a filter with its last term completed.
 */
export const complete = Effect.fn("Completion.complete")(function* (
  person: Person,
  log: Log.Log,
  field: string | null,
  typed: string
) {
  if (typed.length > lengthMax) return []
  const { unitId } = person
  const isHidden = isMasked(person)
  const { like } = yield* LogValues
  if (isHidden && field !== null && personalFieldsOf(log).includes(field)) return []
  if (field !== null) return (yield* like(unitId, log, field, typed.trim(), isHidden)).map(({ value }) => quoted(value))
  const { before, sign, name, part } = lastTerm(typed)
  const known = valueFieldsOf(log, isHidden)
  if (name === null ? part.length < shortest : !known.includes(name)) return []
  const found = yield* like(unitId, log, name, part, isHidden)
  return found.map((value) => `${before}${sign}${value.field}:${worded(value.value)}`)
})

/** The term at the end, which is being typed. */
const lastTerm = (text: string) => {
  const [, before = "", sign = "", name = null, part = ""] =
    /^(.*\s)?(-)?(?:([a-z][a-z-]*):)?"?([^\s"]*)$/is.exec(text) ?? []
  return { before, sign, name: name?.toLowerCase() ?? null, part }
}

/** In a text, white space ends a value, and a colon would name another field. */
const worded = (value: string): string =>
  /[\s:]/.test(value) ? `"${value.replaceAll(/["\\]/g, "\\$&")}"` : quoted(value)
