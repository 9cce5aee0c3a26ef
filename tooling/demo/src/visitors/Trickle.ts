import { Clock, Effect, Schedule } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import * as Arrival from "./Arrival.ts"
import * as Chance from "./Chance.ts"
import * as Person from "./Person.ts"
import * as Visit from "./Visit.ts"

export interface Options {
  readonly ingestUrl: string
  readonly shopUrl: string
  readonly writeKey: string
  readonly seed: string
}

/** Somebody new comes this often, the median. With the pace below that is an event every three seconds or so. */
const pauseMedian = 20_000
const pace = 6_000

/** What may pass is tried again for a minute; then this visitor's event is lost, as it would be with a real one's battery. */
const patience = Schedule.max([Schedule.spaced("2 seconds"), Schedule.recurs(30)])

/** Visitors who walk through the shop in real time, for ever, through the door that every tracker uses. */
export const run = Effect.fn("Trickle.run")(function* (options: Options) {
  const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
  const startedAt = yield* Clock.currentTimeMillis

  const send = Effect.fnUntraced(function* (step: Visit.Step) {
    const sentAt = yield* Clock.currentTimeMillis
    yield* HttpClientRequest.post(`${options.ingestUrl}/v1/events`).pipe(
      HttpClientRequest.bodyJsonUnsafe({ writeKey: options.writeKey, sentAt, events: [step] }),
      client.execute
    )
  })
  const live = Effect.fnUntraced(function* (steps: ReadonlyArray<Visit.Step>) {
    for (const step of steps) {
      yield* Effect.sleep(Math.max(0, step.at - (yield* Clock.currentTimeMillis)))
      yield* send(step).pipe(Effect.timeout("10 seconds"), Effect.retry(patience), Effect.ignore)
    }
  })

  for (let index = 0; ; index++) {
    const chance = Chance.of(options.seed, "live", startedAt, index)
    const startAt = yield* Clock.currentTimeMillis
    const person = Person.meet(chance, startAt, Chance.isTrue(chance, 0.4))
    const { steps } = Visit.walk(
      chance,
      { person, sequence: 0, basket: new Map() },
      {
        intent: Chance.weigh<Visit.Intent>(chance, [
          [10, "glance"],
          [50, "browse"],
          [20, "abandon"],
          [4, "empty"],
          [14, "buy"],
          [2, "buyUnnamed"]
        ]),
        arrival: Arrival.draw(chance, Visit.favourite(chance)),
        startAt,
        shopUrl: options.shopUrl,
        orderId: `ZAM-${startAt.toString(36).toUpperCase()}`,
        pace,
        leavesByLogout: false
      }
    )
    yield* Effect.forkChild(live(steps))
    yield* Effect.sleep(Math.min(Chance.linger(chance, pauseMedian), 60_000))
  }
})
