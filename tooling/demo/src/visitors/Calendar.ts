import { DateTime } from "effect"
import * as Chance from "./Chance.ts"

const hour = 3_600_000
const warsaw = DateTime.zoneMakeNamedUnsafe("Europe/Warsaw")

/** A day in Warsaw. *Units*: `start` in epoch milliseconds, `weekday` 0 is Sunday, `name` such as 2026-03-02. */
export interface Day {
  readonly name: string
  readonly start: number
  readonly weekday: number
}

/** The days that end with the one that holds `now`, oldest first. */
export const daysUntil = (now: number, count: number): ReadonlyArray<Day> => {
  const today = DateTime.makeZonedUnsafe(now, { timeZone: warsaw }).pipe(DateTime.startOf("day"))
  return Array.from({ length: count }, (_, index) => {
    const day = DateTime.subtract(today, { days: count - 1 - index })
    return {
      name: DateTime.formatIsoDate(day),
      start: DateTime.toEpochMillis(day),
      weekday: DateTime.toParts(day).weekDay
    }
  })
}

/** How many come for the first time, by weekday from Sunday on: Saturdays are for other things. */
const bustle = [1.12, 1.0, 1.03, 0.99, 1.0, 0.9, 0.82]

/** How many visitors come for the first time on this day. `usual` is the mean of all days. */
export const newcomers = (chance: Chance.Chance, day: Day, usual: number): number =>
  Math.round(usual * (bustle[day.weekday] ?? 1) * Chance.between(chance, 0.92, 1.08))

/** How busy each hour is, from midnight on: asleep until six, a bump at noon, the peak after supper. */
const rhythm = [
  1.2, 0.6, 0.3, 0.2, 0.2, 0.4, 1.2, 2.4, 3.6, 4.6, 5.2, 5.4, 5.8, 5.4, 5, 4.8, 5, 5.4, 6, 7, 8.2, 8.4, 6.2, 3
]
const hours: ReadonlyArray<Chance.Weighted<number>> = rhythm.map((weight, index) => [weight, index])

/** An instant of the 24 hours from `dayStart`, by the day's rhythm. On the two days that change clocks it is an hour off. */
export const moment = (chance: Chance.Chance, dayStart: number): number =>
  Math.floor(dayStart + (Chance.weigh(chance, [[0, 12], ...hours]) + chance.next()) * hour)

/** The same evening or the next morning: `gap` later, but nobody shops between one and seven at night. */
export const later = (chance: Chance.Chance, dayStart: number, after: number, gap: number): number => {
  const at = after + gap
  const hourOfDay = ((at - dayStart) / hour) % 24
  return Math.floor(hourOfDay >= 1 && hourOfDay < 7 ? at + (7 - hourOfDay + Chance.between(chance, 0, 3)) * hour : at)
}
