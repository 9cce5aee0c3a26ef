import { Effect, Schema } from "effect"
import { text } from "../session/Ids.ts"
import { StatusCode } from "../status/HttpStatus.ts"

/** How a text is compared; letters count with their case. */
export const Operator = Schema.Literals(["is", "startsWith", "contains"])
export type Operator = typeof Operator.Type

/** A status code, or all codes of a class. */
export const Status = Schema.Union([StatusCode, Schema.Literals(["1xx", "2xx", "3xx", "4xx", "5xx"])])
export type Status = typeof Status.Type

/**
 * A text to compare with.
 *
 * *Shape*: `startsWith` may be empty: then it holds for every row that has the field at all.
 */
export const startsWith = <Exact extends Schema.Top, Part extends Schema.Top>(exact: Exact, part: Part) =>
  Schema.Union([
    Schema.Struct({ op: Schema.Literal("is"), value: exact }),
    Schema.Struct({ op: Schema.Literal("startsWith"), value: part })
  ])

/** As `startsWith`, or anywhere in the text. */
export const contains = (lengthMax: number) =>
  Schema.Union([
    ...startsWith(text(lengthMax).check(Schema.isMinLength(1)), text(lengthMax)).members,
    Schema.Struct({ op: Schema.Literal("contains"), value: text(lengthMax).check(Schema.isMinLength(1)) })
  ])

/** A filter names at most this many values of one field on each side. */
export const valuesMax = 50

const values = <Value extends Schema.Top>(value: Value) =>
  Schema.Array(value)
    .check(Schema.isMaxLength(valuesMax, { rejection: "too-large" }), Schema.isUnique())
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed([])))

const isSaid = (...sides: ReadonlyArray<ReadonlyArray<unknown>>): boolean => sides.some((side) => side.length > 0)

/**
 * What a row's field must be: one of `any`, unless that is empty, and none of `none`. A row without the field is not
 * one of `any`, and passes `none`.
 *
 * *Shape*: an absent side is an empty one; not both are empty.
 */
export const clause = <Value extends Schema.Top>(value: Value) =>
  Schema.Struct({ any: values(value), none: values(value) }).check(
    Schema.makeFilter(({ any, none }) => isSaid(any, none), { expected: "at least one value" })
  )

/** A word or a phrase to look for. */
export const Word = text(256).check(Schema.isMinLength(1))

/**
 * What a row's texts must say: each of `all` stands in one of them, and none of `none` in any. Case does not count.
 *
 * *Shape*: as `clause`.
 */
export const Words = Schema.Struct({
  all: values(Word),
  none: values(Word)
}).check(Schema.makeFilter(({ all, none }) => isSaid(all, none), { expected: "at least one word" }))

/** A value of any field, as it stands in a filter. */
export type Value = string | number | boolean | { readonly op: Operator; readonly value: string }
