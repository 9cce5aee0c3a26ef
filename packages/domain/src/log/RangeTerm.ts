import { Option, Result, Schema } from "effect"
import { type FilterError, type Reason, refuse } from "./FilterError.ts"
import type { Term } from "./FilterToken.ts"
import { Moment } from "./Moment.ts"
import { Preset } from "./Preset.ts"
import type { TimeRange } from "./TimeRange.ts"
import { Zone } from "./Zone.ts"

/** What a range is written with: `range` names a preset, `from` and `to` are moments, `tz` is the zone of either. */
export const names = ["range", "from", "to", "tz"] as const
type Name = (typeof names)[number]

export const isName = (name: string): name is Name => names.some((own) => own === name)

const lower = (text: string): string => text.toLowerCase()
const upper = (text: string): string => text.toUpperCase()
const moments = ["2026-03-29", "2026-03-29T12:00", "2026-03-29T12:00Z"]

/** The range among a filter's terms. *Fails* where its parts do not go together. */
export const toRange = (terms: ReadonlyArray<Term>): Result.Result<TimeRange | undefined, FilterError> =>
  Result.gen(function* () {
    const preset = yield* only(terms, "range", Preset, Preset.literals, lower)
    const from = yield* only(terms, "from", Moment, moments, upper)
    const to = yield* only(terms, "to", Moment, moments, upper)
    const zone = yield* only(terms, "tz", Zone, ["Europe/Warsaw", "UTC"])
    const placed = zone === undefined ? {} : { zone }
    const isBetween = from !== undefined || to !== undefined
    if (preset !== undefined) return isBetween ? yield* fail("either-or", terms, "range") : { preset, ...placed }
    if (isBetween) return { ...(from !== undefined && { from }), ...(to !== undefined && { to }), ...placed }
    return zone === undefined ? undefined : yield* fail("without-range", terms, "tz")
  })

/** A range as terms are written. */
export const ofRange = (range: TimeRange | undefined): ReadonlyArray<readonly [Name, string]> => {
  if (range === undefined) return []
  const zone = range.zone === undefined ? [] : [["tz", range.zone] as const]
  if ("preset" in range) return [["range", range.preset], ...zone]
  return [
    ...(range.from === undefined ? [] : [["from", range.from] as const]),
    ...(range.to === undefined ? [] : [["to", range.to] as const]),
    ...zone
  ]
}

/** The one value of a part that may be given once. */
const only = <S extends Schema.ConstraintCodec<S["Type"], string>>(
  terms: ReadonlyArray<Term>,
  name: Name,
  schema: S,
  allowed: ReadonlyArray<string>,
  spell = (text: string): string => text
): Result.Result<S["Type"] | undefined, FilterError> => {
  const [term, second] = terms.filter((term) => term.name === name)
  const token = term?.tokens[0]
  if (term === undefined || token === undefined) return Result.succeed(undefined)
  if (term.isNegated) return fail("negated", terms, name)
  if (second !== undefined || term.tokens.length > 1) return fail("repeated", terms, name)
  if (token.found === "") return fail("missing-value", terms, name, allowed)
  if (token.head || token.tail) return fail("wildcard", terms, name, allowed)
  const value = Schema.decodeOption(schema)(spell(token.text))
  return Option.isNone(value) ? fail("invalid-value", terms, name, allowed) : Result.succeed(value.value)
}

/** Points at the last term of that name. */
const fail = (
  reason: Reason,
  terms: ReadonlyArray<Term>,
  name: Name,
  allowed: ReadonlyArray<string> = []
): Result.Result<never, FilterError> =>
  refuse(reason, name, terms.findLast((term) => term.name === name)?.tokens.at(-1) ?? { at: 0, found: "" }, allowed)
