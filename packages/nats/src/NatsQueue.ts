import { jetstream } from "@nats-io/jetstream"
import type { Msg } from "@nats-io/transport-node"
import { channelOf, channelsOf, fillOf, Queue, QueueUnavailable, resolveLimits, sumOfDepths } from "@spoor/queue"
import type { Delivery, Message, Receipt, TakeOptions, Topic } from "@spoor/queue"
import { Array, Clock, Duration, Effect, Exit, Layer } from "effect"
import * as Bounds from "./Bounds.ts"
import * as Connection from "./Connection.ts"
import { idIn, messageIdOf, prepare, streamName, subjectOf, subjectsOf } from "./Layout.ts"
import { fitting, Pull, room } from "./Pull.ts"
import { factsOf, receiptOf } from "./Receipts.ts"
import { isHeld, refusal } from "./Refusal.ts"
import { Released } from "./Released.ts"
import type { Settings } from "./Settings.ts"
import * as Takers from "./Takers.ts"

/** How many messages or acknowledgements one call has on their way at once. */
const inFlightMax = 256

/**
 * The queue on NATS JetStream, which any number of processes share.
 *
 * An append that fails may have kept some of its messages. Ids are known while their message is held and for
 * `duplicateWindow` after their append. An old receipt still acknowledges, and still releases.
 * *Fails* with `io` when no server was there during `startWait`, or one that cannot hold the queue.
 * *Source*: ADR 0026.
 */
export const layer = (settings: Settings): Layer.Layer<Queue, QueueUnavailable> =>
  Layer.effect(
    Queue,
    Effect.gen(function* () {
      const connection = yield* Connection.open(settings)
      const { ask, nats } = connection
      const { isReplicated, knownFor, manager } = yield* prepare(connection, settings).pipe(
        Connection.patiently("The queue's stream could not be made; trying again", settings)
      )
      const stream = jetstream(nats)
      const name = streamName(settings)
      const { ackWait } = resolveLimits(settings)
      const released = new Released(ackWait)

      const publish = (message: Message) =>
        ask((timeout) =>
          stream
            .publish(subjectOf(settings, message), message.body, { msgID: messageIdOf(message), timeout })
            .catch((cause: unknown) => (isHeld(cause) ? undefined : Promise.reject(cause)))
        )
      const admit = isReplicated ? yield* Bounds.make(connection, manager, settings) : Effect.succeed
      const append = Effect.fn("Queue.append")(function* (messages: ReadonlyArray<Message>) {
        if (messages.length === 0) return
        yield* Effect.forEach(yield* admit(messages), publish, { concurrency: inFlightMax, discard: true })
      })

      const take = Effect.fn("Queue.take")((options: TakeOptions) =>
        Effect.acquireUseRelease(
          Effect.try({
            try: () => new Pull(connection, `$JS.API.CONSUMER.MSG.NEXT.${name}.${channelOf(options)}`),
            catch: refusal(nats)
          }),
          (pull) =>
            gather(pull, options).pipe(
              Effect.map((deliveries) => {
                pull.keep(deliveries.length)
                released.forget(deliveries)
                return deliveries
              })
            ),
          (pull, exit) => (Exit.isSuccess(exit) ? Effect.void : pull.giveBack)
        )
      )

      const respond = (receipt: Receipt, word: string) => ask((timeout) => nats.request(receipt, word, { timeout }))
      const acknowledge = Effect.fn("Queue.acknowledge")((deliveries: ReadonlyArray<Delivery>) =>
        Effect.forEach(deliveries, ({ receipt }) => respond(receipt, "+ACK"), {
          concurrency: inFlightMax,
          discard: true
        }).pipe(Effect.andThen(Effect.sync(() => released.forget(deliveries))))
      )
      const release = Effect.fn("Queue.release")(function* (
        deliveries: ReadonlyArray<Delivery>,
        options: { readonly delay: Duration.Input }
      ) {
        const delay = Math.ceil(Duration.toMillis(options.delay))
        const word = delay > 0 ? `-NAK {"delay":${delay * 1_000_000}}` : "-NAK"
        yield* Effect.forEach(deliveries, ({ receipt }) => respond(receipt, word), { concurrency: inFlightMax })
        released.remember(deliveries, (yield* Clock.currentTimeMillis) + delay)
      })

      const depthOf = Effect.fnUntraced(function* (channel: string) {
        const [{ num_ack_pending, num_pending }, oldest] = yield* Effect.all(
          [
            ask(() => manager.consumers.info(name, channel)),
            ask(() => manager.streams.getMessage(name, firstOf(settings, channel)))
          ],
          { concurrency: 2 }
        )
        const isReleased = Math.min(num_ack_pending, released.count(channel, yield* Clock.currentTimeMillis))
        const counts = { waiting: num_pending + isReleased, taken: num_ack_pending - isReleased }
        return oldest === null ? counts : { ...counts, oldestAppendedAt: oldest.time.getTime() }
      })
      const depth = Effect.fn("Queue.depth")((topic: Topic, { lane }: Pick<TakeOptions, "lane"> = {}) =>
        Effect.map(Effect.forEach(channelsOf(topic, lane), depthOf, { concurrency: "unbounded" }), sumOfDepths)
      )

      const { bytesMax, messagesMax } = resolveLimits(settings)
      const check = Effect.gen(function* () {
        const { state } = yield* ask(() => manager.streams.info(name))
        if (state.messages >= messagesMax || state.bytes >= bytesMax) {
          return yield* new QueueUnavailable({ reason: "full" })
        }
      }).pipe(Effect.withSpan("Queue.check"))

      const fill = ask(() => manager.streams.info(name)).pipe(
        Effect.map(({ state }) => fillOf(state, settings)),
        Effect.withSpan("Queue.fill")
      )

      const { attend, leave } = yield* Takers.make(connection, settings)

      return {
        append,
        take,
        acknowledge,
        release,
        check,
        attend,
        leave,
        depth,
        fill,
        ackWait: Duration.millis(ackWait),
        knownFor
      }
    })
  )

/** The client passes on what its types do not know. *Source*: nats-architecture-and-design, ADR-31. */
const firstOf = (settings: Settings, channel: string) => ({ seq: 0, next_by_subj: subjectsOf(settings, channel) })

/** Waits for one message, then takes as many more as will fit. What it has when the server fails, it has. */
const gather = Effect.fnUntraced(function* (pull: Pull, options: TakeOptions) {
  while (!Array.isReadonlyArrayNonEmpty(pull.held)) yield* pull.first
  const fill = Effect.gen(function* () {
    for (let count = room(pull.held, options); count > 0; count = room(pull.held, options)) {
      const before = pull.held.length
      yield* pull.more(count)
      if (pull.held.length < before + count) return
    }
  })
  yield* Effect.ignore(fill)
  const [first, ...others] = pull.held.slice(0, fitting(pull.held, options)).map(delivery)
  return [first!, ...others] as const
})

/** A byte order mark belongs to the body. */
const text = new TextDecoder("utf-8", { ignoreBOM: true })

const delivery = (message: Msg): Delivery => {
  const receipt = receiptOf(message)
  const { appendedAt, attempt } = factsOf(receipt)
  const id = idIn(message.headers?.get("Nats-Msg-Id") ?? "")
  return { id, body: text.decode(message.data), appendedAt, attempt, receipt }
}
