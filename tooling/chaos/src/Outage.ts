import { Clock, Effect, Fiber } from "effect"
import * as Books from "./Books.ts"
import * as Client from "./Client.ts"
import { withHouse } from "./House.ts"
import type { Options, Scenario } from "./Scenario.ts"
import * as Traffic from "./Traffic.ts"

/** How long PostgreSQL is away, and how long it is there under load before and after. *Units*: milliseconds. */
const away = { long: 60_000, short: 5_000 }
const beside = { long: 10_000, short: 2_000 }

/** A database that is away is nothing to a tracker: every request is accepted at its first try. */
const run = Effect.fnUntraced(function* ({ events, isLong, seed, tell }: Options) {
  const size = isLong ? "long" : "short"
  return yield* withHouse({ queue: "embedded", doors: 1, workers: 1, tell }, (house) =>
    Effect.gen(function* () {
      const startedAt = yield* Clock.currentTimeMillis
      const traffic = Traffic.make(seed, events, startedAt - Traffic.settledAfter)
      const { batches } = traffic
      const tally = Client.newTally()
      const clock = yield* Clock.Clock
      const duration = away[size] + 2 * beside[size]
      const mayGoOn = () => tally.accepted < (batches.length * (clock.currentTimeMillisUnsafe() - startedAt)) / duration
      const origins = house.doors.map(({ origin }) => origin)
      const sending = yield* Effect.forkChild(
        Client.send({ batches, origins, writeKey: house.writeKey, concurrency: 8, mayGoOn, tally })
      )
      yield* Effect.sleep(beside[size])
      yield* house.database.stop
      const before = tally.accepted
      tell(`PostgreSQL is away; ${before} requests were accepted`)
      yield* Effect.sleep(away[size])
      const during = tally.accepted - before
      tell(`PostgreSQL comes back; ${during} requests were accepted without it`)
      yield* house.database.start
      yield* Fiber.join(sending)
      const backAt = yield* Clock.currentTimeMillis
      yield* Books.untilWritten(house, traffic, tell)
      const drained = (yield* Clock.currentTimeMillis) - backAt
      const { faults, figures } = yield* Books.audit(house, traffic, tally)
      const spoiled = tally.lost + tally.refused
      return {
        faults: [
          ...faults,
          ...(during === 0 ? ["Nothing was accepted while PostgreSQL was away."] : []),
          ...(spoiled > 0 ? [`${spoiled} requests were not accepted at their first try.`] : [])
        ],
        figures: { ...figures, acceptedMeanwhile: during, drainedInMs: drained, endedAlone: house.endedAlone() }
      }
    })
  )
})

export const outage: Scenario = {
  name: "outage",
  summary: "PostgreSQL is stopped under load; the embedded queue.",
  obstacle: null,
  run
}
