import { DateTime, Option, Result, Schema } from "effect"
import type { Interval } from "./Interval.ts"
import * as Moment from "./Moment.ts"
import * as Preset from "./Preset.ts"
import { dayOf, find, instantOf, Zone } from "./Zone.ts"

/**
 * A stretch of time that moves with the present, or one between two moments.
 *
 * *Shape*: `zone` is where its days and clocks are read; without one it is the reader's, so that a link that must mean
 * the same to everybody names it. A `from` belongs to the range. A `to` that is a day belongs to it as a whole; a `to`
 * with a clock is the first instant that does not belong to it any more.
 */
export const TimeRange = Schema.Union([
  Schema.Struct({ preset: Preset.Preset, zone: Schema.optionalKey(Zone) }),
  Schema.Struct({
    from: Schema.optionalKey(Moment.Moment),
    to: Schema.optionalKey(Moment.Moment),
    zone: Schema.optionalKey(Zone)
  }).check(
    Schema.makeFilter(({ from, to }) => from !== undefined || to !== undefined, { expected: "a range with from or to" })
  )
])
export type TimeRange = typeof TimeRange.Type

/**
 * A range that cannot be had.
 *
 * - `unknown-zone`: this machine's data know no zone of that name.
 * - `empty`: no instant lies in it, because it ends before it begins or because the clocks skipped all of it.
 */
export class TimeRangeError extends Schema.TaggedError<TimeRangeError>()("TimeRangeError", {
  reason: Schema.Literals(["unknown-zone", "empty"])
}) {}

/**
 * The instants that a range means, as seen at `now` by a reader in `zone`.
 *
 * Ranges that touch on the wall's calendar and clock touch on the timeline, whatever the clocks do (see `instantOf`):
 * the days of a month hold each of its instants once.
 * *Units*: `now` in UTC milliseconds. *Fails* with `TimeRangeError`.
 */
export const resolve = (
  range: TimeRange,
  { now, zone }: { readonly now: number; readonly zone: string }
): Result.Result<Interval, TimeRangeError> => {
  const place = find(range.zone ?? zone)
  if (Option.isNone(place)) return Result.fail(new TimeRangeError({ reason: "unknown-zone" }))
  const interval =
    "preset" in range
      ? Preset.intervalOf(range.preset, now, place.value)
      : {
          from: range.from === undefined ? null : begin(range.from, place.value),
          to: range.to === undefined ? null : end(range.to, place.value)
        }
  return interval.from !== null && interval.to !== null && interval.from >= interval.to
    ? Result.fail(new TimeRangeError({ reason: "empty" }))
    : Result.succeed(interval)
}

/**
 * A range that means exactly these instants to a reader in `zone`: in whole days where it can be, else by the wall's clock,
 * and in UTC only where the clock shows a time twice.
 *
 * *Units*: UTC milliseconds, `from` before `to`.
 */
export const between = (
  { from, to }: { readonly from: number; readonly to: number },
  zone: DateTime.TimeZone.Named
): { readonly from: Moment.Moment; readonly to: Moment.Moment } => {
  const isDay = (instant: number) => instantOf(dayOf(instant, zone), zone) === instant
  return isDay(from) && isDay(to)
    ? { from: Moment.ofDay(dayOf(from, zone)), to: Moment.ofDay(dayOf(to - 1, zone)) }
    : { from: Moment.ofClock(from, zone), to: Moment.ofClock(to, zone) }
}

const begin = (moment: Moment.Moment, zone: DateTime.TimeZone.Named): number => {
  const { precision, wall } = Moment.read(moment)
  return precision === "instant" ? DateTime.toEpochMillis(DateTime.makeUnsafe(wall)) : instantOf(wall, zone)
}

const end = (moment: Moment.Moment, zone: DateTime.TimeZone.Named): number => {
  const { precision, wall } = Moment.read(moment)
  return precision === "day" ? instantOf({ ...wall, day: wall.day + 1 }, zone) : begin(moment, zone)
}
