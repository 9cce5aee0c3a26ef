import { Clock, Duration, Effect } from "effect"
import type { Scope } from "effect"
import { Faults } from "./Faults.ts"
import { type Limits, resolve } from "./Limits.ts"
import { MemoryStore } from "./MemoryStore.ts"
import type { Delivery, Message, Topic } from "./Message.ts"
import type { Queue, TakeOptions } from "./Queue.ts"
import { QueueUnavailable } from "./QueueUnavailable.ts"
import { Signal } from "./Signal.ts"

export interface Settings extends Limits {
  /** What goes wrong; default nothing. */
  readonly faults?: Faults
}

/**
 * The queue in memory, deterministic: all time is the Clock's, so that TestClock drives it.
 *
 * It lasts as long as its scope and is as durable as that.
 */
export const make: (settings: Settings) => Effect.Effect<Queue["Service"], never, Scope.Scope> = Effect.fnUntraced(
  function* (settings) {
    const faults = settings.faults ?? new Faults()
    const limits = resolve(settings)
    const store = new MemoryStore(limits)
    const signal = new Signal()
    let isClosed = false
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        isClosed = true
        signal.ring()
      })
    )

    /** The instant at which the operation happens, after the delay that faults ask for. */
    const arrive = Effect.gen(function* () {
      yield* faults.slow
      if (isClosed) return yield* new QueueUnavailable({ reason: "closed" })
      return yield* Clock.currentTimeMillis
    })

    const append = Effect.fn("Queue.append")(function* (messages: ReadonlyArray<Message>) {
      if (messages.length === 0) return
      const now = yield* arrive
      const fault = faults.nextAppend()
      if (fault && !fault.isKept) return yield* new QueueUnavailable({ reason: fault.reason })
      if (!store.append(messages, now, faults.isFull)) return yield* new QueueUnavailable({ reason: "full" })
      signal.ring()
      if (fault) return yield* new QueueUnavailable({ reason: fault.reason })
    })

    const take = Effect.fn("Queue.take")((options: TakeOptions) =>
      signal.until(
        Effect.map(arrive, (now) => store.take(options, now, () => faults.isDeliveryDoubled())),
        lookInterval
      )
    )

    const acknowledge = Effect.fn("Queue.acknowledge")(function* (deliveries: ReadonlyArray<Delivery>) {
      if (deliveries.length === 0) return
      yield* arrive
      if (!faults.isAcknowledgementLost()) store.acknowledge(deliveries)
    })

    const release = Effect.fn("Queue.release")(function* (
      deliveries: ReadonlyArray<Delivery>,
      options: { readonly delay: Duration.Input }
    ) {
      if (deliveries.length === 0) return
      const now = yield* arrive
      store.release(deliveries, now + Math.ceil(Duration.toMillis(options.delay)), now)
      signal.ring()
    })

    const depth = Effect.fn("Queue.depth")((topic: Topic, { lane }: Pick<TakeOptions, "lane"> = {}) =>
      Effect.map(arrive, (now) => store.depth(topic, lane, now))
    )

    const check = Effect.gen(function* () {
      yield* arrive
      if (!store.hasRoom(faults.isFull)) return yield* new QueueUnavailable({ reason: "full" })
    })

    const attend = Effect.fn("Queue.attend")((taker: string) => Effect.map(arrive, (now) => store.attend(taker, now)))
    const leave = Effect.fn("Queue.leave")((taker: string) => Effect.map(arrive, () => store.leave(taker)))

    const fill = Effect.map(arrive, () => store.fill(faults.isFull))

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
      ackWait: Duration.millis(limits.ackWait),
      knownFor: Duration.zero
    }
  }
)

/** How soon a waiting take notices that the wait of somebody else's delivery is over. */
const lookInterval = "25 millis"
