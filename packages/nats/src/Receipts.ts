import type { Msg } from "@nats-io/transport-node"
import { Receipt } from "@spoor/queue"

/** What the subject of an acknowledgement says of a delivery. */
interface Facts {
  /** The consumer's name. */
  readonly channel: string
  readonly attempt: number
  readonly sequence: number
  /** *Units*: UTC milliseconds. */
  readonly appendedAt: number
}

export const receiptOf = (message: Msg): Receipt => Receipt.make(message.reply ?? "")

/**
 * Reads `$JS.ACK.[domain.account.]stream.consumer.attempt.sequence.consumer sequence.nanoseconds.pending[.token]`.
 *
 * *Source*: nats-architecture-and-design, ADR-15.
 */
export const factsOf = (receipt: Receipt): Facts => {
  const tokens = receipt.split(".")
  const [channel = "", attempt = "", sequence = "", , nanoseconds = ""] = tokens.slice(tokens.length < 11 ? 3 : 5)
  return {
    channel,
    attempt: Number(attempt),
    sequence: Number(sequence),
    // Nanoseconds since 1970 are more than a double can hold.
    appendedAt: Number(BigInt(nanoseconds) / 1_000_000n)
  }
}
