import { Result } from "effect"
import type { FilterError } from "./FilterError.ts"
import { namesOf, ofFilter, toFilter } from "./FilterTerm.ts"
import { endOf, misplaced, type Place, scan, type Term, type Token } from "./FilterToken.ts"
import type { Log } from "./Log.ts"
import type { FilterOf, LogFilter } from "./LogFilter.ts"

/** Names and values, as `URLSearchParams` gives and takes them. */
export type Parameters = ReadonlyArray<readonly [name: string, value: string]>

/**
 * A filter as parameters of an address: one for each field, in the log's order, "-" before the name of a negated one.
 *
 *     ?type=AbandonedCart,AbandonedBrowse&email=anna*&-visitor=v-8d1f&range=last-24h
 */
export const encode = (filter: LogFilter): Parameters =>
  ofFilter(filter).map(({ name, isNegated, values }) => [isNegated ? `-${name}` : name, values.join(",")])

/**
 * The filter that an address holds.
 *
 * A value is a list as in the text of a filter, but for white space: here it ends nothing, as people type it into
 * forms. A repeated parameter adds values, an empty one says nothing. Parameters with other names are left to whoever
 * else uses the address (pages, drawers); a door that must not overlook a misspelt one compares with `names`.
 * *Fails* at the first thing that is wrong; `at` counts within the parameter's value.
 */
export const decode = <L extends Log>(log: L, parameters: Parameters): Result.Result<FilterOf<L>, FilterError> =>
  Result.gen(function* () {
    const known = namesOf(log)
    const terms: Array<Term> = []
    for (const [key, value] of parameters) {
      const isNegated = key.startsWith("-")
      const name = isNegated ? key.slice(1) : key
      if (!known.includes(name) || value.trim() === "") continue
      terms.push({ name, isNegated, at: 0, tokens: yield* tokensOf(value, name) })
    }
    return yield* toFilter(log, terms)
  })

/** The names of all parameters that `decode` takes. */
export const names = (log: Log): ReadonlyArray<string> => namesOf(log).flatMap((name) => [name, `-${name}`])

const tokensOf = (source: string, field: string): Result.Result<ReadonlyArray<Token>, FilterError> =>
  Result.gen(function* () {
    const place: Place = { source, field, kind: "parameter" }
    const tokens = yield* scan(place, 0)
    return endOf(tokens) < source.length ? yield* misplaced(place, endOf(tokens)) : tokens
  })
