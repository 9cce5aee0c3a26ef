import { type Activity, compare, type Position } from "./Activity.ts"
import * as Chapters from "./Chapter.ts"
import * as OrderBook from "./OrderBook.ts"
import type { PlacedOrder } from "./Purchase.ts"
import type { Rules } from "./Rules.ts"
import * as Visit from "./Visit.ts"
import { type Scene, Walk } from "./Walk.ts"

/** One session as it was read (Chapter.ts). */
export type Chapter = Chapters.Chapter

/**
 * One visitor's stored state: the incremental form of the rules. Begin with `empty`, `advance` it with what is new, `read`
 * what it amounts to. Plain values; every version stays as it was.
 *
 * *Shape*: `closed` holds the finished chapters, of which the first `count` are this version's (the array is shared with
 * later ones), `open` the last chapter. The events of the first `forgotten` ones are gone. `pages` are the visitor's own sale pages that name an order, `orders` the orders
 * by API that are the visitor's, in order of time, `book` which report of each order came first.
 */
export interface Timeline {
  readonly closed: Array<Chapter>
  readonly count: number
  readonly forgotten: number
  readonly open: Chapter | null
  readonly pages: ReadonlyArray<OrderBook.PageReport>
  readonly orders: ReadonlyArray<PlacedOrder>
  readonly book: OrderBook.OrderBook
}

/**
 * What is new to a visitor.
 *
 * *Shape*: `events` in any order, each ID for the first time (sessions.md 2.1). `site` replaces what was said before: the
 * site's book, of which only the orders that this visitor's pages name are looked at, and the visitor's orders as
 * `Placement.place` gives them. It belongs to every sale page that names an order, and to every order by API. Without it
 * the visitor is alone on the site: its own first page is the first report of an order.
 */
export interface News {
  readonly events?: ReadonlyArray<Activity>
  readonly site?: { readonly book: OrderBook.OrderBook; readonly orders: ReadonlyArray<PlacedOrder> }
}

/** A visitor of whom nothing is known. */
export const empty: Timeline = {
  closed: [],
  count: 0,
  forgotten: 0,
  open: null,
  pages: [],
  orders: [],
  book: OrderBook.empty
}

/**
 * The state with what is new. Events in order are appended, each in constant time. Where one comes late, or a report
 * changes what an earlier sale page was, only the sessions from there on are read again, until all is as it was.
 *
 * *Shape*: nothing that `reachesBack`.
 * *Source*: sessions.md 3 and 4; the same answer as `Visit.fold` of all events, always.
 */
export const advance = (rules: Rules, timeline: Timeline, news: News): Timeline => {
  const events = (news.events ?? []).toSorted(compare)
  const next = enter(timeline, events, news)
  const scene = sceneOf(rules, next)
  const { open } = timeline
  if (open === null) return append(scene, next, events)
  const last = open.events[open.to - 1]!
  const changed = changes(timeline, next).filter((position) => compare(position, last) <= 0)
  const isInOrder = events.length === 0 || compare(last, events[0]!) < 0
  return changed.length === 0 && isInOrder ? append(scene, next, events) : reread(scene, next, open, events, changed)
}

/** The visitor's sessions and purchases, from all that is known so far. */
export const read = (rules: Rules, timeline: Timeline): Visit.Visit => {
  const rest = new Walk(sceneOf(rules, timeline), timeline.open).finish()
  return Visit.read([...closedOf(timeline), ...rest], timeline.orders)
}

/** The visitor's chapters so far, in order of time; the last one has not ended yet. */
export const chaptersOf = (timeline: Timeline): ReadonlyArray<Chapter> =>
  timeline.open === null ? closedOf(timeline) : [...closedOf(timeline), timeline.open]

/** All events that have been read, in total order. *Shape*: of a state that has forgotten nothing. */
export const eventsOf = (timeline: Timeline): ReadonlyArray<Activity> => chaptersOf(timeline).flatMap(Chapters.eventsOf)

/** The first event of a chapter. */
export const firstOf = ({ events, from }: Chapter): Activity => events[from]!

/**
 * The state without the events of sessions that ended before an instant, which take most of its room: what they amounted to
 * stays, and their events' IDs. *Units*: UTC milliseconds.
 */
export const forget = (timeline: Timeline, before: number): Timeline => {
  let forgotten = timeline.forgotten
  while (forgotten < timeline.count && timeline.closed[forgotten]!.session.endedAt < before) forgotten++
  if (forgotten === timeline.forgotten) return timeline
  const closed = closedOf(timeline).map((chapter, index) =>
    index >= timeline.forgotten && index < forgotten ? withoutEvents(chapter) : chapter
  )
  return { ...timeline, closed, forgotten }
}

