import { type Attempt, LogReader, type TakenDelivery, WebhookDeliveries, Webhooks } from "@spoor/postgres"
import { Cause, Clock, Context, Duration, Effect, Exit, Latch, Layer, Result, Stream } from "effect"
import type { SqlError } from "effect/sql"
import * as Job from "../Job.ts"
import * as Metrics from "../Metrics.ts"
import * as Backoff from "./Backoff.ts"
import * as Message from "./Message.ts"
import { type Answer, Outbound, timeout, type Unanswered } from "./Outbound.ts"

/** Requests that one process has under way, and those of one webhook in all processes. */
const requestsMax = 32
const requestsPerWebhookMax = 8

/** Long enough for one that waits for others to end, and then for its own request. */
const lease = Duration.seconds(60)

const idlePause = Duration.seconds(1)
const purgePause = Duration.hours(1)

const limits = { max: requestsMax, perWebhookMax: requestsPerWebhookMax, lease }

export interface DelivererOptions {
  /** Where people find the panel, without a slash at its end; null where that is not known. */
  readonly panelUrl: string | null
}

/**
 * Tells subscribers what the outbox holds for them: signed, at least once, in the order of each session.
 *
 * Any number may run at once. *Source*: ADR 0028.
 */
export class Deliverer extends Context.Service<
  Deliverer,
  {
    /** One attempt at what is due now; gives how many it took. */
    readonly once: Effect.Effect<number, SqlError.SqlError>
    /** The same for ever, and the purge: failures that may pass are logged and tried again. */
    readonly run: Effect.Effect<never>
  }
>()("@spoor/ingest/webhook/Deliverer") {
  static readonly layer = ({ panelUrl }: DelivererOptions) =>
    Layer.effect(
      Deliverer,
      Effect.gen(function* () {
        const deliveries = yield* WebhookDeliveries
        const logReader = yield* LogReader
        const outbound = yield* Outbound
        const webhooks = yield* Webhooks

        const take = Effect.flatMap(Clock.currentTimeMillis, (now) => deliveries.take(now, limits))

        /** Null where the row is gone. */
        const bodyOf = Effect.fnUntraced(function* (taken: TakenDelivery) {
          if (taken.type === "webhook.test" || taken.sessionEventId === null) return Message.ofTest(taken)
          const row = yield* logReader.find(taken.unitId, "session-events", taken.sessionEventId)
          return row === null ? null : Message.ofOutcome(taken.type, taken.createdAt, row, panelUrl)
        })

        /** Sends it once; gives the answer, or why there is none. */
        const attempt = Effect.fnUntraced(function* (taken: TakenDelivery, body: string) {
          const now = yield* Clock.currentTimeMillis
          const headers = Message.headersOf(taken, body, now)
          return yield* Effect.result(outbound.post(new URL(taken.url), headers, body))
        })

        /** What an answer means, for this delivery and for the webhook. */
        const judge = Effect.fnUntraced(function* (
          { unitId, webhookId, attempts }: TakenDelivery,
          answer: Result.Result<Answer, Unanswered>
        ): Effect.fn.Return<Attempt, SqlError.SqlError> {
          const now = yield* Clock.currentTimeMillis
          if (Result.isFailure(answer)) {
            const retryAt = yield* Backoff.next(attempts, now, null)
            return { isDelivered: false, status: null, error: answer.failure.message, retryAt }
          }
          const { status, retryAfter } = answer.success
          if (status >= 200 && status < 300) return { isDelivered: true, status }
          const error = `The answer was ${status}.`
          if (status === 410) {
            yield* webhooks.disable(unitId, webhookId, "The subscriber answered 410 Gone.")
            return { isDelivered: false, status, error, retryAt: null }
          }
          const until = Backoff.pausedUntil(retryAfter, now)
          if (until !== null) yield* webhooks.pause(unitId, webhookId, until)
          return { isDelivered: false, status, error, retryAt: yield* Backoff.next(attempts, now, until) }
        })

        const settle = Effect.fnUntraced(function* (taken: TakenDelivery, attempt: Attempt) {
          yield* deliveries.settle(taken, attempt, yield* Clock.currentTimeMillis)
          yield* Metrics.attempted(attempt)
        }, Job.patiently("What became of a webhook could not be written down; trying again"))

        const deliver = Effect.fn("Deliverer.deliver")(function* (taken: TakenDelivery) {
          const body = yield* bodyOf(taken)
          if (body === null) return yield* settle(taken, { ...undeliverable, error: "The session event is gone." })
          // Whoever has waited for too long leaves it to the next taker: two at once would break the order.
          if ((yield* Clock.currentTimeMillis) + Duration.toMillis(timeout) > taken.takenUntil) return
          const answer = yield* attempt(taken, body)
          yield* settle(
            taken,
            yield* Job.patiently("A webhook's answer could not be written down")(judge(taken, answer))
          )
        })

        /** A failure of the database leaves it to the next taker; a mistake of ours counts as an attempt. */
        const deliverOrLeave = Effect.fnUntraced(function* (taken: TakenDelivery) {
          const exit = yield* Effect.exit(deliver(taken))
          if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return
          yield* Effect.logError("A webhook could not be sent", { delivery: taken.id }, exit.cause)
          if (!Cause.hasDies(exit.cause)) return
          const retryAt = yield* Backoff.next(taken.attempts, yield* Clock.currentTimeMillis, null)
          yield* settle(taken, { ...undeliverable, error: "The message could not be made.", retryAt })
        })

        const once = take.pipe(
          Effect.tap((taken) => Effect.forEach(taken, deliverOrLeave, { concurrency: requestsMax })),
          Effect.map((taken) => taken.length)
        )

        /** Where nothing is due, it may be because as much is under way as there may be: so until something ends. */
        const ended = yield* Latch.make()
        const next = Effect.gen(function* () {
          yield* ended.close
          const taken = yield* Job.patiently("Due webhooks could not be read; trying again")(take)
          if (taken.length === 0) yield* Effect.race(ended.await, Effect.sleep(idlePause))
          return taken
        })
        const send = Stream.fromEffectRepeat(next).pipe(
          Stream.flattenIterable,
          Stream.mapEffect((taken) => Effect.ensuring(deliverOrLeave(taken), ended.open), {
            concurrency: requestsMax,
            unordered: true
          }),
          Stream.runDrain
        )
        const tidy = Effect.flatMap(Clock.currentTimeMillis, deliveries.purge).pipe(
          Job.steadily("Old webhook deliveries could not be deleted; trying again", purgePause)
        )
        const run = Effect.andThen(Effect.all([send, tidy], { concurrency: "unbounded" }), Effect.never)

        return Deliverer.of({ once, run })
      })
    )
}

const undeliverable = { isDelivered: false, status: null, retryAt: null } as const
