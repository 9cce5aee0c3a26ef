import { Buckets, HttpStatus, type Log, TimeRange, Zone } from "@spoor/domain"
import { type Bars, LogCounts } from "@spoor/postgres"
import { Clock, Effect, Option } from "effect"
import type { FacetsView } from "#lib/log/Filter.ts"
import type { HistogramView, Part } from "#lib/log/Histogram.ts"
import type { Locale } from "#lib/text/Format.ts"
import { read } from "./LogFilters.ts"
import type { Reading } from "./LogScreen.ts"

/** The numbers beside a log's rows. What goes wrong with them is told in the process' log and costs nobody the rows. */
export const counts = <L extends Log.Log>(log: L, reading: Reading, search: URLSearchParams) =>
  Effect.all(
    { histogram: histogram(log, reading, search), facets: facets(log, reading, search) },
    { concurrency: 2 }
  ).pipe(
    Effect.catchCause((cause) =>
      Effect.as(Effect.logWarning("A log's numbers could not be counted", cause), { histogram: null, facets: {} })
    )
  )

/** How often the values of the filter's fields occur; of statuses the classes, too. */
const facets = Effect.fn("LogCounting.facets")(function* <L extends Log.Log>(
  log: L,
  reading: Reading,
  search: URLSearchParams
) {
  const { problem: _, ...asked } = read(log, search, { ...reading, now: yield* Clock.currentTimeMillis })
  const counted: FacetsView = yield* Effect.flatMap(LogCounts, ({ facets }) =>
    facets({ unitId: reading.unitId, log, ...asked })
  )
  const { status } = counted
  if (status === undefined) return counted
  const classes = new Map<string, number>()
  for (const { value, count } of status.values) {
    const name = `${value.slice(0, 1)}xx`
    classes.set(name, (classes.get(name) ?? 0) + count)
  }
  const values = [...[...classes].map(([value, count]) => ({ value, count })), ...status.values]
  return { ...counted, status: { ...status, values } }
})

/**
 * How the rows that an address lets pass lie in time; null where there is no stretch of time to show.
 *
 * Without a begin or an end, the filter's range goes to the unit's oldest row or to now.
 */
const histogram = Effect.fn("LogCounting.histogram")(function* <L extends Log.Log>(
  log: L,
  reading: Reading,
  search: URLSearchParams
) {
  const { unitId, timeZone, locale } = reading
  const { bars, extent } = yield* LogCounts
  const now = yield* Clock.currentTimeMillis
  const { problem: _, ...asked } = read(log, search, { ...reading, now })
  const { interval } = asked
  const zone = Zone.find(timeZone)
  const known = interval.from !== null && interval.to !== null ? null : yield* extent(unitId, log)
  const from = interval.from ?? known?.oldest
  const to = interval.to ?? (known === null ? undefined : Math.max(now, known.newest + 1))
  if (from === undefined || to === undefined || from >= to || Option.isNone(zone)) return null
  const edges = Buckets.cut({ from, to }, zone.value)
  const counted = yield* bars({ unitId, log, ...asked }, edges)
  const places = edges.slice(1).map((end, place) => {
    const begin = edges[place] ?? from
    return { begin, end, ...TimeRange.between({ from: begin, to: end }, zone.value) }
  })
  return view(counted, places, log === "panel" ? "panel" : "api", locale)
})

type Place = Pick<NonNullable<HistogramView["bars"]>[number], "begin" | "end" | "from" | "to">

const view = (
  counted: Bars | null,
  places: ReadonlyArray<Place>,
  log: HttpStatus.StatusLog,
  locale: Locale
): HistogramView => {
  if (counted === null) return { bars: null, kinds: [], count: 0, isEstimate: false }
  const parts = places.map((): Array<Part> => [])
  const kinds = new Map<Part["kind"], { label: string; count: number }>()
  for (const { bucket, statusClass, count } of counted.bars.toSorted(byClass)) {
    const meaning = statusClass === null ? null : HttpStatus.meaning(log, statusClass * 100 + 99)
    const kind = meaning?.statusClass ?? "any"
    parts[bucket]?.push({ kind, count })
    kinds.set(kind, { label: meaning?.className[locale] ?? "", count: count + (kinds.get(kind)?.count ?? 0) })
  }
  return {
    bars: places.map((place, at) => ({ ...place, count: sum(parts[at] ?? []), parts: parts[at] ?? [] })),
    kinds: [...kinds].map(([kind, { label, count }]) => ({ kind, label, count })),
    count: sum([...kinds.values()]),
    isEstimate: counted.isEstimate
  }
}

const byClass = (a: Bars["bars"][number], b: Bars["bars"][number]) => (a.statusClass ?? 0) - (b.statusClass ?? 0)

const sum = (parts: ReadonlyArray<{ readonly count: number }>) => parts.reduce((total, { count }) => total + count, 0)
