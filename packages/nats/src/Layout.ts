import { AckPolicy, DiscardPolicy, type JetStreamManager, jetstreamManager } from "@nats-io/jetstream"
import { JetStreamApiError, RetentionPolicy, StorageType } from "@nats-io/jetstream"
import { millis, nanos } from "@nats-io/transport-node"
import { channelOf, channelsOf, type Message, QueueUnavailable, resolveLimits, Topic } from "@spoor/queue"
import { Duration, Effect } from "effect"
import { hash } from "node:crypto"
import type { Connection } from "./Connection.ts"
import type { Settings } from "./Settings.ts"

/** What a header and a subject may add to a body. */
const envelopeBytesMax = 64 * 1024

export const streamName = (settings: Settings): string => settings.stream ?? "spoor"

/** Every message of a channel. */
export const subjectsOf = (settings: Settings, channel: string): string => `${streamName(settings)}.${channel}.*`

/**
 * A subject of its own for each id, because a stream can refuse a second message with the same subject. A digest, because
 * an id may be any text and of any length.
 */
export const subjectOf = (settings: Settings, message: Message): string =>
  `${streamName(settings)}.${channelOf(message)}.${hash("sha256", message.id.toWellFormed(), "base64url")}`

/** The header in which the id travels, escaped because a header is one line. */
export const messageIdOf = (message: Message): string =>
  `${channelOf(message)}:${encodeURIComponent(message.id.toWellFormed())}`

export const idIn = (messageId: string): string => decodeURIComponent(messageId.slice(messageId.indexOf(":") + 1))

/**
 * Makes the stream and a consumer for each channel, or changes them to what the settings say; a guest does neither.
 *
 * *Shape*: what the stream is now.
 * *Source*: ADR 0026.
 */
export const prepare = Effect.fnUntraced(function* ({ ask, nats }: Connection, settings: Settings) {
  const bodyBytesMax = settings.bodyBytesMax ?? 4 * 1024 ** 2
  const payloadMax = nats.info?.max_payload ?? 0
  if (payloadMax < bodyBytesMax + envelopeBytesMax) {
    const message = `The NATS server's max_payload is ${payloadMax}; ${bodyBytesMax + envelopeBytesMax} or more is needed.`
    return yield* new QueueUnavailable({ reason: "io", cause: new Error(message) })
  }
  const manager = yield* ask((timeout) => jetstreamManager(nats, { timeout }))
  if (settings.isGuest !== true) yield* ask(() => addOrUpdate(manager, settings))
  const { config } = yield* ask(() => manager.streams.info(streamName(settings)))
  return {
    manager,
    isReplicated: config.num_replicas > 1,
    knownFor: Duration.sum(Duration.millis(millis(config.duplicate_window)), windowLateness)
  }
})

/** The server forgets ids by a timer, which may ring later than the window says. */
const windowLateness = Duration.seconds(5)

const addOrUpdate = async (manager: JetStreamManager, settings: Settings): Promise<void> => {
  const { ackWait } = resolveLimits(settings)
  const name = streamName(settings)
  const stream = {
    subjects: [`${name}.>`],
    discard: DiscardPolicy.New,
    duplicate_window: nanos(Duration.toMillis(settings.duplicateWindow ?? "2 minutes")),
    num_replicas: settings.replicas ?? 1
  }
  const fixed = { retention: RetentionPolicy.Workqueue, storage: StorageType.File }
  await manager.streams.add({ name, ...fixed, ...stream, ...boundsOf(settings, { messages: 0, bytes: 0 }) }).catch(
    ifThere(async () => {
      const { state } = await manager.streams.info(name)
      return manager.streams.update(name, { ...stream, ...boundsOf(settings, state) })
    })
  )
  for (const channel of Topic.literals.flatMap((topic) => channelsOf(topic))) {
    // No bound of its own on what is taken: what nobody acknowledges must not keep the rest from its takers.
    const consumer = { ack_wait: nanos(ackWait), max_deliver: -1, max_ack_pending: -1 }
    const filter_subject = subjectsOf(settings, channel)
    const made = { durable_name: channel, ack_policy: AckPolicy.Explicit, filter_subject }
    await manager.consumers
      .add(name, { ...made, ...consumer })
      .catch(ifThere(() => manager.consumers.update(name, channel, consumer)))
  }
}

/**
 * What the server refuses by itself: with one replica all that is too much, with three nothing (Bounds.ts).
 *
 * A bound below what the stream holds would remove the oldest, before 2.10.6 (nats-server #2589), so it is never set.
 */
const boundsOf = (settings: Settings, held: { readonly messages: number; readonly bytes: number }) => {
  if (isReplicated(settings)) {
    return { max_msgs: -1, max_bytes: -1, max_msgs_per_subject: -1, discard_new_per_subject: false }
  }
  const { bytesMax, messagesMax } = resolveLimits(settings)
  return {
    max_msgs: Math.max(messagesMax, held.messages),
    max_bytes: Math.max(bytesMax, held.bytes),
    max_msgs_per_subject: 1,
    discard_new_per_subject: true
  }
}

const isReplicated = (settings: Settings): boolean => (settings.replicas ?? 1) > 1

/** A stream or a consumer of this name exists and is different. */
const differs = new Set([10058, 10148, 10012])

const ifThere =
  <A>(update: () => Promise<A>) =>
  (cause: unknown): Promise<A> =>
    cause instanceof JetStreamApiError && differs.has(cause.code) ? update() : Promise.reject(cause)
