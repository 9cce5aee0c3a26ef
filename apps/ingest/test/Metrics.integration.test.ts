import { assert, it, layer } from "@effect/vitest"
import { Effect, Metric } from "effect"
import { TestClock } from "effect/testing"
import * as Metrics from "../src/Metrics.ts"
import * as Receiver from "./webhook/Receiver.ts"
import * as Subscribers from "./webhook/Subscribers.ts"

const SECOND = 1_000
/** Near the real time, in whole seconds. */
const start = Math.floor(Date.now() / SECOND) * SECOND

/** What a counter of this name came to, by its labels. */
const counted = (name: string) =>
  Effect.map(Metric.snapshot, (metrics) =>
    Object.fromEntries(
      metrics.flatMap((metric) =>
        metric.id === name && metric.type === "Counter"
          ? [[Object.values(metric.attributes ?? {}).join(" "), Number(metric.state.count)] as const]
          : []
      )
    )
  )

it.effect("counts a request's verdicts in a few steps, by reason", () =>
  Effect.gen(function* () {
    const rejections = (["missing", "invalid", "missing"] as const).map((reason) => ({ reason }))
    yield* Metrics.judged("segment", { stored: 3, duplicate: 1 }, rejections)
    yield* Metrics.judged("segment", { stored: 2, duplicate: 0 }, [])
    assert.deepStrictEqual(yield* counted("spoor_items_total"), {
      "segment stored": 5,
      "segment duplicate": 1,
      "segment rejected missing": 2,
      "segment rejected invalid": 1
    })
  }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
)

it("keeps methods that somebody made up out of the labels", () => {
  assert.deepStrictEqual(["GET", "BREW", "get", ""].map(Metrics.methodOf), ["GET", "_OTHER", "_OTHER", "_OTHER"])
})

layer(Subscribers.layer, { timeout: "60 seconds" })("a webhook", (it) => {
  it.effect("counts as retried while its receiver is down, and as delivered then", () =>
    Effect.gen(function* () {
      const { arrive, deliverAll, openShop, purchase, subscribe } = Subscribers
      yield* TestClock.setTime(start)
      const [place, receiver] = [yield* openShop, yield* Receiver.open]
      receiver.answer((_, response) => void response.writeHead(500).end())
      yield* subscribe(place, receiver, start)
      yield* arrive(place, [purchase("a", "ZAM-1", start - SECOND)])
      yield* TestClock.setTime(start + SECOND)
      yield* deliverAll
      assert.deepStrictEqual(yield* counted("spoor_webhook_attempts_total"), { retried: 1 })
      receiver.answer((_, response) => void response.end())
      yield* TestClock.setTime(start + 60 * SECOND)
      yield* deliverAll
      assert.deepStrictEqual(yield* counted("spoor_webhook_attempts_total"), { retried: 1, delivered: 1 })
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
  )
})
