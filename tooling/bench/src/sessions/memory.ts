import { Rules, Site } from "@spoor/domain"
import type { Options } from "../Bench.ts"
import * as Shop from "../events/Shop.ts"
import { collect } from "../Rounds.ts"

/** Events of one shop; longer streams are one shop after another, so that no visitor grows with the stream. */
const shopEvents = 20_000

/** Flat shows as well in a short stream as in a long one. */
const streamMax = 200_000

/** How often the heap is looked at in one stream. */
const looks = 20

/**
 * The largest heap, garbage collected, while events that come sorted by visitor are sessionized one visitor at a time.
 *
 * *Units*: bytes, of the whole process's heap, for a stream of `events` and for one four times as long.
 */
export const memory = (options: Options): Memory => {
  const events = Math.min(options.events, streamMax)
  // The first stream also pays for code that is compiled on the way, so it counts for nothing.
  peak(events, options.seed)
  return { events, once: peak(events, options.seed), fourTimes: peak(events * 4, options.seed) }
}

export interface Memory {
  readonly events: number
  readonly once: number
  readonly fourTimes: number
}

const peak = (events: number, seed: number): number => {
  const step = Math.ceil(events / looks)
  let highest = 0
  let passed = 0
  let nextLook = step
  for (let shop = 0; passed < events; shop++) {
    for (const timeline of Shop.timelines(seed + shop, Math.min(shopEvents, events - passed))) {
      const settled = Site.sessionize(Rules.defaults, { events: timeline }, Shop.muchLater)
      passed += timeline.length
      if (passed < nextLook) continue
      nextLook += step
      highest = Math.max(highest, heap())
      // Used after the look, so that the look finds it alive.
      if (settled.sessions.length === 0) throw new Error("A visitor with events has a session.")
    }
  }
  return highest
}

const heap = (): number => {
  collect()
  return process.memoryUsage().heapUsed
}
