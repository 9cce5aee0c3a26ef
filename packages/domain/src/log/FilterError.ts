import { Result, Schema } from "effect"
import type { Label } from "./Row.ts"

/**
 * Why a text, or an address, is no filter.
 *
 * - `unknown-field`: the log has no such field; `allowed` lists those that it has.
 * - `missing-value`: a field, a comma or a hyphen with nothing after it.
 * - `invalid-value`: the field cannot have this value; `allowed` lists its values, or examples.
 * - `wildcard`: an asterisk where this field takes none; in quotes it is a character like any other.
 * - `quote`: a quotation mark that is not closed, or stands in the middle of a value.
 * - `negated`: a part of the range with a hyphen before it.
 * - `repeated`: a part of the range given twice, or with more than one value.
 * - `either-or`: `range` together with `from` or `to`.
 * - `without-range`: `tz` alone.
 * - `too-many`: more values of one field than a filter takes; `allowed` is the number.
 */
export const Reason = Schema.Literals([
  "unknown-field",
  "missing-value",
  "invalid-value",
  "wildcard",
  "quote",
  "negated",
  "repeated",
  "either-or",
  "without-range",
  "too-many"
])
export type Reason = typeof Reason.Type

/**
 * The first thing that is wrong.
 *
 * *Shape*: `field` as a filter spells it. `at` counts UTF-16 code units from the start of the text, or
 * of the parameter's value in an address; `found` is what stands there, or as much of it as a sentence can bear.
 */
export class FilterError extends Schema.TaggedError<FilterError>()("FilterError", {
  reason: Reason,
  field: Schema.String,
  at: Schema.Int,
  found: Schema.String,
  allowed: Schema.Array(Schema.String)
}) {}

/** *Units*: UTF-16 code units. */
const foundLengthMax = 200

export const refuse = (
  reason: Reason,
  field: string,
  { at, found }: { readonly at: number; readonly found: string },
  allowed: ReadonlyArray<string> = []
): Result.Result<never, FilterError> =>
  Result.fail(new FilterError({ reason, field, at, found: found.slice(0, foundLengthMax), allowed }))

/** The error as a sentence for the person who typed. */
export const sentence = ({ reason, field: name, found, allowed }: FilterError): Label => {
  const list = allowed.join(", ")
  const sentences: Record<Reason, Label> = {
    "unknown-field": {
      pl: `Nie ma pola „${name}”; jako szukany tekst zapisz to w cudzysłowie. Możliwe: ${list}.`,
      en: `There is no field "${name}"; as text to look for, put it in quotes. Possible: ${list}.`
    },
    "missing-value": { pl: `Brakuje wartości. Możliwe: ${list}.`, en: `A value is missing. Possible: ${list}.` },
    "invalid-value": {
      pl: `Pole „${name}” nie przyjmuje „${found}”. Możliwe: ${list}.`,
      en: `The field "${name}" does not take "${found}". Possible: ${list}.`
    },
    wildcard: {
      pl: `W „${found}” gwiazdka niczego nie zastępuje; jako znak zapisz ją w cudzysłowie. Możliwe: ${list}.`,
      en: `In "${found}" the asterisk stands for nothing; as a character, put it in quotes. Possible: ${list}.`
    },
    quote: {
      pl: "Cudzysłów otacza całą wartość, od początku do końca.",
      en: "Quotes enclose a whole value, from its beginning to its end."
    },
    negated: { pl: `Pola „${name}” nie można zaprzeczyć.`, en: `The field "${name}" cannot be negated.` },
    repeated: { pl: `Pole „${name}” ma jedną wartość.`, en: `The field "${name}" has one value.` },
    "either-or": {
      pl: "Podaj „range” albo „from” i „to”, nie jedno i drugie.",
      en: 'Give either "range", or "from" and "to".'
    },
    "without-range": {
      pl: "Strefa „tz” należy do „range”, „from” lub „to”.",
      en: 'The zone "tz" belongs to "range", "from" or "to".'
    },
    "too-many": {
      pl: `Pole „${name}” ma najwyżej ${list} wartości.`,
      en: `The field "${name}" takes at most ${list} values.`
    }
  }
  return sentences[reason]
}
