import type { JetStreamManager } from "@nats-io/jetstream"
import { type Message, QueueUnavailable, resolveLimits } from "@spoor/queue"
import { Effect } from "effect"
import type { Connection } from "./Connection.ts"
import { streamName, subjectOf } from "./Layout.ts"
import type { Settings } from "./Settings.ts"

/** How old the fill level may be that an append trusts. Until then only its own process's appends are added. */
const levelAge = "100 millis"

/**
 * The bounds of a replicated stream, which its doors keep: gives the messages to append, or fails with `full`.
 *
 * The servers must not: before 2.14 each of them decides by itself what is too much, so that a follower which has not yet
 * removed what was acknowledged refuses what the leader has confirmed, and that is lost when the leader dies (ADR 0026,
 * nats-server #7607 and #7608). Several doors together may exceed the bounds by what they have under way.
 */
export const make = Effect.fnUntraced(function* ({ ask }: Connection, manager: JetStreamManager, settings: Settings) {
  const { bytesMax, messagesMax } = resolveLimits(settings)
  const name = streamName(settings)
  let own = { messages: 0, bytes: 0 }
  const read = Effect.suspend(() => {
    own = { messages: 0, bytes: 0 }
    return ask(() => manager.streams.info(name))
  })
  const [level, forget] = yield* Effect.cachedInvalidateWithTTL(read, levelAge)

  /** Whether they fit, and counts them if they do. */
  const admit = Effect.fnUntraced(function* (messages: ReadonlyArray<Message>) {
    const { state } = yield* level
    const more = { messages: own.messages + messages.length, bytes: own.bytes + bytesOf(messages) }
    const isFitting = state.messages + more.messages <= messagesMax && state.bytes + more.bytes <= bytesMax
    if (isFitting) own = more
    return isFitting
  })

  const isNew = (message: Message) =>
    Effect.map(
      ask(() => manager.streams.getMessage(name, { last_by_subj: subjectOf(settings, message) })),
      (held) => held === null
    )

  return Effect.fnUntraced(function* (messages: ReadonlyArray<Message>) {
    if (yield* admit(messages)) return messages
    yield* forget
    const fresh = yield* Effect.filter(messages, isNew, { concurrency: 8 })
    if (fresh.length === 0 || (yield* admit(fresh))) return fresh
    return yield* new QueueUnavailable({ reason: "full" })
  })
})

const bytesOf = (messages: ReadonlyArray<Message>): number =>
  messages.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0)
