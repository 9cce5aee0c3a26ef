import { Activity } from "@spoor/domain"
import * as Chance from "./Chance.ts"
import { activities, type Visit } from "./Visit.ts"
import * as Zipf from "./Zipf.ts"

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** How many different visitors may come, and over how many days unless told otherwise. */
const visitorsMax = 100_000
const month = 30
const opening = Date.UTC(2026, 2, 1)

/** A week after everything is due: the latest abandonment, and the window in which it may be recovered. */
export const muchLater = opening + (month + 30) * DAY

/** How many events are delivered twice. */
export const doubledShare = 0.01

/** The streams of chance that belong to the shop; those of visits count from 0, those of visitors are negative. */
const planning = 0x7fff_0000
const doubling = 0x7fff_0001

/**
 * What reaches a shop's door in the order in which it arrives: late events and repeats among the others.
 *
 * *Shape*: `count` events in all, repeats included. The same seed gives the same events, made anew at each call, so
 * that no string carries a hash that an earlier user of it left.
 */
export const arrivals = (seed: number, count: number, days = month): ReadonlyArray<Activity.Activity> => {
  const repeats = Math.round(count * doubledShare)
  // Made about in order of time, so that they lie in memory as if they had been decoded one after the other.
  const visits = plan(seed, count - repeats, days).sort((a, b) => a.startAt - b.startAt)
  const events = visits.flatMap((visit) => activities(seed, visit))
  const chance = Chance.of(seed, doubling)
  const once = events.length
  let left = repeats
  for (let index = 0; index < once; index++) {
    if (!Chance.isTrue(chance, left / (once - index))) continue
    const event = events[index]!
    events.push({ ...event, receivedAt: event.receivedAt + Math.ceil(Chance.exponential(chance, 60_000)) })
    left--
  }
  return events.sort((a, b) => a.receivedAt - b.receivedAt)
}

/** The same events visitor by visitor, each visitor's in total order and without repeats: sorted input as a stream. */
export const timelines = function* (seed: number, count: number): Generator<ReadonlyArray<Activity.Activity>> {
  const visits = plan(seed, count, month).sort((a, b) => a.visitor - b.visitor)
  for (let from = 0, to = 0; from < visits.length; from = to) {
    while (to < visits.length && visits[to]!.visitor === visits[from]!.visitor) to++
    yield visits
      .slice(from, to)
      .flatMap((visit) => activities(seed, visit))
      .sort(Activity.compare)
  }
}

const visitorRank = Zipf.make(visitorsMax)

/** Visits until there are `count` events. */
const plan = (seed: number, count: number, days: number): Array<Visit> => {
  const chance = Chance.of(seed, planning)
  const visits: Array<Visit> = []
  for (let left = count; left > 0;) {
    const length = Math.min(left, lengthOf(chance))
    const visitor = visitorRank.draw(Chance.next(chance))
    visits.push({ visitor, startAt: momentOf(chance, days), length, stream: visits.length })
    left -= length
  }
  return visits
}

/** Two in five leave after one page; the others look at eight on average. */
const lengthOf = (chance: Chance.Chance): number =>
  Chance.isTrue(chance, 0.4) ? 1 : 2 + Math.floor(Chance.exponential(chance, 6.5))

/** Between seven and eleven at night, most of it in the afternoon. */
const momentOf = (chance: Chance.Chance, days: number): number =>
  opening +
  Chance.below(chance, days) * DAY +
  Math.floor((7 + 8 * Chance.next(chance) + 8 * Chance.next(chance)) * HOUR)
