import type { Field, Found } from "./FilterField.ts"
import { fields, texts } from "./FilterFields.ts"
import type { Value } from "./FilterValue.ts"
import { includes, type Interval } from "./Interval.ts"
import type { Log, RowOf } from "./Log.ts"
import { clausesOf, type FilterOf, type LogFilter } from "./LogFilter.ts"

/**
 * Whether a row passes a filter: what a live tail asks, and what every query must agree with.
 *
 * *Shape*: one function for each log. `interval` is the filter's range as resolved (see `TimeRange.resolve`), once for
 * a whole tail; `Interval.always` without one.
 */
export const matches: {
  readonly [L in Log]: (filter: FilterOf<L>, row: RowOf<L>, interval: Interval) => boolean
} = {
  panel: (filter, row, interval) => passes(filter, row, interval, fields.panel, texts.panel),
  activity: (filter, row, interval) => passes(filter, row, interval, fields.activity, texts.activity),
  "session-events": (filter, row, interval) =>
    passes(filter, row, interval, fields["session-events"], texts["session-events"]),
  api: (filter, row, interval) => passes(filter, row, interval, fields.api, texts.api),
  sms: (filter, row, interval) => passes(filter, row, interval, fields.sms, texts.sms)
}

const passes = <Row extends { readonly createdAt: number }>(
  filter: LogFilter,
  row: Row,
  interval: Interval,
  table: Readonly<Record<string, Field<Row>>>,
  textsOf: (row: Row) => ReadonlyArray<Found | undefined>
): boolean =>
  includes(interval, row.createdAt) &&
  Object.entries(clausesOf(filter)).every(([name, clause]) => {
    const of = table[name]?.of
    if (clause === undefined || of === undefined) return true
    const found = [of(row)].flat()
    const isFound = (value: Value) => found.some((part) => agrees(value, part))
    return (clause.any.length === 0 || clause.any.some(isFound)) && !clause.none.some(isFound)
  }) &&
  speaks(filter, textsOf(row))

const speaks = ({ text }: LogFilter, found: ReadonlyArray<Found | undefined>): boolean => {
  if (text === undefined) return true
  const lowered = found.map((part) => String(part ?? "").toLowerCase())
  const isFound = (word: string) => lowered.some((part) => part.includes(word.toLowerCase()))
  return text.all.every(isFound) && !text.none.some(isFound)
}

const agrees = (value: Value, found: Found): boolean => {
  if (typeof value === "object") {
    if (typeof found !== "string") return false
    switch (value.op) {
      case "is":
        return found === value.value
      case "startsWith":
        return found.startsWith(value.value)
      case "contains":
        return found.includes(value.value)
    }
  }
  if (typeof value === "string" && typeof found === "number") return value === `${Math.floor(found / 100)}xx`
  return value === found
}
