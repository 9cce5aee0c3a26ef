import type { Category, Permanence } from "./Category.ts"

/**
 * One code of a gateway's list.
 *
 * *Shape*: `code` and `name` as the vendor prints them; `en` and `pl` are our own words. "provisional" marks what may
 * be followed by a better report.
 */
export type Row = readonly [
  code: string,
  name: string,
  permanence: Permanence,
  category: Category,
  en: string,
  pl: string,
  standing?: "provisional"
]

/** Other spellings of a listed code. */
export type Aliases = Readonly<Record<string, ReadonlyArray<string>>>

/** Rows by their canonical code. A Map, so that no code meets a property that objects are born with. */
export type Table = ReadonlyMap<string, Row>

/** A table of these rows; where two share a code, the later one holds. */
export const of = (rows: ReadonlyArray<Row>, aliases: Aliases = {}): Table =>
  new Map(
    rows.flatMap((row) => [row[0], ...(aliases[row[0]] ?? [])].map((code): [string, Row] => [canonical(code), row]))
  )

/**
 * The one spelling under which a code is looked up: gateways pad numbers with zeros, write them as hexadecimal or as
 * decimal, and change the case of words.
 *
 * *Shape*: hexadecimal is what begins with 0x; "00B" stays a word, because nothing says that it is a number.
 */
export const canonical = (code: string): string => {
  const word = code.trim().toLowerCase()
  if (/^0x[0-9a-f]{1,8}$/.test(word)) return String(Number(word))
  return /^\d+$/.test(word) ? word.replace(/^0+(?=\d)/, "") : word
}
