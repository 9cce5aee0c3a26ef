import { JetStreamApiError } from "@nats-io/jetstream"
import { type NatsConnection, RequestError } from "@nats-io/transport-node"
import { QueueUnavailable } from "@spoor/queue"

/**
 * The server's words for "no room": of the stream (10077), of the account, of its machines.
 *
 * *Source*: https://github.com/nats-io/nats-server/blob/main/server/errors.json
 */
const storeFailed = 10077
const outOfResources = new Set([10002, 10023, 10028, 10047])

/** Why the server did not do what it was asked for. */
export const refusal =
  (connection: NatsConnection) =>
  (cause: unknown): QueueUnavailable => {
    if (connection.isClosed() || connection.isDraining()) return new QueueUnavailable({ reason: "closed" })
    return new QueueUnavailable({ reason: isFull(cause) ? "full" : "io", cause })
  }

/** The stream holds a message with this subject, which is one id: that is what an append wants. */
export const isHeld = (cause: unknown): boolean =>
  cause instanceof JetStreamApiError && cause.code === storeFailed && cause.message.includes("per subject")

/** Nobody leads the stream or the consumer at this moment; a cluster elects somebody within seconds. */
export const isLeaderless = (cause: unknown): boolean => {
  if (cause instanceof RequestError) return cause.isNoResponders()
  if (cause instanceof JetStreamApiError) return cause.code === temporarilyUnavailable
  return cause instanceof Error && isLeaderless(cause.cause)
}

const temporarilyUnavailable = 10008

const isFull = (cause: unknown): boolean =>
  cause instanceof JetStreamApiError &&
  (outOfResources.has(cause.code) || (cause.code === storeFailed && /maximum|no space/.test(cause.message)))
