import { blameOf, DeadLetters } from "@spoor/postgres"
import { type Delivery, Queue, type QueueUnavailable, type TakeOptions, type Topic } from "@spoor/queue"
import { Cause, Clock, Context, Duration, Effect, Exit, Layer, Option, Schema } from "effect"
import { SqlError } from "effect/sql"
import * as Metrics from "./Metrics.ts"

/** A message and what it says. */
export interface Batch<Intake> {
  readonly delivery: Delivery
  readonly intake: Intake
}

/** How the messages of a topic are done. */
export interface Work<Intake> extends TakeOptions {
  readonly decode: (body: string) => Effect.Effect<Intake, Schema.SchemaError>
  /** Whatever has the same key is written together. */
  readonly keyOf: (intake: Intake) => string
  /** Fails where something is left unwritten. Doing it twice changes nothing. */
  readonly write: (batches: ReadonlyArray<Batch<Intake>>) => Effect.Effect<unknown, SqlError.SqlError>
}

export interface Settings {
  /** How often a message may fail for its own sake until it is put aside. Minimum 1, default 5. */
  readonly triesMax?: number
  /** The pause after its first failure; each further one is four times as long. Default 1 s, so 85 s in all. */
  readonly firstPause?: Duration.Input
}

/** Messages that have been taken, and read as far as they can be. */
interface Round<Intake> {
  readonly deliveries: ReadonlyArray<Delivery>
  /** More is surely waiting. */
  readonly isFull: boolean
  /** *Units*: UTC milliseconds. */
  readonly heldUntil: number
  readonly batches: ReadonlyArray<Batch<Intake>>
  readonly unreadable: ReadonlyMap<Delivery, Failure>
}

/** What became of a message; one without a fate was not come to. */
type Fate = "written" | "dead" | "waits"

type Failure = Cause.Cause<SqlError.SqlError | Schema.SchemaError | string>

/** What a letter says whose last try had no end: the process, the machine or the connection went down with it. */
const unended = Cause.fail("The worker ended while it was at this message.")

/** A failure that was not the message's own. */
const uncounted = { tries: 1, isDead: false }

/**
 * Rounds begin small, and grow and shrink to last about as long as this: what is taken is held for two of them, and others get it
 * after 10 s (`ackWait`).
 */
const longRound = Duration.seconds(2)

/** *Units*: messages. */
const firstRound = 40

/** The part of an error that is kept. *Units*: characters. */
const errorMax = 2_000

/**
 * One round of a worker: takes messages, writes them, and acknowledges what was written or put aside as a dead letter.
 *
 * A message that cannot be read or written harms nobody but itself. Only a failure of its own counts against it: a database
 * that is away ends the round instead, with everything given back.
 * *Source*: ADR 0027.
 */
export class Rounds extends Context.Service<
  Rounds,
  {
    /** Waits for the first message. Gives the number of messages acknowledged. *Fails* when the database is away. */
    readonly once: <Intake>(work: Work<Intake>) => Effect.Effect<number, QueueUnavailable | SqlError.SqlError>
    /**
     * The same for whoever does one round after the other: while a full one is being written, the next one is taken and read,
     * which a failure gives back, too. Rounds are as large as they can be without lasting long, so that nothing is held for long.
     */
    readonly inARow: <Intake>(work: Work<Intake>) => Effect.Effect<number, QueueUnavailable | SqlError.SqlError>
  }
>()("@spoor/ingest/Rounds") {
  static readonly layerOf = (settings: Settings) =>
    Layer.effect(
      Rounds,
      Effect.suspend(() => make(settings))
    )
  static readonly layer = Rounds.layerOf({})
}

