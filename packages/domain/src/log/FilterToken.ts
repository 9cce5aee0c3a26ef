import { Result } from "effect"
import { type FilterError, refuse } from "./FilterError.ts"
import type { Value } from "./FilterValue.ts"

/**
 * One value as it is written.
 *
 * *Shape*: `text` without quotes; `head` and `tail` tell of an asterisk before and after it. `found` is all of it as it
 * stood at `at`, empty where a value was missing.
 */
export interface Token {
  readonly text: string
  readonly head: boolean
  readonly tail: boolean
  readonly isQuoted: boolean
  readonly at: number
  readonly found: string
}

/** A field with values, or a word of free text, which is the field "text". */
export interface Term {
  readonly name: string
  readonly isNegated: boolean
  readonly at: number
  readonly tokens: ReadonlyArray<Token>
}

/** What ends a value without quotes: in a list within a text, in a word of a text, in an address's parameter. */
const unquoted = { list: /[^\s,"]*/y, word: /[^\s"]*/y, parameter: /[^,"]*/y }

/** Where a value stands, and which field it is said of. */
export interface Place {
  readonly source: string
  readonly kind: keyof typeof unquoted
  readonly field: string
}

type Scanned<A> = Result.Result<A, FilterError>

/**
 * The values from `at` on, with commas between them; a word has none. *Fails* at a quote that is not where it belongs.
 */
export const scan = (place: Place, at: number): Scanned<ReadonlyArray<Token>> =>
  Result.gen(function* () {
    const tokens = [yield* scanOne(place, at)]
    if (place.kind === "word") return tokens
    while (place.source[endOf(tokens)] === ",") tokens.push(yield* scanOne(place, endOf(tokens) + 1))
    return tokens
  })

/** Where the last token ends. */
export const endOf = (tokens: ReadonlyArray<Token>): number => {
  const last = tokens.at(-1)
  return last === undefined ? 0 : last.at + last.found.length
}

const scanOne = (place: Place, at: number): Scanned<Token> => {
  const { source, kind } = place
  const head = source.startsWith('*"', at)
  if (source[head ? at + 1 : at] === '"') return scanQuoted(place, at, head)
  const found = matchAt(unquoted[kind], source, at)
  if (source[at + found.length] === '"') return misplaced(place, at + found.length)
  const bare = kind === "parameter" ? found.trim() : found
  const isOpen = bare.length > 1 && bare.startsWith("*")
  const tail = bare.endsWith("*")
  const text = bare.slice(isOpen ? 1 : 0, tail ? -1 : undefined)
  return Result.succeed({ text, head: isOpen, tail, isQuoted: false, at, found })
}

const scanQuoted = (place: Place, at: number, head: boolean): Scanned<Token> => {
  const { source } = place
  const opened = head ? at + 1 : at
  let text = ""
  let end = opened + 1
  while (source[end] !== '"') {
    if (end >= source.length) return misplaced(place, opened)
    if (source[end] === "\\" && /["\\]/.test(source[end + 1] ?? "")) end += 1
    text += source[end]
    end += 1
  }
  const tail = source[end + 1] === "*"
  end += tail ? 2 : 1
  return Result.succeed({ text, head, tail, isQuoted: true, at, found: source.slice(at, end) })
}

/** A quote that is not closed, or does not enclose a whole value. */
export const misplaced = ({ source, field }: Place, at: number): Scanned<never> =>
  refuse("quote", field, { at, found: source.slice(at, at + 1) })

/** What a sticky pattern finds at a place; it may be nothing. */
export const matchAt = (pattern: RegExp, source: string, at: number): string => {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0] ?? ""
}

/** A value as `scan` reads it back. */
export const write = (value: Value): string => {
  if (typeof value === "boolean") return value ? "yes" : "no"
  if (typeof value !== "object") return quote(String(value))
  switch (value.op) {
    case "is":
      return quote(value.value)
    case "startsWith":
      return value.value === "" ? "*" : `${quote(value.value)}*`
    case "contains":
      return `*${quote(value.value)}*`
  }
}

/** A word of free text: here a colon would make it a field, and a hyphen would negate it. */
export const writeWord = (word: string): string => (/^[^\s"*,:-][^\s"*,:]*$/u.test(word) ? word : enclose(word))

const quote = (text: string): string => (/^[^\s"*,]+$/u.test(text) ? text : enclose(text))

const enclose = (text: string): string => `"${text.replaceAll(/["\\]/g, (mark) => `\\${mark}`)}"`
