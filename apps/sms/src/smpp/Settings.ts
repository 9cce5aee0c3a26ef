import { Duration, type Redacted } from "effect"

/** How the gateway proves who it is. */
export interface Tls {
  /** Whether a gateway that cannot prove it is refused. */
  readonly isVerified: boolean
  /** Certificates to trust in place of the system's. *Shape*: PEM. */
  readonly ca?: string
  /** The name that the certificate must have, if it is not `host`. */
  readonly serverName?: string
}

/**
 * Where a gateway is and as whom we bind.
 *
 * *Shape*: texts are ASCII; the protocol allows a name of 15 characters, a password of 8 and a type of 12, gateways often
 * allow more. `otherPassword` is tried where `password` is refused, and the other way round, so that one can replace the other. `tls` is null where the connection is not encrypted. `mode` "transceiver" is for gateways that give receipts
 * only to those who can also send. `binds` is how many connections share the work, 1 or more.
 */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly tls: Tls | null
  readonly systemId: string
  readonly password: Redacted.Redacted<string>
  readonly otherPassword?: Redacted.Redacted<string>
  readonly systemType: string
  readonly mode: "receiver" | "transceiver"
  readonly binds: number
}

/** *Source*: sms/gateways R18 to R22. */
export interface Limits {
  /** For the connection and its encryption. */
  readonly connectWait: Duration.Duration
  readonly bindWait: Duration.Duration
  /** After so long without a word from the gateway it is asked whether it is there. */
  readonly enquireInterval: Duration.Duration
  /** After so much longer it is gone. Also the longest that it may leave our octets unread. */
  readonly answerWait: Duration.Duration
  /** For a farewell with all that is still to be answered. */
  readonly unbindWait: Duration.Duration
  /** The pause before a new try is a random part of a time that begins here and doubles with each failure, */
  readonly retryFrom: Duration.Duration
  /** up to here, */
  readonly retryTo: Duration.Duration
  /** or to here when the gateway refuses name or password: trying too often may lock the account. */
  readonly retryToUnauthorized: Duration.Duration
  /** How long a receipt that cannot be taken waits for its refusal, so that it does not come back at once. */
  readonly refusalPause: Duration.Duration
  /** Receipts that wait to be taken; the socket is not read while there are so many. */
  readonly waitingMax: number
  /** Receipts that are handed over together. */
  readonly batchMax: number
  /** Requests of ours without an answer. */
  readonly windowMax: number
}

export const limits: Limits = {
  connectWait: Duration.seconds(10),
  bindWait: Duration.seconds(10),
  enquireInterval: Duration.seconds(30),
  answerWait: Duration.seconds(10),
  unbindWait: Duration.seconds(5),
  retryFrom: Duration.seconds(1),
  retryTo: Duration.seconds(60),
  retryToUnauthorized: Duration.minutes(5),
  refusalPause: Duration.millis(250),
  waitingMax: 1_000,
  batchMax: 256,
  windowMax: 10
}
