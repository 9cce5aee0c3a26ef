import { Log } from "@spoor/domain"
import { type LogLayout, LogLayouts } from "@spoor/postgres"
import { Effect } from "effect"
import { type Column, widthMax, widthMin } from "#lib/log/Column.ts"
import type { Locale } from "#lib/text/Format.ts"
import type { Person } from "./Auth.ts"

/** The column that opens a row stays: without it there would be no way into the row. */
const kept = "details"

/** A log's columns as somebody sees them at an address: those that it names, else those that they chose. */
export const columnsOf = (
  log: Log.Log,
  { hidden, widths }: LogLayout,
  search: URLSearchParams,
  locale: Locale
): ReadonlyArray<Column> => {
  const asked = named(log, search)
  return Log.columns[log].map(({ key, label }) => ({
    key,
    label: label[locale],
    isKept: key === kept,
    isShown: key === kept || (asked === null ? !hidden.includes(key) : asked.includes(key)),
    width: widths[key] ?? null
  }))
}

/**
 * Keeps the layout that a form asks for; gives the address to go on at, null where the form asks for something that is
 * none.
 */
export const keep = Effect.fn("LogColumns.keep")(function* (
  { unitId, userId }: Person,
  log: Log.Log,
  form: FormData,
  address: URL
) {
  const layouts = yield* LogLayouts
  const reader = { unitId, userId, log }
  if (form.has("reset")) {
    yield* layouts.forget(reader)
    return without(address, "columns")
  }
  const changed = change(log, yield* layouts.of(reader), form, address)
  if (changed !== null) yield* layouts.keep(reader, changed.layout)
  return changed?.address ?? null
})

const without = (address: URL, name: string): URL => {
  const next = new URL(address)
  next.searchParams.delete(name)
  return next
}

/**
 * The layout that a form asks for, and the address to go on at: where columns are named there, they change there.
 *
 * *Shape*: `shown` is given for each column when `columns` is, `width.KEY` for some, "" for none; `rows` is "roomy" or
 * "compact". What the form does not name stays. Null where a value is none.
 */
const change = (
  log: Log.Log,
  layout: LogLayout,
  form: FormData,
  address: URL
): { readonly layout: LogLayout; readonly address: URL } | null => {
  const keys = Log.columns[log].map(({ key }) => key)
  const widths: Record<string, number> = { ...layout.widths }
  for (const key of keys) {
    const typed = form.get(`width.${key}`)
    if (typed === null) continue
    const width = Number(typed)
    if (typed === "") delete widths[key]
    else if (Number.isInteger(width) && width >= widthMin && width <= widthMax) widths[key] = width
    else return null
  }
  const rows = form.get("rows")
  const shown = form.getAll("shown")
  const isNamed = form.has("columns") && named(log, address.searchParams) !== null
  const next = new URL(address)
  if (isNamed) next.searchParams.set("columns", keys.filter((key) => key === kept || shown.includes(key)).join(","))
  return {
    layout: {
      hidden:
        form.has("columns") && !isNamed ? keys.filter((key) => key !== kept && !shown.includes(key)) : layout.hidden,
      widths,
      isRoomy: rows === null ? layout.isRoomy : rows === "roomy"
    },
    address: next
  }
}

/** The keys that an address names; null where it names none, so that the reader's own choice holds. */
const named = (log: Log.Log, search: URLSearchParams): ReadonlyArray<string> | null => {
  const asked = (search.get("columns") ?? "").split(",")
  const known = Log.columns[log].flatMap(({ key }) => (asked.includes(key) ? [key] : []))
  return known.length === 0 ? null : known
}