const make = Effect.fnUntraced(function* ({ triesMax = 5, firstPause = "1 second" }: Settings) {
  const queue = yield* Queue
  const deadLetters = yield* DeadLetters
  const pauseAfter = (tries: number) =>
    Duration.times(Duration.fromInputUnsafe(firstPause), 4 ** (Math.min(tries, triesMax) - 1))

  const once = <Intake>(work: Work<Intake>) => Effect.flatMap(begin(work), (round) => finish(work, round))

  const inARow = <Intake>(work: Work<Intake>) => {
    let messagesMax = Math.min(firstRound, work.messagesMax)
    let ahead: Round<Intake> | undefined
    const begun = Effect.suspend(() => begin({ ...work, messagesMax }))
    const takeAhead = Effect.map(begun, (round) => void (ahead = round))
    return Effect.gen(function* () {
      const round = ahead ?? (yield* begun)
      ahead = undefined
      const [[took, done]] = yield* Effect.all(
        [Effect.timed(finish(work, round)), round.isFull ? takeAhead : Effect.void],
        { concurrency: "unbounded" }
      )
      if (Duration.isGreaterThan(took, longRound)) messagesMax = Math.ceil(messagesMax / 2)
      else if (round.isFull && Duration.isLessThan(Duration.times(took, 2), longRound)) {
        messagesMax = Math.min(messagesMax * 2, work.messagesMax)
      }
      return done
    }).pipe(
      Effect.onError(() => {
        const left = ahead?.deliveries ?? []
        ahead = undefined
        return giveBack(left)
      })
    )
  }

  const begin = Effect.fnUntraced(function* <Intake>(work: Work<Intake>) {
    const deliveries = yield* queue.take(work)
    const heldUntil = (yield* Clock.currentTimeMillis) + Duration.toMillis(queue.ackWait)
    const read = Effect.onInterrupt(readAll(work, deliveries), () => giveBack(deliveries))
    return { ...(yield* read), heldUntil } satisfies Round<Intake>
  })

  const readAll = Effect.fnUntraced(function* <Intake>(work: Work<Intake>, deliveries: ReadonlyArray<Delivery>) {
    const batches: Array<Batch<Intake>> = []
    const unreadable = new Map<Delivery, Failure>()
    for (const delivery of deliveries) {
      const intake = yield* Effect.exit(work.decode(delivery.body))
      if (Exit.isSuccess(intake)) batches.push({ delivery, intake: intake.value })
      else unreadable.set(delivery, intake.cause)
      // The round before is being written meanwhile.
      yield* Effect.yieldNow
    }
    const isFull = deliveries.length === work.messagesMax
    return { deliveries, isFull, batches, unreadable }
  })

  /** Late is harmless: what is not given back comes again after `ackWait`. */
  const giveBack = (deliveries: ReadonlyArray<Delivery>) => Effect.ignore(queue.release(deliveries, { delay: 0 }))

  const finish = Effect.fnUntraced(function* <Intake>(work: Work<Intake>, round: Round<Intake>) {
    const { deliveries } = round
    const fates = new Map<Delivery, Fate>()
    const exit = yield* Effect.exit(run(work, round, fates))
    const finished = deliveries.filter(
      (delivery) => fates.get(delivery) === "written" || fates.get(delivery) === "dead"
    )
    yield* queue.acknowledge(finished)
    const left = deliveries.filter((delivery) => !fates.has(delivery))
    yield* queue.release(left, { delay: 0 })
    yield* exit
    return finished.length
  })

  const run = Effect.fnUntraced(function* <Intake>(
    work: Work<Intake>,
    { batches, heldUntil, unreadable }: Round<Intake>,
    fates: Map<Delivery, Fate>
  ) {
    const fresh = batches.filter(({ delivery }) => !hasComeAgain(delivery))
    for (const group of Map.groupBy(fresh, ({ intake }) => work.keyOf(intake)).values()) {
      yield* writeOrIsolate(work, group, fates)
    }
    const again = batches.filter(({ delivery }) => hasComeAgain(delivery))
    for (const [index, batch] of again.entries()) {
      // Somebody else has the rest by now, and a try that is counted after theirs would be nobody's to take back.
      if (index > 0 && (yield* Clock.currentTimeMillis) >= heldUntil) break
      yield* writeAgain(work, batch, fates)
    }
    for (const [delivery, cause] of unreadable) fates.set(delivery, yield* fail(work.topic, delivery, cause))
  })

  /**
   * Whoever had it before never said what became of it, and it may have been his end: so it is done alone, and its try is
   * counted before it is made. One that has used up its tries in this way is not tried again.
   */
  const writeAgain = Effect.fnUntraced(function* <Intake>(
    work: Work<Intake>,
    batch: Batch<Intake>,
    fates: Map<Delivery, Fate>
  ) {
    const { delivery } = batch
    const { isDead, tries } = yield* count(work.topic, delivery, unended, triesMax + 1)
    if (isDead) {
      yield* pardon(work.topic, delivery)
      return void fates.set(delivery, yield* putAside(work.topic, delivery, tries - 1, unended))
    }
    yield* Effect.onError(writeOrIsolate(work, [batch], fates), () => Effect.ignore(pardon(work.topic, delivery)))
    if (fates.get(delivery) === "written") yield* deadLetters.forget([nameOf(work.topic, delivery)])
  })

  /** All at once; where that fails, each by itself, so that one harms only itself. */
  const writeOrIsolate = <Intake>(
    work: Work<Intake>,
    batches: ReadonlyArray<Batch<Intake>>,
    fates: Map<Delivery, Fate>
  ): Effect.Effect<void, QueueUnavailable | SqlError.SqlError> =>
    Effect.matchCauseEffect(Metrics.writing(work.topic, batches.length, work.write(batches)), {
      onSuccess: () => Effect.sync(() => batches.forEach(({ delivery }) => fates.set(delivery, "written"))),
      onFailure: (cause) => {
        const [first, ...others] = batches
        if (first === undefined || isOver(cause)) return Effect.failCause(cause)
        if (others.length > 0) {
          return Effect.forEach(batches, (batch) => writeOrIsolate(work, [batch], fates), { discard: true })
        }
        const { delivery } = first
        return (hasComeAgain(delivery) ? pardon(work.topic, delivery) : Effect.void).pipe(
          Effect.andThen(fail(work.topic, delivery, cause)),
          Effect.map((fate) => void fates.set(delivery, fate))
        )
      }
    })

  /** What becomes of a message that failed alone. */
  const fail = Effect.fnUntraced(function* (topic: Topic, delivery: Delivery, cause: Failure) {
    const { isDead, tries } = blame(cause) === "values" ? yield* count(topic, delivery, cause, triesMax) : uncounted
    if (isDead) return yield* putAside(topic, delivery, tries, cause)
    const facts = { topic, messageId: delivery.id, tries }
    yield* Effect.logWarning("A message could not be read or written; it is tried again", facts, ...told(cause))
    yield* queue.release([delivery], { delay: pauseAfter(tries) })
    return "waits" as const
  })

  const putAside = (topic: Topic, { id }: Delivery, tries: number, cause: Failure) =>
    Effect.as(
      Effect.logError("A message was put aside as a dead letter", { topic, messageId: id, tries }, ...told(cause)),
      "dead" as const
    )

  /** What was counted before it was made is taken back; what failed for the message's own sake is counted then. */
  const pardon = (topic: Topic, delivery: Delivery) => deadLetters.pardon(nameOf(topic, delivery))

  const count = Effect.fnUntraced(function* (topic: Topic, delivery: Delivery, cause: Failure, triesMax: number) {
    const failed = { ...nameOf(topic, delivery), body: delivery.body, error: errorOf(cause) }
    const failedAt = yield* Clock.currentTimeMillis
    return yield* deadLetters.add({ ...failed, appendedAt: delivery.appendedAt, failedAt }, triesMax).pipe(
      Effect.catchIf(
        (error) => blameOf(error) !== "server",
        (error) =>
          Effect.as(Effect.logError("A failed message cannot be put aside", error), { ...uncounted, tries: triesMax })
      )
    )
  })

  return Rounds.of({ once, inARow })
})

