import { Clock, Effect } from "effect"
import { type Level, levelOf } from "./Fill.ts"
import { alarmedFrom, refusedFrom } from "./Limits.ts"
import { Queue } from "./Queue.ts"

const lookEvery = "5 seconds"

/** What is still so is said again after so long. *Units*: milliseconds. */
const againAfter = 600_000

/** A level that is left only by so much is not left: what hovers there would be said every few seconds. */
const slack = 0.05

/** *Shape*: where the queue stands that has stood at `before`. */
export const levelAfter = (before: Level, share: number): Level => {
  const higher = levelOf(Math.min(1, share + slack))
  return higher === before ? before : levelOf(share)
}

const advice =
  "See that a worker of apps/ingest runs and reaches its database, which empties it; SPOOR_QUEUE_SIZE and the disk say how much it holds."

const percent = (share: number): string => `${Math.round(100 * share)} %`

const say = (level: Level, share: number) => {
  const facts = { used: percent(share) }
  switch (level) {
    case "full":
      return Effect.logError(`The queue is full and takes nothing more until it is emptied. ${advice}`, facts)
    case "alarm":
      return Effect.logWarning(
        `The queue has used ${percent(alarmedFrom)} of its room; from ${percent(refusedFrom)} on it takes nothing more. ${advice}`,
        facts
      )
    case "calm":
      return Effect.logInfo("The queue has room again", facts)
  }
}

/**
 * Says in the log when the queue fills up, and when it has room again, for ever. A queue that does not answer is somebody else's news.
 *
 * *Source*: gateways.md R24.
 */
export const watch = Effect.gen(function* () {
  const queue = yield* Queue
  let level: Level = "calm"
  let saidAt = 0
  return yield* Effect.gen(function* () {
    const { share } = yield* queue.fill
    const now = yield* Clock.currentTimeMillis
    const before = level
    level = levelAfter(before, share)
    if (level === before && (level === "calm" || now - saidAt < againAfter)) return
    saidAt = now
    yield* say(level, share)
  }).pipe(Effect.ignore, Effect.andThen(Effect.sleep(lookEvery)), Effect.forever)
})
