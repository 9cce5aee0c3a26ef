import { Clock, Duration, Effect, Result, Schedule } from "effect"
import type { Scope } from "effect"
import { GroupCommit, refusal } from "./GroupCommit.ts"
import { type Limits, resolve } from "./Limits.ts"
import { channelsOf, type Delivery, type Message, sumOfDepths, type Topic } from "./Message.ts"
import type { Queue, TakeOptions } from "./Queue.ts"
import * as QueueFile from "./QueueFile.ts"
import * as Statements from "./Statements.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"
import { Signal } from "./Signal.ts"

export interface Settings extends Limits {
  /** Where `queue.sqlite` lives; made if missing. It must be a disk of this machine, never a network share. */
  readonly folder: string
  /** How often a waiting take looks for what other processes appended. Minimum 1 ms, default 25 ms. */
  readonly pollInterval?: Duration.Input
  /** How long a write may wait for the other processes' writes; it blocks the event loop. Default 5 s. */
  readonly busyWait?: Duration.Input
  /**
   * Bytes of the disk that appends leave free, so that what is kept can be taken and acknowledged, which writes too: a full
   * disk would keep its messages for ever. Minimum 0, default 64 MiB. It keeps nothing from others who fill the disk.
   */
  readonly freeBytesMin?: number
}

const freeBytesMin = 64 * 1024 ** 2

/**
 * The queue in a SQLite file in WAL mode, which any number of processes of one machine share.
 *
 * An append that cannot be kept whole, because the queue or the disk is full, keeps nothing. Ids are forgotten at acknowledgement.
 * *Fails* with `io` when the file cannot be opened.
 * *Source*: ADR 0006.
 */
export const make: (settings: Settings) => Effect.Effect<Queue["Service"], QueueUnavailable, Scope.Scope> =
  Effect.fnUntraced(function* (settings) {
    const limits = resolve(settings)
    const pollInterval = settings.pollInterval ?? "25 millis"
    const database = yield* Effect.acquireRelease(open(settings), (opened) => Effect.sync(() => opened.close()))
    const room = QueueFile.room(database, settings.folder, settings.freeBytesMin ?? freeBytesMin)
    const file = Statements.make(database, limits, room)
    const signal = new Signal()
    const commits = yield* Effect.acquireRelease(
      Effect.sync(() => new GroupCommit(database)),
      (group) =>
        Effect.sync(() => {
          group.close()
          signal.ring()
        })
    )

    const append = Effect.fn("Queue.append")(function* (messages: ReadonlyArray<Message>) {
      if (messages.length === 0) return
      const now = yield* Clock.currentTimeMillis
      yield* commits.write(() => file.append(messages, now))
      signal.ring()
    })

    const look = Effect.fnUntraced(function* (options: TakeOptions) {
      const now = yield* Clock.currentTimeMillis
      // An idle taker reads only: it takes no lock and causes no flush.
      const isDue = yield* commits.read(() => file.isDue(options, now))
      return isDue ? yield* commits.write(() => Result.succeed(file.take(options, now))) : []
    })

    const take = Effect.fn("Queue.take")((options: TakeOptions) => signal.until(look(options), pollInterval))

    const acknowledge = Effect.fn("Queue.acknowledge")((deliveries: ReadonlyArray<Delivery>) =>
      deliveries.length === 0 ? Effect.void : commits.write(() => Result.succeed(file.acknowledge(deliveries)))
    )

    const release = Effect.fn("Queue.release")(function* (
      deliveries: ReadonlyArray<Delivery>,
      options: { readonly delay: Duration.Input }
    ) {
      if (deliveries.length === 0) return
      const now = yield* Clock.currentTimeMillis
      const visibleAt = now + Math.ceil(Duration.toMillis(options.delay))
      yield* commits.write(() => Result.succeed(file.release(deliveries, visibleAt, now)))
      signal.ring()
    })

    const depth = Effect.fn("Queue.depth")(function* (topic: Topic, { lane }: Pick<TakeOptions, "lane"> = {}) {
      const now = yield* Clock.currentTimeMillis
      return yield* commits.read(() =>
        sumOfDepths(channelsOf(topic, lane).map((channel) => file.measure(channel, now)))
      )
    })

    const check = commits.write(() => file.check()).pipe(Effect.withSpan("Queue.check"))

    const attend = Effect.fn("Queue.attend")(function* (taker: string) {
      const now = yield* Clock.currentTimeMillis
      return yield* commits.write(() => Result.succeed(file.attend(taker, now)))
    })

    const leave = Effect.fn("Queue.leave")((taker: string) => commits.write(() => Result.succeed(file.leave(taker))))

    const fill = commits.read(() => file.fill()).pipe(Effect.withSpan("Queue.fill"))

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
  })

/** Two processes that make the same new file at once can refuse each other without waiting, so it is tried again. */
const open = ({ busyWait = "5 seconds", folder }: Settings) =>
  Effect.try({ try: () => QueueFile.open(folder, Duration.toMillis(busyWait)), catch: refusal }).pipe(
    Effect.retry(Schedule.spaced("20 millis").pipe(Schedule.upTo({ times: 10 })))
  )
