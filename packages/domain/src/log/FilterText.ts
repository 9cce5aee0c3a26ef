import { Result } from "effect"
import type { FilterError } from "./FilterError.ts"
import { ofFilter, toFilter } from "./FilterTerm.ts"
import { endOf, matchAt, misplaced, type Place, scan, type Term } from "./FilterToken.ts"
import type { Log } from "./Log.ts"
import type { FilterOf, LogFilter } from "./LogFilter.ts"

/**
 * A filter as a line of text.
 *
 *     type:AbandonedCart,AbandonedBrowse email:anna* -visitor:v-8d1f from:2026-03-29 to:2026-03-30 tz:Europe/Warsaw
 *     status:5xx -ip:10.0.0.1 url:*orders* "connection lost" range:last-24h
 *
 * - Terms stand apart by white space. `field:value` narrows by a field, anything else is a word of free text
 *   (`text:word` says the same). A hyphen before a term negates it.
 * - Values of one field, after a comma or in a second term, are alternatives; fields narrow one another. Words must all
 *   be there.
 * - An asterisk at the end means "begins with", at both ends "contains", alone "has any"; see each field's operators.
 * - Quotes make a value of anything: white space, commas, asterisks. In them \" is a quotation mark and \\ a backslash,
 *   a backslash before anything else is itself. Asterisks with a meaning stand outside: "a b"*.
 * - Names, listed values, methods, e-mails and presets are taken in any case and have one spelling; IDs, names and
 *   addresses are exact. Free text is found in any case.
 * - `range`, or `from` and `to`, and `tz` are given once: see `TimeRange`.
 *
 * *Fails* at the first thing that is wrong.
 */
export const parse = <L extends Log>(log: L, text: string): Result.Result<FilterOf<L>, FilterError> =>
  Result.flatMap(termsOf(text), (terms) => toFilter(log, terms))

/** The text that `parse` reads as this very filter: fields in the log's order, values as given. */
export const print = (filter: LogFilter): string =>
  ofFilter(filter)
    .flatMap(({ name, isNegated, values }) => {
      const said = name === "text" ? values : [`${name}:${values.join(",")}`]
      return said.map((term) => (isNegated ? `-${term}` : term))
    })
    .join(" ")

const termsOf = (source: string): Result.Result<ReadonlyArray<Term>, FilterError> =>
  Result.gen(function* () {
    const terms: Array<Term> = []
    let at = matchAt(space, source, 0).length
    while (at < source.length) {
      const isNegated = source[at] === "-"
      const start = isNegated ? at + 1 : at
      const prefix = matchAt(name, source, start)
      const field = prefix === "" ? "text" : prefix.slice(0, -1).toLowerCase()
      const place: Place = { source, field, kind: prefix === "" ? "word" : "list" }
      const tokens = yield* scan(place, start + prefix.length)
      terms.push({ name: field, isNegated, at: start, tokens })
      const end = endOf(tokens)
      at = end + matchAt(space, source, end).length
      // Only a closing quote can have something right behind it.
      if (at === end && at < source.length) return yield* misplaced(place, at)
    }
    return terms
  })

const space = /\s*/y
const name = /(?:[a-z][a-z-]*:)?/iy
