import { type Delivery, type Message, Queue, type QueueUnavailable } from "@spoor/queue"
import { Array, Context, Effect, Layer, Schedule } from "effect"
import { NatsQueue, type NatsSettings } from "../src/index.ts"

/** A queue of its own: another connection, as of another process. */
export const connect = (settings: NatsSettings) =>
  Effect.map(Layer.build(NatsQueue.layer(settings)), Context.get(Queue))

export const message = (id: string, body = `body of ${id}`): Message => ({ id, topic: "activity", body })
export const numbered = (count: number, body?: string) => Array.makeBy(count, (index) => message(`m${index}`, body))
export const idsOf = (messages: ReadonlyArray<Pick<Message, "id">>) => messages.map(({ id }) => id)

export const all = { topic: "activity", messagesMax: 1000, bytesMax: 64 * 1024 ** 2 } as const

/** The reason of a failure, or `kept`. */
export const outcome = <A, R>(effect: Effect.Effect<A, QueueUnavailable, R>) =>
  Effect.match(effect, { onFailure: ({ reason }) => reason, onSuccess: () => "kept" as const })

/** What doors and workers do about a queue that is not there: again, until it is. */
export const insist = <A, R>(effect: Effect.Effect<A, QueueUnavailable, R>) =>
  Effect.retry(effect, Schedule.spaced("50 millis"))

/** Takes and acknowledges until `isEnough`. */
export const drain = Effect.fnUntraced(function* (
  queue: Queue["Service"],
  isEnough: (taken: ReadonlyArray<Delivery>) => boolean,
  messagesMax = 64
) {
  const taken: Array<Delivery> = []
  while (!isEnough(taken)) {
    const deliveries = yield* insist(queue.take({ ...all, messagesMax }))
    yield* insist(queue.acknowledge(deliveries))
    taken.push(...deliveries)
  }
  return taken
})
