import { Result, Schema } from "effect"
import { type FilterError, refuse } from "./FilterError.ts"
import type { Syntax } from "./FilterField.ts"
import { fields, word } from "./FilterFields.ts"
import { type Term, type Token, write, writeWord } from "./FilterToken.ts"
import { type Value, valuesMax } from "./FilterValue.ts"
import type { Log } from "./Log.ts"
import { clausesOf, type FilterOf, filters, type LogFilter } from "./LogFilter.ts"
import * as RangeTerm from "./RangeTerm.ts"

/** A term of a filter that is written out: values with their quotes and asterisks. */
export interface Written {
  readonly name: string
  readonly isNegated: boolean
  readonly values: ReadonlyArray<string>
}

/** The names that a filter of this log may use, in the order in which it is written. */
export const namesOf = (log: Log): ReadonlyArray<string> => [...Object.keys(fields[log]), "text", ...RangeTerm.names]

/** What was said of one field; equal values are one. */
interface Sides {
  readonly said: Map<string, Value>
  readonly denied: Map<string, Value>
}

/** The filter that terms make up. *Fails* at the first value that does not belong where it stands. */
export const toFilter = <L extends Log>(log: L, terms: ReadonlyArray<Term>): Result.Result<FilterOf<L>, FilterError> =>
  Result.gen(function* () {
    const found = new Map<string, Sides>()
    for (const term of terms) {
      if (RangeTerm.isName(term.name)) continue
      const syntax = yield* syntaxOf(log, term)
      const sides = found.get(term.name) ?? { said: new Map(), denied: new Map() }
      found.set(term.name, sides)
      const values = term.isNegated ? sides.denied : sides.said
      for (const token of term.tokens) {
        const value = yield* valueOf(syntax, term.name, token)
        values.set(write(value), value)
        if (values.size > valuesMax) return yield* refuse("too-many", term.name, token, [String(valuesMax)])
      }
    }
    const range = yield* RangeTerm.toRange(terms)
    const clauses = [...found].map(([name, { said, denied }]) => {
      const none = [...denied.values()]
      return [name, name === "text" ? { all: [...said.values()], none } : { any: [...said.values()], none }] as const
    })
    const decode = Schema.decodeUnknownResult<(typeof filters)[L]>(filters[log])
    // Each value has passed its field's schema, so nothing is left to fail: a failure here is a defect.
    return Result.getOrThrow(decode({ log, ...Object.fromEntries(clauses), ...(range !== undefined && { range }) }))
  })

/** The terms that make up a filter, in the one order in which it is written. */
export const ofFilter = (filter: LogFilter): ReadonlyArray<Written> => {
  const clauses = clausesOf(filter)
  const { text, range } = filter
  return [
    ...Object.keys(fields[filter.log]).flatMap((name) =>
      written(name, clauses[name]?.any.map(write), clauses[name]?.none.map(write))
    ),
    ...written("text", text?.all.map(writeWord), text?.none.map(writeWord)),
    ...RangeTerm.ofRange(range).flatMap(([name, value]) => written(name, [value]))
  ]
}

const written = (
  name: string,
  said: ReadonlyArray<string> = [],
  denied: ReadonlyArray<string> = []
): ReadonlyArray<Written> =>
  [
    { name, isNegated: false, values: said },
    { name, isNegated: true, values: denied }
  ].filter(({ values }) => values.length > 0)

const syntaxOf = (log: Log, { name, at }: Term): Result.Result<Syntax, FilterError> => {
  const syntaxes: Readonly<Record<string, Syntax>> = fields[log]
  const syntax = name === "text" ? word : Object.hasOwn(syntaxes, name) ? syntaxes[name] : undefined
  return syntax === undefined
    ? refuse("unknown-field", name, { at, found: name }, namesOf(log))
    : Result.succeed(syntax)
}

const valueOf = (syntax: Syntax, name: string, token: Token): Result.Result<Value, FilterError> => {
  if (token.found.trim() === "") return refuse("missing-value", name, token, syntax.allowed)
  const value = read(syntax, token)
  if (value === undefined) return refuse("wildcard", name, token, syntax.allowed)
  return Schema.is(syntax.value)(value) ? Result.succeed(value) : refuse("invalid-value", name, token, syntax.allowed)
}

/** What a token says as a value of a field, right or wrong; undefined where an asterisk stands for nothing. */
const read = ({ kind, operators, spell }: Syntax, { text, head, tail, isQuoted }: Token): Value | undefined => {
  const value = spell(text)
  if (!isQuoted && text.includes("*")) return undefined
  if (head || tail) {
    const op = head ? "contains" : "startsWith"
    return tail && operators.includes(op) ? { op, value } : undefined
  }
  switch (kind) {
    case "pattern":
      return { op: "is", value }
    case "status":
      return /^\d+$/.test(value) ? Number(value) : value
    case "flag":
      return value === "yes" ? true : value === "no" ? false : value
    case "choice":
    case "exact":
      return value
  }
}
