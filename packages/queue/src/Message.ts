import { Schema } from "effect"

/** What a message is about. A new kind of work is a new literal here; both layers take it as it is. */
export const Topic = Schema.Literals(["activity", "log", "sms"])
export type Topic = typeof Topic.Type

/**
 * What a door hands over.
 *
 * *Shape*: `id` names the message within its topic, and is what makes a second append of it harmless. `body` is
 * well-formed Unicode, usually JSON; the queue never reads it. A lone surrogate comes back as U+FFFD.
 */
export interface Message {
  readonly id: string
  readonly topic: Topic
  readonly body: string
}

/** Names one delivery of one message; only the layer that made it can read it. */
export const Receipt = Schema.String.pipe(Schema.brand("Receipt"))
export type Receipt = typeof Receipt.Type

/**
 * One message in the hands of one taker.
 *
 * *Units*: `appendedAt` in UTC milliseconds. `attempt` counts deliveries of this message from 1.
 */
export interface Delivery {
  readonly id: string
  readonly body: string
  readonly appendedAt: number
  readonly attempt: number
  readonly receipt: Receipt
}

/**
 * How full a topic is.
 *
 * *Shape*: `taken` are in the hands of a taker, all others are `waiting`, those with a delay included.
 * *Units*: `oldestAppendedAt` in UTC milliseconds, of both kinds, absent when the topic is empty.
 */
export interface Depth {
  readonly waiting: number
  readonly taken: number
  readonly oldestAppendedAt?: number
}
