import { Duration } from "effect"

/** What every layer of the queue can be told. */
export interface Limits {
  /** How long a taken message stays invisible to others. Minimum 1 ms, default 10 s. It does not stop the taker. */
  readonly ackWait?: Duration.Input
  /** Messages kept at most, of all topics, taken ones included. Minimum 1, default 1,000,000. */
  readonly messagesMax?: number
  /** Bytes of all bodies (UTF-8) kept at most. Minimum 1, default 1 GiB. It does not count ids, indexes and free pages. */
  readonly bytesMax?: number
}

/** The same with defaults filled in. *Units*: `ackWait` in milliseconds. */
export const resolve = (limits: Limits) => ({
  ackWait: Math.ceil(Duration.toMillis(limits.ackWait ?? "10 seconds")),
  messagesMax: limits.messagesMax ?? 1_000_000,
  bytesMax: limits.bytesMax ?? 1024 ** 3
})
export type Resolved = ReturnType<typeof resolve>
