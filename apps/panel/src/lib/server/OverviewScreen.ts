import { Buckets, Interval, Moment, Preset, SmsError, TimeRange, Zone } from "@spoor/domain"
import { type Counts, type Measure, Overview, type Point, type Source } from "@spoor/postgres"
import { Clock, Effect, Option, Result } from "effect"
import type { Chart, OverviewView, SourceView } from "#lib/overview/Overview.ts"
import type { Locale } from "#lib/text/Format.ts"
import { pathOf } from "#lib/overview/Address.ts"
import * as Alerts from "./Alerts.ts"
import type { Reading } from "./LogScreen.ts"
import { sectionsFor } from "./Rights.ts"
import * as Gateways from "./settings/Gateways.ts"

/** Those of the presets that an overview of days can show; the shortest and the longest bound what is counted. */
const presets = [
  "today",
  "yesterday",
  "last-24h",
  "last-7d",
  "last-30d",
  "this-week",
  "last-week",
  "this-month",
  "last-month"
] as const satisfies ReadonlyArray<Preset.Preset>

const usual = "last-7d"

/** What the start page tells of a unit, in the stretch of time that the address names. */
export const tell = Effect.fn("OverviewScreen.tell")(function* (reading: Reading, search: URLSearchParams) {
  const { unitId, timeZone, locale } = reading
  const overview = yield* Overview
  const now = yield* Clock.currentTimeMillis
  const range = presets.find((preset) => preset === search.get("range")) ?? usual
  const interval = Result.getOrElse(
    TimeRange.resolve({ preset: range }, { now, zone: timeZone }),
    () => Interval.always
  )
  const { from, to } = { from: interval.from ?? now, to: interval.to ?? now }
  const zone = Option.getOrThrow(Zone.find(timeZone))
  const edges = Buckets.cut({ from, to }, zone)
  const [counts, sources] = yield* Effect.all([overview.counts(unitId, edges), overview.sources(unitId)], {
    concurrency: 2
  })
  // Keys without their names would tell nothing, and lead nowhere.
  const told = reading.isMasked ? sources.filter(({ kind }) => kind !== "key") : sources
  const known = yield* Effect.forEach(told, (source) => judge(unitId, source, now), { concurrency: 3 })
  return {
    now,
    range,
    presets: presets.map((value) => ({ value, label: Preset.labels[value][locale] })),
    charts: chartsOf(counts, edges, now),
    sms: categoriesOf(counts.points, locale),
    sources: known.map((source) => viewOf(source, reading)),
    failing: yield* failing(unitId, now),
    surging: yield* surging(unitId, now),
    gateways: yield* troubled(reading, now),
    queue: yield* filling(reading, now)
  } satisfies OverviewView
})

const judge = Effect.fnUntraced(function* (unitId: number, source: Source, now: number) {
  const { presence } = yield* Overview
  const windows = Alerts.comparable(source, now)
  const isSilent = windows !== null && Alerts.isSilent(yield* presence(unitId, source, windows))
  return { ...source, isSilent }
})

const failing = Effect.fnUntraced(function* (unitId: number, now: number) {
  const { apiRate } = yield* Overview
  const recent = yield* apiRate(unitId, Alerts.lastHour(now))
  if (!Alerts.isFailing(recent, { total: 0, failed: 0 })) return null
  const usual = yield* apiRate(unitId, Alerts.weekBefore(now))
  return Alerts.isFailing(recent, usual) ? { ...recent, isFirst: usual.total === 0 } : null
})

const surging = Effect.fnUntraced(function* (unitId: number, now: number) {
  const { smsFailures } = yield* Overview
  const recent = yield* smsFailures(unitId, Alerts.lastHour(now))
  if (!Alerts.isSurging(recent, 0)) return null
  const usual = yield* smsFailures(unitId, Alerts.weekBefore(now))
  return Alerts.isSurging(recent, usual) ? { failed: recent, isFirst: usual === 0 } : null
})

/** Whoever may mend a gateway goes to its settings, everybody else to what it wrote. */
const troubled = Effect.fnUntraced(function* ({ person, unitId }: Reading, now: number) {
  const mayMend = sectionsFor(person).includes("gateways")
  return (yield* Gateways.standings(unitId, now)).flatMap(({ key, name, standing }) =>
    standing === "good" || standing === "new"
      ? []
      : [
          {
            name,
            trouble: standing,
            href: mayMend ? `/settings/gateways/${key}` : pathOf({ kind: "gateway", id: name })
          }
        ]
  )
})

/** Whoever may see what fills it up is led there. */
const filling = Effect.fnUntraced(function* ({ person, unitId }: Reading, now: number) {
  const queue = yield* Gateways.queueOf(unitId, now)
  if (queue === null || queue.level === "calm") return null
  const href = sectionsFor(person).includes("gateways") ? "/settings/gateways" : null
  return { level: queue.level, used: queue.used, href }
})

const viewOf = (source: Source & { readonly isSilent: boolean }, { sites }: Reading): SourceView => ({
  ...source,
  name: sites.find(({ siteId }) => source.kind === "site" && siteId === source.id)?.name ?? source.name
})

/** *Shape*: the bars of what lies ahead of now are left out, so that the last one is the present. */
const chartsOf = ({ points, missing }: Counts, edges: ReadonlyArray<number>, now: number): OverviewView["charts"] => {
  const bars = edges
    .slice(0, -1)
    .flatMap((from, bucket) => (from > now ? [] : [{ bucket, from, to: edges[bucket + 1]! }]))
  const chart = (subject: Counts["missing"][number], isMeasured: (measure: Measure) => boolean): Chart => {
    if (missing.includes(subject)) return { total: null, bars: [] }
    const counts = new Map<number, number>()
    for (const { measure, bucket, count } of points) {
      if (isMeasured(measure)) counts.set(bucket, (counts.get(bucket) ?? 0) + count)
    }
    return {
      total: counts.values().reduce((sum, count) => sum + count, 0),
      bars: bars.map(({ bucket, from, to }) => ({
        at: from,
        range: `from=${Moment.ofInstant(from)}&to=${Moment.ofInstant(to)}`,
        count: counts.get(bucket) ?? 0
      }))
    }
  }
  const only = (subject: Counts["missing"][number], name: Measure) => chart(subject, (measure) => measure === name)
  return {
    events: only("events", "events"),
    sessions: only("sessions", "sessions"),
    purchases: only("outcomes", "FinalizedTransaction"),
    carts: only("outcomes", "AbandonedCart"),
    browses: only("outcomes", "AbandonedBrowse"),
    recovered: only("outcomes", "recovered"),
    requests: only("requests", "requests"),
    errors: chart("errors", (measure) => measure.endsWith("-errors")),
    sms: chart("sms", (measure) => measure.startsWith("sms:")),
    clientErrors: only("errors", "client-errors").total ?? 0,
    serverErrors: only("errors", "server-errors").total ?? 0
  }
}

const categoriesOf = (points: ReadonlyArray<Point>, locale: Locale) => {
  const counts = new Map<string, number>()
  for (const { measure, count } of points) {
    if (measure.startsWith("sms:")) counts.set(measure.slice(4), (counts.get(measure.slice(4)) ?? 0) + count)
  }
  const names: Readonly<Record<string, { readonly pl: string; readonly en: string }>> = SmsError.categoryNames
  return [...counts]
    .map(([category, count]) => ({ category, count, name: names[category]?.[locale] ?? category }))
    .toSorted((a, b) => b.count - a.count)
}