/** Once is most often somebody else's doing, a worker that was stopped or a database that went away: then it comes with the others. */
const hasComeAgain = ({ attempt }: Delivery): boolean => attempt > 2

/** A program error counts too: it comes with what is in the message. */
const blame = (cause: Cause.Cause<unknown>) => {
  const error = Cause.squash(cause)
  return error instanceof SqlError.SqlError ? blameOf(error) : "values"
}

/** Nothing more can be done in this round. */
const isOver = (cause: Cause.Cause<unknown>): boolean => Cause.hasInterrupts(cause) || blame(cause) === "server"

const nameOf = (topic: Topic, { body, id }: Delivery) => ({ unitId: unitIdOf(body), topic, messageId: id })

const Named = Schema.fromJsonString(
  Schema.Struct({ unitId: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2 ** 31 - 1 })) })
)
const decodeNamed = Schema.decodeUnknownOption(Named)

/** The unit of a body that cannot be read otherwise, if it says so. */
const unitIdOf = (body: string): number | null =>
  Option.match(decodeNamed(body), { onNone: () => null, onSome: ({ unitId }) => unitId })

/** *Shape*: kind and message; PostgreSQL's details, which repeat whole rows, are not in it. */
const errorOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  if (error instanceof SqlError.SqlError) return cut(`${error.reason._tag}: ${error.message}`)
  return cut(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
}

/** For the log, which must not hold what was sent: a decoder quotes it, and only the letter keeps that. */
const told = (cause: Cause.Cause<unknown>): ReadonlyArray<unknown> =>
  Schema.isSchemaError(Cause.squash(cause)) ? [{ reason: "unreadable" }] : [cause]

const cut = (text: string): string => text.slice(0, errorMax)
