import { Schema } from "effect"
import * as FilterValue from "./FilterValue.ts"
import type { Label } from "./Row.ts"

/** What a row has where a filter looks. */
export type Found = string | number | boolean | null

/**
 * How a field is written.
 *
 * *Shape*: `allowed` lists the values of a closed field, else one example of each form; both read the same in any
 * language. `spell` gives a value its one spelling.
 */
export interface Syntax<Value extends Schema.Top = Schema.Top> {
  readonly kind: "choice" | "exact" | "pattern" | "status" | "flag"
  readonly label: Label
  readonly value: Value
  readonly operators: ReadonlyArray<FilterValue.Operator>
  readonly allowed: ReadonlyArray<string>
  readonly spell: (text: string) => string
}

/** Something that a log can be filtered by. *Shape*: `of` finds it in a row; several where either will do. */
export interface Field<Row, Value extends Schema.Top = Schema.Top> extends Syntax<Value> {
  readonly of: (row: Row) => Found | ReadonlyArray<Found>
}

type Of<Row> = Field<Row>["of"]

const asWritten = (text: string): string => text
const only: ReadonlyArray<FilterValue.Operator> = ["is"]

/** One of a closed list; case does not count in what is typed. */
export const choice = <Row, const Values extends ReadonlyArray<string>>(
  label: Label,
  value: Schema.Literals<Values>,
  of: Of<Row>
) => ({
  kind: "choice" as const,
  label,
  value,
  operators: only,
  allowed: value.literals,
  spell: (text: string) => value.literals.find((literal) => literal.toLowerCase() === text.toLowerCase()) ?? text,
  of
})

/** An ID or name, compared as a whole. */
export const exact = <Row, Value extends Schema.Top>(
  label: Label,
  value: Value,
  example: string,
  of: Of<Row>,
  spell = asWritten
) => ({ kind: "exact" as const, label, value, operators: only, allowed: [example], spell, of })

/** A text of which the beginning may be enough. */
export const prefix = <Row, Exact extends Schema.Top, Part extends Schema.Top>(
  label: Label,
  [value, part]: readonly [exact: Exact, part: Part],
  [example, begin]: readonly [exact: string, part: string],
  of: Of<Row>,
  spell = asWritten
) => ({
  kind: "pattern" as const,
  label,
  value: FilterValue.startsWith(value, part),
  operators: ["is", "startsWith"] as const,
  allowed: [example, `${begin}*`],
  spell,
  of
})

/** A text of which any part may be enough. */
export const part = <Row>(label: Label, lengthMax: number, example: string, of: Of<Row>) => ({
  kind: "pattern" as const,
  label,
  value: FilterValue.contains(lengthMax),
  operators: ["is", "startsWith", "contains"] as const,
  allowed: [example, `${example}*`, `*${example}*`],
  spell: asWritten,
  of
})

/** A status code or a class of them. */
export const status = <Row>(label: Label, of: Of<Row>) => ({
  kind: "status" as const,
  label,
  value: FilterValue.Status,
  operators: only,
  allowed: ["404", "2xx", "3xx", "4xx", "5xx"],
  spell: (text: string) => text.toLowerCase(),
  of
})

/** Yes or no. */
export const flag = <Row>(label: Label, of: Of<Row>) => ({
  kind: "flag" as const,
  label,
  value: Schema.Boolean,
  operators: only,
  allowed: ["yes", "no"],
  spell: (text: string) => text.toLowerCase(),
  of
})
