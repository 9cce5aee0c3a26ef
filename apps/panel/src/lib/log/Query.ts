import { isMasked } from "#lib/value/Masked.ts"

/** Where the reader stands in a log, and what is said once; changing a filter starts again at the newest rows. */
const cursors = ["older", "newer", "find", "problem"]

/** The query of an address with some parameters changed; null removes one. Begins with "?" or is empty. */
export const changed = (search: string, changes: Record<string, string | null>): string => {
  const parameters = new URLSearchParams(search)
  for (const name of cursors) parameters.delete(name)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) parameters.delete(name)
    else parameters.set(name, value)
  }
  const text = parameters.toString()
  return text === "" ? "" : `?${text}`
}

/** The address of a log narrowed by some more; none where a value is hidden from the reader. */
export const narrowed = (path: string, search: string, changes: Record<string, string>): string | undefined =>
  Object.values(changes).some(isMasked) ? undefined : `${path}${changed(search, changes)}`

/** The parameters of an address but for some: what a form must send along. */
export const parametersOf = (search: string, without: ReadonlyArray<string>): ReadonlyArray<[string, string]> =>
  [...new URLSearchParams(search)].filter(([name]) => !without.includes(name))

/** What a change takes away that is to leave no range. */
export const noRange = { range: null, from: null, to: null, tz: null }

/** A value as a filter takes it, whatever it holds. */
export const quoted = (value: string): string =>
  /[",*\\]/.test(value) ? `"${value.replaceAll(/["\\]/g, "\\$&")}"` : value

/** A row's place in its log, as `readTurn` reads it. */
export const cursorOf = (row: { readonly occurredAt: number; readonly id: number }): string =>
  `${row.occurredAt}.${row.id}`
