import { Rules, type Session, Site } from "@spoor/domain"
import type { Options } from "../Bench.ts"
import * as Shop from "../events/Shop.ts"
import { type Cell, time } from "../Rounds.ts"
import type { Counted } from "./Counted.ts"

/** `Site.sessionize` over all events at once: sessions, carts, purchases and outcomes, not only where sessions end. */
export const whole = ({ events: count, seed }: Options): Cell<Counted> => ({
  name: "sessionize",
  measure: async () => {
    const events = Shop.arrivals(seed, count)
    const { elapsed, result } = await time(() => Site.sessionize(Rules.defaults, { events }, Shop.muchLater))
    return { elapsed, counted: byPause(result.sessions) }
  }
})

/**
 * Joins what e-mails, logouts and caps cut, which a query for pauses knows nothing of.
 *
 * *Shape*: each visitor's sessions stand together, in order of time.
 */
export const byPause = (found: ReadonlyArray<Session.Session>): Counted => {
  let sessions = 0
  let events = 0
  let duration = 0
  let startedAt: number | null = null
  for (const session of found) {
    startedAt ??= session.startedAt
    events += session.eventIds.length
    if (session.endedBy === "identity" || session.endedBy === "capped") continue
    sessions++
    duration += session.endedAt - startedAt
    startedAt = null
  }
  return { sessions, events, duration }
}
