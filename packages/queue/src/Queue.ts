import { Context, Layer } from "effect"
import type { Array, Duration, Effect } from "effect"
import * as Embedded from "./Embedded.ts"
import type { Fill } from "./Fill.ts"
import * as Memory from "./Memory.ts"
import type { Delivery, Depth, Message, Topic } from "./Message.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"

/** What one `take` may return, of the lane 0 by default. A first message larger than `bytesMax` comes alone, or it would never come. */
export interface TakeOptions {
  readonly topic: Topic
  readonly lane?: number
  readonly messagesMax: number
  readonly bytesMax: number
}

/**
 * The durable hand-over between the doors and the worker: at-least-once, oldest first.
 *
 * Everything fails with `QueueUnavailable` and nothing else. The promises are spelled out in README.md and held by
 * test/Queue.contract.ts, which every layer passes.
 * *Source*: ADR 0006.
 */
export class Queue extends Context.Service<
  Queue,
  {
    /**
     * Keeps the messages, in their order, and returns once they are durable.
     *
     * An id that is still in its lane is kept once, with its first body; after acknowledgement a layer may remember
     * ids or not. If it fails, any of the messages may have been kept: append them again.
     */
    readonly append: (messages: ReadonlyArray<Message>) => Effect.Effect<void, QueueUnavailable>
    /** Waits for at least one message and takes the oldest ones; for `ackWait` nobody else sees them. */
    readonly take: (options: TakeOptions) => Effect.Effect<Array.NonEmptyReadonlyArray<Delivery>, QueueUnavailable>
    /**
     * Removes what was taken, durably. Doing it twice, or too late, is harmless and no failure.
     *
     * Whether a receipt from before a redelivery still removes the message is left to the layer (ours do not).
     */
    readonly acknowledge: (deliveries: ReadonlyArray<Delivery>) => Effect.Effect<void, QueueUnavailable>
    /** Gives deliveries back, to be taken again after `delay` in place of the rest of `ackWait`; too late is harmless. */
    readonly release: (
      deliveries: ReadonlyArray<Delivery>,
      options: { readonly delay: Duration.Input }
    ) => Effect.Effect<void, QueueUnavailable>
    /** Whether something new would be appended now: fails as that would, and keeps nothing. Out of date when it arrives. */
    readonly check: Effect.Effect<void, QueueUnavailable>
    /** How long nobody else sees what was taken. */
    readonly ackWait: Duration.Duration
    /**
     * How long after its append an id may be known although its message was acknowledged: an append of it within that time
     * succeeds and may keep nothing.
     */
    readonly knownFor: Duration.Duration
    /** For metrics, of all lanes by default; a number is out of date when it arrives. */
    readonly depth: (topic: Topic, of?: Pick<TakeOptions, "lane">) => Effect.Effect<Depth, QueueUnavailable>
    /**
     * Says that a taker of this name is there; gives the names of all who said so within `attendedFor`, in order. They may share the
     * lanes out by it. Takers that know too few or too many of each other take the same messages no more than others do.
     */
    readonly attend: (taker: string) => Effect.Effect<ReadonlyArray<string>, QueueUnavailable>
    /** Says that it is there no more. */
    readonly leave: (taker: string) => Effect.Effect<void, QueueUnavailable>
    /** How much of its room is used; out of date when it arrives. */
    readonly fill: Effect.Effect<Fill, QueueUnavailable>
  }
>()("@spoor/queue/Queue") {
  /** One file shared by the processes of one machine; nothing to install. */
  static readonly layerEmbedded = (settings: Embedded.Settings): Layer.Layer<Queue, QueueUnavailable> =>
    Layer.effect(Queue, Embedded.make(settings))

  /** For tests: forgets everything when its scope ends, and fails as told. */
  static readonly layerMemory = (settings: Memory.Settings = {}): Layer.Layer<Queue> =>
    Layer.effect(Queue, Memory.make(settings))
}
