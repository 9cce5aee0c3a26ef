import { Schema } from "effect"

/** What a message is about. A new kind of work is a new literal here; both layers take it as it is. */
export const Topic = Schema.Literals(["activity", "log", "sms"])
export type Topic = typeof Topic.Type

/**
 * The lanes of each topic: what must follow each other goes into one lane, and each has one worker at a time where there are
 * enough. A topic never gets fewer, or what waits in the last would be nobody's.
 */
export const lanes: Readonly<Record<Topic, number>> = { activity: 4, log: 1, sms: 1 }

/**
 * What a door hands over.
 *
 * *Shape*: `id` names the message within its lane, and is what makes a second append of it harmless. `body` is
 * well-formed Unicode, usually JSON; the queue never reads it. A lone surrogate comes back as U+FFFD. `lane` counts from
 * 0, the default.
 */
export interface Message {
  readonly id: string
  readonly topic: Topic
  readonly lane?: number
  readonly body: string
}

/** Where layers keep a lane's messages. *Shape*: the first lane's has the topic's own name. */
export const channelOf = ({ lane = 0, topic }: Pick<Message, "topic" | "lane">): string =>
  lane === 0 ? topic : `${topic}-${lane}`

/** Of one lane, or of all that a topic has. */
export const channelsOf = (topic: Topic, lane?: number): ReadonlyArray<string> =>
  lane === undefined
    ? Array.from({ length: lanes[topic] }, (_, one) => channelOf({ topic, lane: one }))
    : [channelOf({ topic, lane })]

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
 * How full a topic is, or one lane of it.
 *
 * *Shape*: `taken` are in the hands of a taker, all others are `waiting`, those with a delay included.
 * *Units*: `oldestAppendedAt` in UTC milliseconds, of both kinds, absent when the topic is empty.
 */
export interface Depth {
  readonly waiting: number
  readonly taken: number
  readonly oldestAppendedAt?: number
}

/** Of several lanes together. */
export const sumOfDepths = (depths: ReadonlyArray<Depth>): Depth => {
  const total = (count: (depth: Depth) => number) => depths.reduce((all, depth) => all + count(depth), 0)
  const oldest = depths.flatMap(({ oldestAppendedAt }) => oldestAppendedAt ?? [])
  return {
    waiting: total(({ waiting }) => waiting),
    taken: total(({ taken }) => taken),
    ...(oldest.length > 0 && { oldestAppendedAt: Math.min(...oldest) })
  }
}
