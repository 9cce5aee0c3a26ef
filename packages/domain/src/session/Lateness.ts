import { type Activity, compare } from "./Activity.ts"
import type { EventId } from "./Ids.ts"
import { inForce, type Rules } from "./Rules.ts"
import * as Timeline from "./Timeline.ts"

/**
 * The events that came too late to change what was emitted: more than `allowedLateness` after the end that their session
 * had without them, or after themselves where that is later. They belong to their sessions all the same.
 *
 * *Shape*: all events of one or more visitors, every ID once, in any order. What an event found is what had been received
 * before it; of one instant, what stands before it.
 * *Source*: sessions.md 6.2 and ADR 0013.
 */
export const lateIds = (rules: Rules, events: ReadonlyArray<Activity>): ReadonlySet<EventId> => {
  const late = new Set<EventId>()
  for (const own of Map.groupBy(events.filter(mayBe(rules, events)), ({ visitorId }) => visitorId).values()) {
    for (const id of lateOf(rules, own)) late.add(id)
  }
  return late
}

/** All events of a visitor that has one which was long on its way: few have. */
const mayBe = (rules: Rules, events: ReadonlyArray<Activity>) => {
  const slow = new Set(events.filter((event) => isSlow(rules, event)).map(({ visitorId }) => visitorId))
  return ({ visitorId }: Activity): boolean => slow.has(visitorId)
}

/** Whether an event was on its way for longer than some rules allow, and so may be late; its session's own may allow more. */
export const isSlow = ({ allowedLateness, former }: Rules, { receivedAt, occurredAt }: Activity): boolean => {
  const way = receivedAt - occurredAt
  return way > allowedLateness || (former?.some(({ rules }) => way > rules.allowedLateness) ?? false)
}

const lateOf = (rules: Rules, events: ReadonlyArray<Activity>): ReadonlyArray<EventId> => {
  let timeline = Timeline.empty
  return events
    .toSorted((a, b) => a.receivedAt - b.receivedAt || compare(a, b))
    .flatMap((event) => {
      timeline = Timeline.advance(rules, timeline, { events: [event] })
      if (!isSlow(rules, event)) return []
      // With the event in it, a session ends at the later of the two.
      const { endedAt, startedAt } = Timeline.chapterAt(timeline, event).session
      return event.receivedAt - endedAt > inForce(rules, startedAt).allowedLateness ? [event.id] : []
    })
}
