import { type DeadLetterBody, DeadLetters } from "@spoor/postgres"
import { Queue, type QueueUnavailable, Topic } from "@spoor/queue"
import { Clock, Console, Duration, Effect, Layer, Schema, Stream } from "effect"
import type { SqlError } from "effect/sql"
import { CommandError } from "../CommandError.ts"
import { line } from "../Output.ts"
import { print } from "../Printing.ts"
import * as House from "./House.ts"
import { missing, pages } from "./Listing.ts"

/**
 * Puts letters back into the queue, each in a transaction of its own: it leaves the list once the queue has it durably. A
 * replay that dies may leave a letter whose message is in the queue too; replayed once more, it is still written once.
 *
 * *Shape*: `ids` are null for all that there are. *Source*: ADR 0027.
 */
export const replay = Effect.fn("replay")(
  function* ({ ids, json }: { readonly ids: ReadonlyArray<number> | null; readonly json: boolean }) {
    const gone: Array<number> = []
    let count = 0
    const wanted = ids === null ? Stream.map(pages(undefined, Infinity), ({ id }) => id) : Stream.fromIterable(ids)
    const lines = Stream.mapEffect(wanted, (id) =>
      Effect.map(Effect.mapError(replayOne(id), House.explain), (letter) => {
        if (letter === undefined) return void gone.push(id)
        count++
        return json
          ? line({ kind: "replayed", id, topic: letter.topic, messageId: letter.messageId })
          : `${id} is in the queue again.\n`
      })
    )
    yield* print(Stream.map(lines, (text) => text ?? ""))
    if (ids === null && count === 0) yield* Console.error("There are no dead letters.")
    // Of all that there were, somebody else may have taken some meanwhile.
    if (ids !== null && gone.length > 0) return yield* missing(gone)
  },
  Effect.provide(Layer.merge(House.letters, House.queue)),
  Effect.mapError(House.explain)
)

type Failure = SqlError.SqlError | QueueUnavailable | CommandError

/**
 * *Shape*: undefined when there is no such letter. `waitedFor` is the append whose ID the queue has forgotten by now: while
 * it knows one, it would take the message for a repetition and drop it.
 */
const replayOne = (
  id: number,
  waitedFor?: number
): Effect.Effect<DeadLetterBody | undefined, Failure, DeadLetters | Queue> =>
  Effect.gen(function* () {
    const { append, knownFor } = yield* Queue
    const { handOver } = yield* DeadLetters
    const now = yield* Clock.currentTimeMillis
    const hand = Effect.fnUntraced(function* ([letter]: ReadonlyArray<DeadLetterBody>) {
      if (letter === undefined) return
      const { appendedAt } = letter
      const wait = Math.min(appendedAt + Duration.toMillis(knownFor) - now, Duration.toMillis(knownFor))
      if (wait > 0 && appendedAt !== waitedFor) return yield* new TooEarly({ appendedAt, wait })
      yield* append([{ id: letter.messageId, topic: yield* topicOf(letter), body: letter.body }])
    })
    const [letter] = yield* handOver([id], hand)
    return letter
  }).pipe(
    Effect.catchTag("TooEarly", ({ appendedAt, wait }) =>
      Console.error(`The queue still knows ${id}; it is replayed in ${Math.ceil(wait / 1000)} s.`).pipe(
        Effect.andThen(Effect.sleep(wait)),
        Effect.andThen(replayOne(id, appendedAt))
      )
    )
  )

/** *Units*: `appendedAt` in UTC milliseconds, `wait` in milliseconds. */
class TooEarly extends Schema.TaggedError<TooEarly>()("TooEarly", { appendedAt: Schema.Finite, wait: Schema.Finite }) {}

const topicOf = ({ id, topic }: DeadLetterBody) =>
  Effect.mapError(
    Schema.decodeUnknownEffect(Topic)(topic),
    () =>
      new CommandError({
        sentence: `The dead letter ${id} is of the topic ${topic}, which this version does not know.`
      })
  )
