import { DateTime, Option, Schema } from "effect"
import { instantOf, type Wall } from "./Zone.ts"

const date = String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`
const clock = String.raw`(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{3})?)?`
const shape = new RegExp(`^${date}(?:T${clock}Z?)?$`, "u")

/**
 * A point in time as a person writes it: a day, a reading of the wall clock, or an instant in UTC.
 *
 * *Shape*: "2026-03-29", "2026-03-29T12:00", "2026-03-29T12:00:30", "2026-03-29T12:00:30.250"; with a "Z" after the
 * clock it is UTC, which alone tells the two comings of a repeated hour apart. Other offsets are not taken: a "+"
 * becomes a space in addresses. A day that the calendar does not have, such as 30 February, is none.
 */
export const Moment = Schema.String.check(
  Schema.isPattern(shape),
  Schema.makeFilter((text: string) => isOnCalendar(text.slice(0, 10)), { expected: "a day that the calendar has" })
).pipe(Schema.brand("Moment"))
export type Moment = typeof Moment.Type

/** What a moment says. *Shape*: `precision` is "day" without a clock, and "instant" with a Z. */
export interface Reading {
  readonly precision: "day" | "clock" | "instant"
  readonly wall: Wall
}

export const read = (moment: Moment): Reading => {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0] = moment
    .split(/[^\d]/)
    .map(Number)
  const precision = moment.length === 10 ? "day" : moment.endsWith("Z") ? "instant" : "clock"
  return { precision, wall: { year, month, day, hour, minute, second, millisecond } }
}

/** A moment that names an instant in UTC. *Units*: UTC milliseconds. */
export const ofInstant = (instant: number): Moment => Moment.make(DateTime.formatIso(DateTime.makeUnsafe(instant)))

export const ofDay = ({ year, month, day }: Wall): Moment =>
  Moment.make(DateTime.formatIsoDateUtc(DateTime.makeUnsafe({ year, month, day })))

/** What the wall's clock shows at an instant, as short as it can be said; `ofInstant` where that means another instant. */
export const ofClock = (instant: number, zone: DateTime.TimeZone.Named): Moment => {
  const wall = DateTime.toParts(DateTime.makeZonedUnsafe(instant, { timeZone: zone }))
  if (instantOf(wall, zone) !== instant) return ofInstant(instant)
  return Moment.make(
    DateTime.formatIso(DateTime.makeUnsafe(wall))
      .slice(0, -1)
      .replace(/(:00)?\.000$/, "")
  )
}

const isOnCalendar = (day: string): boolean =>
  Option.exists(DateTime.make(day), (found) => DateTime.formatIsoDateUtc(found) === day)
