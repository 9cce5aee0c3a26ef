import * as NatsServer from "@spoor/nats/server"
import { Clock, Effect, Fiber } from "effect"
import * as Blows from "./Blows.ts"
import * as Books from "./Books.ts"
import * as Client from "./Client.ts"
import { withHouse } from "./House.ts"
import type { Options, Scenario } from "./Scenario.ts"
import * as Subscriber from "./Subscriber.ts"
import * as Traffic from "./Traffic.ts"

/** A blow for so many items. */
const itemsPerBlow = { long: 3_000, short: 500 }

/** Requests that may wait in the queue: more, and the doors would have nothing to do while the workers are hurt. */
const lead = 200

/** So much of the time in which sessions become due still lies before the run. *Units*: milliseconds. */
const ahead = { long: 60_000, short: 15_000 }

const run = (queue: "embedded" | "cluster") =>
  Effect.fnUntraced(function* ({ events, isLong, seed, tell }: Options) {
    const size = isLong ? "long" : "short"
    const subscriber = yield* Subscriber.open(seed)
    return yield* withHouse({ queue, doors: 2, workers: 2, subscriber, tell }, (house) =>
      Effect.gen(function* () {
        const lastAt = (yield* Clock.currentTimeMillis) - Traffic.settledAfter + ahead[size]
        const traffic = Traffic.make(seed, events, lastAt)
        const tally = Client.newTally()
        const { batches } = traffic
        const written = yield* Books.following(house)
        const share = () => written() / batches.length
        const mayGoOn = () => tally.accepted < written() + lead
        const blows = Blows.plan(seed, Math.ceil(events / itemsPerBlow[size]), queue === "cluster")
        const origins = house.doors.map(({ origin }) => origin)
        const falling = yield* Effect.forkChild(Blows.strike(house, blows, share, tell))
        yield* Client.send({ batches, origins, writeKey: house.writeKey, concurrency: 16, mayGoOn, tally })
        yield* Fiber.join(falling)
        tell("all sent; waits for the workers")
        yield* Books.untilWritten(house, traffic, tell)
        tell("all written; waits for the subscriber")
        yield* Books.untilTold(house, tell)
        tell("all told; checks")
        const { faults, figures } = yield* Books.audit(house, traffic, tally, subscriber)
        return { faults, figures: { ...figures, blows: blows.length, endedAlone: house.endedAlone() } }
      })
    )
  }, Effect.scoped)

export const kills: Scenario = {
  name: "kills",
  summary: "Doors, workers and PostgreSQL are killed with -9; the embedded queue.",
  obstacle: null,
  run: run("embedded")
}

export const cluster: Scenario = {
  name: "cluster",
  summary: "The same, and a node of the NATS cluster that is the queue.",
  obstacle: NatsServer.isInstalled ? null : "There is no nats-server: see packages/nats/README.md.",
  run: run("cluster")
}
