import type { DateTime } from "effect"
import { dayOf, instantOf } from "./Zone.ts"

/** A stretch of time is cut into at most about this many: a change of the clock and a ragged begin may add a few. */
export const bucketsMax = 96

/**
 * The edges of the buckets that a stretch of time is counted in, as a zone's calendar and clock cut it: the begin, the
 * boundaries between, the end.
 *
 * Up to an hour, buckets are equally long within a day, so that both comings of a repeated hour stand side by side. Buckets
 * of more hours follow the wall's clock: on the days when it changes, one is longer or shorter. Weeks begin on Monday.
 * *Units*: UTC milliseconds. *Shape*: ascending; the first and the last bucket may be cut off by the stretch itself.
 */
export const cut = (
  { from, to }: { readonly from: number; readonly to: number },
  zone: DateTime.TimeZone.Named
): ReadonlyArray<number> => {
  const step = steps.find(({ length }) => to - from <= length * bucketsMax) ?? steps.at(-1)
  const edges = [from]
  let edge = from
  while (edge < to) {
    edge = step === undefined ? to : Math.min(to, step.after(edge, zone))
    edges.push(edge)
  }
  return edges
}

/** *Shape*: `length` is what a bucket usually lasts; `after` gives the next boundary after an instant. */
interface Step {
  readonly length: number
  readonly after: (instant: number, zone: DateTime.TimeZone.Named) => number
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const spans = (length: number): Step => ({
  length,
  after: (instant, zone) => {
    const { year, month, day } = dayOf(instant, zone)
    const begin = instantOf({ year, month, day }, zone)
    const next = begin + (Math.floor((instant - begin) / length) + 1) * length
    return Math.min(next, instantOf({ year, month, day: day + 1 }, zone))
  }
})

const hours = (count: number): Step => ({
  length: count * HOUR,
  after: (instant, zone) => {
    const { year, month, day } = dayOf(instant, zone)
    for (let hour = count; hour < 24; hour += count) {
      const next = instantOf({ year, month, day, hour }, zone)
      if (next > instant) return next
    }
    return instantOf({ year, month, day: day + 1 }, zone)
  }
})

const days: Step = {
  length: DAY,
  after: (instant, zone) => {
    const { year, month, day } = dayOf(instant, zone)
    return instantOf({ year, month, day: day + 1 }, zone)
  }
}

const weeks: Step = {
  length: 7 * DAY,
  after: (instant, zone) => {
    const { year, month, day, weekDay } = dayOf(instant, zone)
    return instantOf({ year, month, day: day + 7 - ((weekDay + 6) % 7) }, zone)
  }
}

const months = (count: number): Step => ({
  length: count * 30 * DAY,
  after: (instant, zone) => {
    const { year, month } = dayOf(instant, zone)
    return instantOf({ year, month: month - ((month - 1) % count) + count, day: 1 }, zone)
  }
})

const years = (count: number): Step => ({
  length: count * 365 * DAY,
  after: (instant, zone) => {
    const { year } = dayOf(instant, zone)
    return instantOf({ year: year - (year % count) + count, month: 1, day: 1 }, zone)
  }
})

/** Lengths that people count in, from the shortest. */
const steps: ReadonlyArray<Step> = [
  ...[SECOND, 10 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR].map(spans),
  ...[3, 6].map(hours),
  days,
  weeks,
  ...[1, 3].map(months),
  ...[1, 10, 100].map(years)
]