/** Whether what is new touches a session whose events have been forgotten: begin again with all events then. */
export const reachesBack = (timeline: Timeline, news: News): boolean => {
  const { closed, count, forgotten, open } = timeline
  const first = forgotten < count ? closed[forgotten]! : open
  if (forgotten === 0 || first === null) return false
  const events = news.events ?? []
  const touched = [...events, ...changes(timeline, enter(timeline, events, news))]
  return touched.some((position) => compare(position, firstOf(first)) < 0)
}

/** The chapter that holds an event which has been read. */
export const chapterAt = ({ closed, count, open }: Timeline, position: Position): Chapter => {
  if (open !== null && compare(firstOf(open), position) <= 0) return open
  let index = count - 1
  while (index > 0 && compare(firstOf(closed[index]!), position) > 0) index--
  return closed[index]!
}

const sceneOf = (rules: Rules, { book, orders }: Timeline): Scene => ({ rules, book, orders })

const closedOf = ({ closed, count }: Timeline): ReadonlyArray<Chapter> =>
  closed.length === count ? closed : closed.slice(0, count)

/** Where it begins is kept: that is asked of every chapter. */
const withoutEvents = (chapter: Chapter): Chapter => {
  const { id, siteId, visitorId, type, occurredAt, receivedAt, sequence } = firstOf(chapter)
  return { ...chapter, events: [{ id, siteId, visitorId, type, occurredAt, receivedAt, sequence }], from: 0, to: 0 }
}

/** The state with the new reports in its book, the events themselves not yet read. */
const enter = (timeline: Timeline, events: ReadonlyArray<Activity>, { site }: News): Timeline => {
  const fresh = events.flatMap((event) => OrderBook.reportOf(event) ?? [])
  const pages = fresh.length === 0 ? timeline.pages : [...timeline.pages, ...fresh]
  if (site !== undefined) return { ...timeline, pages, ...site }
  return fresh.length === 0 ? timeline : { ...timeline, pages, book: OrderBook.make(pages, []) }
}

/** The places in the events already read where reports changed what happened. */
const changes = (before: Timeline, after: Timeline): ReadonlyArray<Position> => {
  if (before === after) return []
  const pages = before.pages.filter(
    ({ orderId, id }) => (before.book.pages.get(orderId) === id) !== (after.book.pages.get(orderId) === id)
  )
  return [...pages, ...difference(before.orders, after.orders), ...difference(after.orders, before.orders)]
}

/** Orders of one list that the other does not have in the same place. They stand after all events of their instant. */
const difference = (some: ReadonlyArray<PlacedOrder>, others: ReadonlyArray<PlacedOrder>): ReadonlyArray<Position> => {
  const known = new Map(others.map((placed) => [placed.order.orderId, placed]))
  return some.flatMap(({ order, sessionId }) => {
    const other = known.get(order.orderId)
    if (other !== undefined && other.order.at === order.at && other.sessionId === sessionId) return []
    return [{ occurredAt: order.at, sequence: Infinity, id: "" }]
  })
}

const append = (scene: Scene, timeline: Timeline, events: Array<Activity>): Timeline => {
  if (events.length === 0) return timeline
  const walk = new Walk(scene, timeline.open)
  walk.seeAll(events)
  // `empty` is everybody's: its list is not to grow.
  const isOurs = timeline.count > 0 && timeline.closed.length === timeline.count
  const closed = isOurs ? timeline.closed : [...closedOf(timeline)]
  for (const chapter of walk.closed) closed.push(chapter)
  return { ...timeline, closed, count: closed.length, open: walk.pause() }
}

/** Reads again from the first chapter that is touched; chapters that come out as they were are taken over unread. */
const reread = (
  scene: Scene,
  timeline: Timeline,
  open: Chapter,
  events: ReadonlyArray<Activity>,
  changed: ReadonlyArray<Position>
): Timeline => {
  const chapters = [...closedOf(timeline), open]
  const touched = [...events.slice(0, 1), ...changed].sort(compare)[0]!
  const from = Math.max(
    0,
    chapters.findLastIndex((chapter) => compare(firstOf(chapter), touched) <= 0)
  )
  const walk = new Walk(scene, null, chapters[from]!.before)
  let nextEvent = 0
  for (let index = from; index < chapters.length; index++) {
    const chapter = chapters[index]!
    const next = chapters[index + 1]
    const end = next === undefined ? undefined : firstOf(next)
    const isBefore = (position: Position) => end === undefined || compare(position, end) < 0
    const late: Array<Activity> = []
    while (nextEvent < events.length && isBefore(events[nextEvent]!)) late.push(events[nextEvent++]!)
    const isChanged = changed.some((position) => compare(firstOf(chapter), position) <= 0 && isBefore(position))
    if (late.length > 0 || isChanged || !walk.meets(chapter)) {
      walk.seeAll([...Chapters.eventsOf(chapter), ...late].sort(compare))
    } else if (end === undefined) walk.resume(chapter)
    else walk.adopt(chapter)
  }
  const closed = [...chapters.slice(0, from), ...walk.closed]
  return { ...timeline, closed, count: closed.length, open: walk.pause() }
}
