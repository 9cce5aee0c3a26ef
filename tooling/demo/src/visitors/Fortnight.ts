import { ActivityDoor } from "@spoor/contracts"
import type { Schema } from "effect"
import { Effect, Schedule } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import * as Arrival from "./Arrival.ts"
import * as Calendar from "./Calendar.ts"
import * as Chance from "./Chance.ts"
import * as Person from "./Person.ts"
import * as Visit from "./Visit.ts"

const days = 14
const newcomersADay = 120
const hour = 3_600_000

/** Nothing newer than this is history: the trickle of live visitors tells the rest. */
const freshestAge = 60_000

export interface Past {
  readonly seed: string
  /** The last instant. *Units*: epoch milliseconds. */
  readonly now: number
  readonly shopUrl: string
}

/**
 * A believable fortnight before `now`, in order of time.
 *
 * What a visitor does follows from the seed and the day it first came, so two calls on one day agree on every event that both
 * have: sending it again doubles nothing.
 */
export const generate = (past: Past): ReadonlyArray<Visit.Step> =>
  Calendar.daysUntil(past.now, days)
    .flatMap((day) => {
      const count = Calendar.newcomers(Chance.of(past.seed, day.name), day, newcomersADay)
      return Array.from({ length: count }, (_, index) => life(past, day, index)).flat()
    })
    .filter(({ at }) => at <= past.now - freshestAge)
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))

const intents = [
  [16, "glance"],
  [46, "browse"],
  [20, "abandon"],
  [4, "empty"],
  [12, "buy"],
  [2, "buyUnnamed"]
] as const satisfies ReadonlyArray<Chance.Weighted<Visit.Intent>>

/** All visits of one newcomer: who leaves a cart may come back to buy, leave the same again, or forget it. */
const life = (past: Past, day: Calendar.Day, index: number): ReadonlyArray<Visit.Step> => {
  const chance = Chance.of(past.seed, day.name, index)
  let startAt = Calendar.moment(chance, day.start)
  const steps: Array<Visit.Step> = []
  let browser: Visit.Browser = {
    person: Person.meet(chance, startAt, Chance.isTrue(chance, 0.42)),
    sequence: 0,
    basket: new Map()
  }
  let intent: Visit.Intent = Chance.weigh<Visit.Intent>(chance, intents)
  for (let visit = 0; visit < 8; visit++) {
    const isBack = browser.basket.size > 0
    const isReminded = isBack && Chance.isTrue(chance, 0.5)
    const walked = Visit.walk(chance, browser, {
      intent,
      startAt,
      shopUrl: past.shopUrl,
      arrival: isBack ? Arrival.comeBack(isReminded) : Arrival.draw(chance, Visit.favourite(chance)),
      orderId: `ZAM-${day.name.replaceAll("-", "")}-${String(index).padStart(3, "0")}${visit}`,
      pace: 25_000,
      leavesByLogout: Chance.isTrue(chance, 0.15)
    })
    steps.push(...walked.steps)
    browser = walked.browser
    const leftAt = steps.at(-1)?.at ?? startAt
    const returns = browser.basket.size > 0 ? 0.5 : 0.32
    if (!Chance.isTrue(chance, returns)) break
    const gap = browser.basket.size > 0 ? Chance.linger(chance, 14 * hour, 1) : Chance.linger(chance, 40 * hour, 1)
    startAt = Calendar.later(chance, day.start, leftAt, Math.max(gap, hour))
    intent = nextIntent(chance, browser)
  }
  return steps
}

/** Who comes back to a full cart buys it, or only looks at it once more. */
const nextIntent = (chance: Chance.Chance, { basket }: Visit.Browser): Visit.Intent =>
  basket.size === 0
    ? Chance.weigh<Visit.Intent>(chance, intents)
    : Chance.weigh<Visit.Intent>(chance, [
        [45, "buy"],
        [40, "glance"],
        [15, "abandon"]
      ])

export interface SendOptions extends Past {
  readonly ingestUrl: string
  readonly serverKey: string
  readonly onProgress: (sent: number, of: number) => Effect.Effect<unknown>
}

/** How many requests may be under way. */
const requestsMax = 3

/** What may pass is tried again for about two minutes. */
const patience = Schedule.max([
  Schedule.min([Schedule.exponential("200 millis"), Schedule.spaced("5 seconds")]),
  Schedule.recurs(30)
])

const decodeAnswer = HttpClientResponse.schemaBodyJson(ActivityDoor.Answer)

/**
 * Sends the fortnight through the public door, as an import of history with a server key (sessions.md 1.4).
 *
 * *Shape*: the sum of the answers; sent = stored + duplicate + rejected.
 */
export const send = Effect.fn("Fortnight.send")(function* (options: SendOptions) {
  const steps = generate(options)
  const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
  const batches = Array.from({ length: Math.ceil(steps.length / ActivityDoor.eventsMax) }, (_, index) =>
    steps.slice(index * ActivityDoor.eventsMax, (index + 1) * ActivityDoor.eventsMax)
  )
  let sent = 0
  yield* options.onProgress(0, steps.length)
  const answers = yield* Effect.forEach(
    batches,
    (batch) =>
      HttpClientRequest.post(`${options.ingestUrl}/v1/events`).pipe(
        HttpClientRequest.bearerToken(options.serverKey),
        HttpClientRequest.bodyJsonUnsafe({ events: batch.map(received) }),
        client.execute,
        Effect.flatMap(decodeAnswer),
        Effect.timeout("15 seconds"),
        Effect.retry(patience),
        Effect.tap(() => options.onProgress((sent += batch.length), steps.length))
      ),
    { concurrency: requestsMax }
  )
  const sum = (of: (answer: ActivityDoor.Answer) => number) => answers.reduce((total, answer) => total + of(answer), 0)
  return {
    sent: steps.length,
    stored: sum(({ stored }) => stored),
    duplicate: sum(({ duplicate }) => duplicate),
    rejected: sum(({ rejected }) => rejected)
  }
})

/** When the door of that time would have received it: a batch waits a second, the network takes the rest. */
const received = (step: Visit.Step): Schema.Json => ({ ...step, receivedAt: step.at + 1_200 })
