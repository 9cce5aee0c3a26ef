import { Settled } from "@spoor/testing"
import { Clock, Effect } from "effect"
import * as Books from "./Books.ts"
import * as Client from "./Client.ts"
import { withHouse } from "./House.ts"
import type { Options, Scenario } from "./Scenario.ts"
import * as Traffic from "./Traffic.ts"

const sizes = [1, 2, 10]

/** Several workers make of the same events what one does. */
const run = Effect.fnUntraced(function* ({ events, seed, tell }: Options) {
  // For all of them the same, and everything due from the start.
  const traffic = Traffic.make(seed, events, (yield* Clock.currentTimeMillis) - Traffic.settledAfter)
  const made = yield* Effect.forEach(sizes, (workers) =>
    withHouse({ queue: "embedded", doors: 1, workers, tell }, (house) =>
      Effect.gen(function* () {
        const startedAt = yield* Clock.currentTimeMillis
        const tally = Client.newTally()
        const origins = house.doors.map(({ origin }) => origin)
        yield* Client.send({ batches: traffic.batches, origins, writeKey: house.writeKey, concurrency: 16, tally })
        yield* Books.untilWritten(house, traffic, tell)
        const seconds = ((yield* Clock.currentTimeMillis) - startedAt) / 1_000
        const { faults, figures } = yield* Books.audit(house, traffic, tally)
        tell(
          `${workers} at work: ${seconds.toFixed(0)} s, ${figures["emitted"]} outcomes emitted for ${figures["outcomes"]}`
        )
        return { faults, figures, settled: JSON.stringify(yield* Settled.stored(house.place.unitId)) }
      })
    )
  )
  const others = sizes.filter((_, at) => made[at]!.settled !== made[0]!.settled)
  return {
    faults: [
      ...made.flatMap(({ faults }) => faults),
      ...others.map((workers) => `${workers} workers have another result.`)
    ],
    figures: made[0]!.figures
  }
})

export const crews: Scenario = {
  name: "crews",
  summary: "One, two and ten workers do the same.",
  obstacle: null,
  run
}
