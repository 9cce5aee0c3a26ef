import type { Limits } from "@spoor/queue"
import type { Duration, Redacted } from "effect"

/** Every process that shares a stream must be told the same: the one that starts last decides. */
export interface Settings extends Limits {
  /** `nats://user:password@one:4222,two:4222`; `nats://token@…` for a token, `tls://…` for TLS. */
  readonly url: Redacted.Redacted<string>
  /** On how many servers every message lies. 3 needs a cluster of three. Default 1. */
  readonly replicas?: 1 | 3
  /** Names the stream and its subjects: letters, digits, `-`, `_`. Default `spoor`. */
  readonly stream?: string
  /** Takes the stream as others made it, with its replicas and window, and makes and changes none. Default no. */
  readonly isGuest?: boolean
  /** How long the server knows an id after its append, acknowledged or not. Minimum 100 ms, default 2 minutes. */
  readonly duplicateWindow?: Duration.Input
  /** How long one exchange with the server may take, a lost connection or leader included. Default 5 s. */
  readonly answerWait?: Duration.Input
  /** How long to look for a server that is ready, at the start. Default 30 s. */
  readonly startWait?: Duration.Input
  /** The largest body that must fit. A server whose `max_payload` is less is refused at the start. Default 4 MiB. */
  readonly bodyBytesMax?: number
}
