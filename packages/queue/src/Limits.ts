import { type ByteSize, Config, Duration, Schema } from "effect"

/** What a queue may grow to when nobody says otherwise. */
const roomDefault = 2 * 1024 ** 3

/** For how long a taker counts as there that says no more so: it may have been killed, or hang. */
export const attendedFor = Duration.seconds(10)

/** The share of its room from which on those who run Spoor are told, and from which on nothing more is kept. *Source*: gateways.md R24. */
export const alarmedFrom = 0.5
export const refusedFrom = 0.9

/** *Units*: bytes. A smaller message takes as much, for what stands beside its body. */
const messageBytesMin = 1024

/** What every layer of the queue can be told. */
export interface Limits {
  /** How long a taken message stays invisible to others. Minimum 1 ms, default 10 s. It does not stop the taker. */
  readonly ackWait?: Duration.Input
  /** Messages kept at most, of all topics, taken ones included. Minimum 1, default as `within` 2 GiB: 1,887,436. */
  readonly messagesMax?: number
  /** Bytes of all bodies (UTF-8) kept at most. Minimum 1, default as `within` 2 GiB. It does not count ids, indexes and free pages. */
  readonly bytesMax?: number
}

/**
 * The limits of a queue that is given so much room: nine tenths of it for bodies, the rest for what stands beside them.
 *
 * *Units*: bytes.
 */
export const within = (room: number) => ({
  messagesMax: Math.max(1, Math.floor((refusedFrom * room) / messageBytesMin)),
  bytesMax: Math.max(1, Math.floor(refusedFrom * room))
})

/** The same with defaults filled in. *Units*: `ackWait` in milliseconds. */
export const resolve = (limits: Limits) => ({
  ackWait: Math.ceil(Duration.toMillis(limits.ackWait ?? "10 seconds")),
  messagesMax: limits.messagesMax ?? within(roomDefault).messagesMax,
  bytesMax: limits.bytesMax ?? within(roomDefault).bytesMax
})
export type Resolved = ReturnType<typeof resolve>

const Room = Schema.ByteSizeFromString.check(
  Schema.makeFilter((room: ByteSize.ByteSize) => room >= 1024n ** 2n && room <= 1024n ** 4n, {
    expected: "a size from 1 MiB to 1 TiB, such as 2 GiB"
  })
)

/** The setting that every process which appends must have alike. Empty means the default. */
export const config = Config.schema(Schema.Union([Schema.Literal(""), Room]), "SPOOR_QUEUE_SIZE").pipe(
  Config.withDefault("" as const),
  Config.map((room) => within(room === "" ? roomDefault : Number(room)))
)
