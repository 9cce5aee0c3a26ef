import { Duration, Effect, Schema } from "effect"

/** What goes into a bind. The protocol allows 15 characters and 8, gateways allow more, so that is theirs to refuse. */
const Credential = Schema.String.check(
  Schema.isPattern(/^[\x20-\x7e]*$/, { expected: "printable ASCII" }),
  Schema.isMaxLength(64)
)

/** How the gateway proves who it is. *Shape*: with nothing set, by a certificate that the system trusts. */
const Tls = Schema.Struct({
  /** Certificates to trust in place of the system's. *Shape*: PEM. */
  ca: Schema.optionalKey(Schema.NonEmptyString),
  /** The name that the certificate must have, if it is not `host`. */
  serverName: Schema.optionalKey(Schema.NonEmptyString),
  /** Whether a gateway that cannot prove who it is is refused. Default: it is. */
  isVerified: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(true)))
})

/**
 * Where a gateway is and as whom we bind.
 *
 * *Shape*: without `tls` the connection is not encrypted. `binds` is how many connections share the work, default 1.
 * `mode` "transceiver" is for gateways that give receipts only to those who can also send, default "receiver".
 */
export const Settings = Schema.Struct({
  host: Schema.NonEmptyString,
  port: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 })),
  tls: Schema.optionalKey(Tls),
  systemId: Credential,
  password: Schema.RedactedFromValue(Credential),
  systemType: Credential.pipe(Schema.withDecodingDefaultKey(Effect.succeed(""))),
  mode: Schema.Literals(["receiver", "transceiver"]).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed("receiver" as const))
  ),
  binds: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 16 })).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(1))
  )
})
export interface Settings extends Schema.Schema.Type<typeof Settings> {}

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
