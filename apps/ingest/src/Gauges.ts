import { Vitals } from "@spoor/postgres"
import { Queue, Topic } from "@spoor/queue"
import { Clock, Context, Effect, Layer, Metric } from "effect"
import * as Probe from "./Probe.ts"
import type { Role } from "./Health.ts"

/** A scrape waits no longer than this for anybody, and several scrapers ask once. */
const patience: Probe.Patience = { wait: "1 second", freshFor: "2 seconds" }

const queueMessages = Metric.gauge("spoor_queue_messages", { description: "Messages in the queue" })
const queueAge = Metric.gauge("spoor_queue_oldest_message_age_seconds", {
  description: "Age of the oldest message of the queue, waiting or taken; 0 when there is none"
})
const queueUsed = Metric.gauge("spoor_queue_used_ratio", {
  description: "How much of the queue's room is used, of all topics, from 0 to 1; from 0.9 on nothing new is kept"
})
const overdue = Metric.gauge("spoor_outcomes_overdue_sessions", {
  description: "Sessions whose next outcome should have been emitted by now, counted to 10000"
})
const overdueAge = Metric.gauge("spoor_outcomes_overdue_age_seconds", {
  description: "How late the latest of the outcomes is that are not emitted yet; 0 when none is"
})
const deadLetters = Metric.gauge("spoor_dead_letters", {
  description: "Queue messages that were put aside because they cannot be written, counted to 10000"
})
const webhooksWaiting = Metric.gauge("spoor_webhook_messages_waiting", {
  description: "Webhook messages that are still to be delivered, counted to 10000"
})
const sourceUp = Metric.gauge("spoor_source_up", {
  description: "Whether the figures of a source could be asked for: 1, or 0 and they are missing"
})

/** What is asked for when somebody looks. `refresh` never fails and never hangs; what has no answer has no series. */
export class Gauges extends Context.Service<Gauges, { readonly refresh: Effect.Effect<void> }>()(
  "@spoor/ingest/Gauges"
) {
  /** The queue's of every process, the database's of a worker. */
  static readonly layer = (roles: ReadonlyArray<Role>) =>
    Layer.effect(
      Gauges,
      Effect.gen(function* () {
        const queue = yield* Queue
        const vitals = yield* Vitals
        const queueFigures = yield* Probe.make(figuresOfQueue(queue), patience)
        const databaseFigures = yield* Probe.make(figuresOfDatabase(vitals), patience)
        const sources = [shown("queue", queueFigures.answer)]
        if (roles.includes("worker")) sources.push(shown("database", databaseFigures.answer))
        return Gauges.of({ refresh: Effect.all(sources, { concurrency: "unbounded", discard: true }) })
      })
    )
}

type Gauge = Metric.Metric<number, Metric.GaugeState<number>>
type Figure = readonly [gauge: Gauge, value: number]

/** Shows a source's figures; a figure of before would lie while the source does not answer. */
const shown = <E>(source: string, ask: Effect.Effect<ReadonlyArray<Figure>, E>): Effect.Effect<void> => {
  const isUp = Metric.withAttributes(sourceUp, { source })
  let held: ReadonlyArray<Figure> = []
  return Effect.gen(function* () {
    const figures = yield* Effect.orElseSucceed(ask, () => [])
    for (const [gauge] of figures.length === 0 ? held : []) yield* Metric.remove(gauge)
    held = figures
    for (const [gauge, value] of figures) yield* Metric.update(gauge, value)
    yield* Metric.update(isUp, figures.length === 0 ? 0 : 1)
  })
}

const figuresOfQueue = (queue: Queue["Service"]) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const figures = yield* Effect.forEach(Topic.literals, (topic) =>
      Effect.map(queue.depth(topic), ({ oldestAppendedAt = now, taken, waiting }): ReadonlyArray<Figure> => [
        [Metric.withAttributes(queueMessages, { topic, state: "waiting" }), waiting],
        [Metric.withAttributes(queueMessages, { topic, state: "taken" }), taken],
        [Metric.withAttributes(queueAge, { topic }), secondsBetween(oldestAppendedAt, now)]
      ])
    )
    return [...figures.flat(), [queueUsed, (yield* queue.fill).share] as const]
  })

const figuresOfDatabase = (vitals: Vitals["Service"]) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const { oldestDueAt, sessions } = yield* vitals.overdue(now)
    const letters = yield* vitals.deadLetters
    const figures: ReadonlyArray<Figure> = [
      [overdue, sessions],
      [overdueAge, secondsBetween(oldestDueAt ?? now, now)],
      [webhooksWaiting, yield* vitals.webhooksWaiting],
      ...Topic.literals.map((topic): Figure => [Metric.withAttributes(deadLetters, { topic }), letters.get(topic) ?? 0])
    ]
    return figures
  })

const secondsBetween = (begin: number, end: number): number => Math.max(0, end - begin) / 1_000
