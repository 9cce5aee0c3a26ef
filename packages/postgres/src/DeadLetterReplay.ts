import { Queue, type QueueUnavailable, Topic } from "@spoor/queue"
import { Clock, Duration, Effect, Schema } from "effect"
import type { SqlError } from "effect/sql"
import { type DeadLetterBody, DeadLetters } from "./DeadLetters.ts"

/**
 * The queue still knows the letter's message, and would take it for a repetition and drop it: ask again after the wait.
 *
 * *Units*: `appendedAt` in UTC milliseconds, `wait` in milliseconds.
 */
export class TooEarly extends Schema.TaggedError<TooEarly>()("TooEarly", {
  appendedAt: Schema.Finite,
  wait: Schema.Finite
}) {}

/** The letter is of a topic that this version does not know. */
export class UnknownTopic extends Schema.TaggedError<UnknownTopic>()("UnknownTopic", { topic: Schema.String }) {}

class Foreign extends Schema.TaggedError<Foreign>()("Foreign", {}) {}

interface Options {
  /** Only of this unit; without it of any. */
  readonly unitId?: number | undefined
  /** The append that was waited for already: by now the queue has forgotten it, whatever its clock says. */
  readonly waitedFor?: number | undefined
}

/**
 * Puts a letter back into the queue, in a transaction of its own: it leaves the list once the queue has it durably. A replay that
 * dies may leave a letter whose message is in the queue too; replayed once more, it is still written once.
 *
 * *Shape*: the letter; null when there is no such one. *Fails* with `TooEarly` or `UnknownTopic`, and then nothing is changed.
 * *Source*: ADR 0027.
 */
export const replay = Effect.fn("DeadLetterReplay.replay")(
  function* (
    id: number,
    { unitId, waitedFor }: Options = {}
  ): Effect.fn.Return<
    DeadLetterBody | null,
    TooEarly | UnknownTopic | Foreign | QueueUnavailable | SqlError.SqlError,
    DeadLetters | Queue
  > {
    const { append, knownFor } = yield* Queue
    const { handOver } = yield* DeadLetters
    const now = yield* Clock.currentTimeMillis
    const hand = Effect.fnUntraced(function* ([letter]: ReadonlyArray<DeadLetterBody>) {
      if (letter === undefined) return
      if (unitId !== undefined && letter.unitId !== unitId) return yield* new Foreign()
      const { appendedAt, body, messageId } = letter
      const wait = Math.min(appendedAt + Duration.toMillis(knownFor) - now, Duration.toMillis(knownFor))
      if (wait > 0 && appendedAt !== waitedFor) return yield* new TooEarly({ appendedAt, wait })
      const topic = yield* Effect.mapError(decodeTopic(letter.topic), () => new UnknownTopic({ topic: letter.topic }))
      yield* append([{ id: messageId, topic, body }])
    })
    return (yield* handOver([id], hand))[0] ?? null
  },
  Effect.catchTag("Foreign", () => Effect.succeed(null))
)

const decodeTopic = Schema.decodeUnknownEffect(Topic)
