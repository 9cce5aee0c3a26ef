import { type DeadLetterBody, DeadLetterReplay, type DeadLetters } from "@spoor/postgres"
import type { Queue, QueueUnavailable } from "@spoor/queue"
import { Console, Effect, Layer, Stream } from "effect"
import type { SqlError } from "effect/sql"
import { CommandError } from "../CommandError.ts"
import { line } from "../Output.ts"
import { print } from "../Printing.ts"
import * as House from "./House.ts"
import { missing, pages } from "./Listing.ts"

/**
 * Puts letters back into the queue, one after the other.
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
        if (letter === null) return void gone.push(id)
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

/** Waits for what the queue still knows. *Shape*: null when there is no such letter. */
const replayOne = (
  id: number,
  waitedFor?: number
): Effect.Effect<DeadLetterBody | null, Failure, DeadLetters | Queue> =>
  DeadLetterReplay.replay(id, { waitedFor }).pipe(
    Effect.catchTags({
      TooEarly: ({ appendedAt, wait }) =>
        Console.error(`The queue still knows ${id}; it is replayed in ${Math.ceil(wait / 1000)} s.`).pipe(
          Effect.andThen(Effect.sleep(wait)),
          Effect.andThen(replayOne(id, appendedAt))
        ),
      UnknownTopic: ({ topic }) =>
        new CommandError({
          sentence: `The dead letter ${id} is of the topic ${topic}, which this version does not know.`
        })
    })
  )
