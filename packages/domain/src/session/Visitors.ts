import { type Activity, compare, isSalePage } from "./Activity.ts"
import type { VisitorId } from "./Ids.ts"
import * as OrderBook from "./OrderBook.ts"
import * as Repeats from "./Repeats.ts"

/** One site's events by visitor. *Shape*: `pages` are the sale pages that name an order. */
export interface Visitors {
  readonly ids: ReadonlyArray<VisitorId>
  readonly isKnown: (id: VisitorId) => boolean
  readonly pages: ReadonlyArray<OrderBook.PageReport>
  /** The events of the visitor at this place of `ids`, in total order, every ID once. */
  readonly timeline: (visitor: number) => ReadonlyArray<Activity>
}

/**
 * Groups a site's events by visitor. Visitors are numbered and events counted into place: no list grows, however many
 * there are.
 *
 * Each event is looked at once, for all that is asked of it here. What memory is slow to give is then waited for in short
 * loops, several events at a time (ADR 0014).
 *
 * *Shape*: events in the order in which they were stored; of repeats the first counts (sessions.md 2.1).
 */
export const group = (events: ReadonlyArray<Activity>): Visitors => {
  const ids = Array<string>(events.length)
  const visitorIds = Array<VisitorId>(events.length)
  const times = new Float64Array(events.length)
  const sales: Array<number> = []
  for (let index = 0; index < events.length; index++) {
    const event = events[index]!
    ids[index] = event.id
    visitorIds[index] = event.visitorId
    times[index] = event.occurredAt
    if (isSalePage(event)) sales.push(index)
  }
  const { numbers, visitorOf } = numbered(visitorIds)
  for (const index of Repeats.find(ids)) visitorOf[index] = REPEAT
  const { starts, order } = counted(visitorOf, numbers.size)
  return {
    ids: [...numbers.keys()],
    isKnown: (id) => numbers.has(id),
    pages: sales.flatMap((index) => (visitorOf[index] === REPEAT ? [] : (OrderBook.reportOf(events[index]!) ?? []))),
    timeline: (visitor) => timeline(events, times, order, starts[visitor]!, starts[visitor + 1]!)
  }
}

/** Visitors are numbered in the order in which they come. */
const numbered = (visitorIds: ReadonlyArray<VisitorId>) => {
  const numbers = new Map<VisitorId, number>()
  const visitorOf = new Int32Array(visitorIds.length)
  for (let index = 0; index < visitorIds.length; index++) {
    const visitorId = visitorIds[index]!
    let number = numbers.get(visitorId)
    if (number === undefined) numbers.set(visitorId, (number = numbers.size))
    visitorOf[index] = number
  }
  return { numbers, visitorOf }
}

/** In place of a visitor's number: this event counts for nobody. */
const REPEAT = -1

/** Counting sort. *Shape*: the events of visitor n are those at `order[starts[n]]` up to before `order[starts[n + 1]]`. */
const counted = (visitorOf: Int32Array, visitors: number) => {
  const starts = new Int32Array(visitors + 1)
  for (let index = 0; index < visitorOf.length; index++) {
    const visitor = visitorOf[index]!
    if (visitor !== REPEAT) starts[visitor + 1]!++
  }
  for (let visitor = 0; visitor < visitors; visitor++) starts[visitor + 1]! += starts[visitor]!
  const next = starts.slice(0, visitors)
  const order = new Int32Array(starts[visitors]!)
  for (let index = 0; index < visitorOf.length; index++) {
    const visitor = visitorOf[index]!
    if (visitor !== REPEAT) order[next[visitor]!++] = index
  }
  return { starts, order }
}

/**
 * The events at `order[from]` up to before `order[to]`, in total order. Most come in order, which the times tell without a
 * look at the events; the others are sorted apart and merged in.
 */
const timeline = (
  events: ReadonlyArray<Activity>,
  times: Float64Array,
  order: Int32Array,
  from: number,
  to: number
): ReadonlyArray<Activity> => {
  const own = Array<Activity>(to - from)
  const others: Array<Activity> = []
  let count = 0
  let latest = -Infinity
  for (let index = from; index < to; index++) {
    const event = events[order[index]!]!
    const time = times[order[index]!]!
    if (time > latest) {
      latest = time
      own[count++] = event
    } else others.push(event)
  }
  merge(own, count, others.sort(compare))
  return own
}

/** Merges two ordered lists, of which the first has room for both behind its `count` events. */
const merge = (own: Array<Activity>, count: number, others: ReadonlyArray<Activity>): void => {
  let last = count - 1
  for (let other = others.length - 1; other >= 0; other--) {
    while (last >= 0 && compare(own[last]!, others[other]!) > 0) own[last + other + 1] = own[last--]!
    own[last + other + 1] = others[other]!
  }
}
