import { DateTime, Option, Schema } from "effect"

const DAY = 86_400_000

/**
 * The name of a time zone, as the machine's own IANA data has it; written in any case, kept as written.
 *
 * An offset such as "+01:00" is no zone here: it knows no summer time, and "+" does not survive in addresses.
 */
export const Zone = Schema.String.check(
  Schema.isMaxLength(64),
  Schema.makeFilter((name: string) => Option.isSome(find(name)), {
    expected: "an IANA time zone",
    // Only for random input: no chance ever spells the name of a zone.
    arbitraryConstraint: { patterns: [{ source: "^(Europe/Warsaw|Asia/Kathmandu|America/Sao_Paulo|UTC)$", flags: "" }] }
  })
).pipe(Schema.brand("Zone"))
export type Zone = typeof Zone.Type

/** The zone of that name, if there is one. */
export const find = (name: string): Option.Option<DateTime.TimeZone.Named> =>
  /^[a-z]/i.test(name) ? DateTime.zoneMakeNamed(name) : Option.none()

/** A reading of a calendar and a clock on a wall. *Shape*: a field may be beyond its bounds, as in 31 April. */
export interface Wall {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour?: number
  readonly minute?: number
  readonly second?: number
  readonly millisecond?: number
}

/**
 * The first instant at which the zone's wall clock shows this reading or a later one.
 *
 * So a reading that a change of the clock skips (02:30 on 2026-03-29 in Warsaw) is the instant of the change, and one
 * that comes twice (02:30 on 2026-10-25) is its first coming. Earlier readings never have later instants, so ranges
 * that touch on the wall touch on the timeline: nothing is lost between them, nothing is in both.
 * *Units*: UTC milliseconds.
 */
export const instantOf = (wall: Wall, zone: DateTime.TimeZone.Named): number => {
  const reading = DateTime.toEpochMillis(DateTime.makeUnsafe(wall))
  const candidates = [reading - DAY, reading + DAY].map((nearby) => reading - offsetAt(nearby, zone))
  const coming = candidates.filter((instant) => instant + offsetAt(instant, zone) === reading)
  return coming.length > 0 ? Math.min(...coming) : changeBetween(candidates, reading, zone)
}

/**
 * The change of the clock that skips a reading. The candidates lie on its two sides, so a search by halves finds it.
 */
const changeBetween = (candidates: ReadonlyArray<number>, reading: number, zone: DateTime.TimeZone.Named): number => {
  let before = Math.min(...candidates)
  let reached = Math.max(...candidates)
  while (reached - before > 1) {
    const middle = Math.floor((before + reached) / 2)
    if (middle + offsetAt(middle, zone) < reading) before = middle
    else reached = middle
  }
  return reached
}

/** How far the wall is ahead of UTC. *Units*: milliseconds. */
const offsetAt = (instant: number, zone: DateTime.TimeZone.Named): number =>
  DateTime.zonedOffset(DateTime.makeZonedUnsafe(instant, { timeZone: zone }))

/**
 * The day that an instant belongs to, as days are cut by `instantOf`; 0 is Sunday.
 *
 * It is what the calendar on the wall shows, except where midnight itself comes twice: the new day has begun with its
 * first coming.
 */
export const dayOf = (instant: number, zone: DateTime.TimeZone.Named): Wall & { readonly weekDay: number } => {
  const { year, month, day } = DateTime.toParts(DateTime.makeZonedUnsafe(instant, { timeZone: zone }))
  const next = { year, month, day: day + 1 }
  return DateTime.toPartsUtc(DateTime.makeUnsafe(instantOf(next, zone) <= instant ? next : { year, month, day }))
}
