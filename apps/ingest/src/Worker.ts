import { Intake } from "@spoor/contracts"
import { type Activity, type Ids, type Ledger, OrderBook, type Rules } from "@spoor/domain"
import { Activities, Intakes, type Place, SessionEvents, Sessions, Sites, type Tally } from "@spoor/postgres"
import { type Delivery, Queue, type QueueUnavailable } from "@spoor/queue"
import { Clock, Context, Duration, Effect, Exit, Layer, Schedule, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import * as Settlement from "./Settlement.ts"

/** The most queue messages, and bytes of them, that one transaction takes. */
const batchMessagesMax = 64
const batchBytesMax = 8 * 1024 * 1024

/** The most visitors that one round of the schedule settles. */
const dueVisitorsMax = 200

interface Batch {
  readonly delivery: Delivery
  readonly intake: Intake.Intake
}

const decodeIntake = Schema.decodeUnknownEffect(Intake.IntakeFromText)

/**
 * The only writer of the log tables: takes batches from the queue, asks the domain, writes activity, sessions and
 * outcomes in one transaction, then acknowledges. Doing a batch twice changes nothing.
 */
export class Worker extends Context.Service<
  Worker,
  {
    /** Takes and writes one round of batches; waits for the first. Gives the number of messages acknowledged. */
    readonly once: Effect.Effect<number, QueueUnavailable>
    /** Emits what is due; gives the number of visitors settled, 0 when nothing was due. */
    readonly emitDue: Effect.Effect<number, SqlError.SqlError>
    /** Both for ever: failures that may pass are logged and tried again. */
    readonly run: Effect.Effect<never>
  }
>()("@spoor/ingest/Worker") {
  static readonly layer = Layer.effect(
    Worker,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const queue = yield* Queue
      const activities = yield* Activities
      const intakes = yield* Intakes
      const sessions = yield* Sessions
      const sessionEvents = yield* SessionEvents
      const sites = yield* Sites

      const settle = Effect.fn("Worker.settle")(function* (
        place: Place,
        rules: Rules.Rules,
        visitorIds: ReadonlyArray<Ids.VisitorId>,
        fresh: ReadonlyArray<Activity.Activity>
      ) {
        const now = yield* Clock.currentTimeMillis
        const stored = yield* activities.ofVisitors(place, visitorIds)
        const orderIds = orderIdsOf([...stored.map(({ activity }) => activity), ...fresh])
        const otherPages = yield* activities.pagesOfOthers(place, orderIds, visitorIds)
        const standing = yield* sessionEvents.standing(place, visitorIds)
        const settlement = Settlement.settle(rules, { stored, fresh, otherPages, standing }, now)

        yield* sessions.remove(place, settlement.bridged)
        const numbers = yield* sessions.write(place, settlement.sessions)
        const members = Settlement.membership(settlement.sessions, numbers)
        yield* activities.insert(
          place,
          fresh.map((activity) => ({ activity, sessionNo: members.get(activity.id)! }))
        )
        const moves = Settlement.moves(stored, members)
        yield* activities.move(place, moves)
        if (moves.length > 0) yield* sessionEvents.follow(place, distinct(stored.map(({ sessionNo }) => sessionNo)))
        yield* writeLedger(place, rules, settlement.changes, members, now)
      })

      const writeLedger = Effect.fn("Worker.writeLedger")(function* (
        place: Place,
        rules: Rules.Rules,
        changes: ReadonlyArray<Ledger.Change>,
        members: ReadonlyMap<Ids.EventId, number>,
        now: number
      ) {
        // A key is free for its next row only once the former one is superseded.
        yield* sessionEvents.mark(
          place,
          changes.filter((change) => change._tag === "Supersede"),
          now
        )
        const emissions = changes
          .filter((change) => change._tag === "Emit")
          .map((change) => Settlement.emission(rules, change, members))
        yield* sessionEvents.emit(place, emissions, now)
        const amendments = changes.filter((change) => change._tag === "Amend")
        yield* sessionEvents.mark(place, amendments, now)
      })

      /** One site's batches of one round, in one transaction. */
      const write = Effect.fn("Worker.write")(function* (place: Place, batches: ReadonlyArray<Batch>) {
        const entered = yield* intakes.enter(
          place.unitId,
          batches.map(({ delivery }) => delivery.id)
        )
        const intake = batches.filter(({ delivery }) => entered.has(delivery.id)).map(({ intake }) => intake)
        if (intake.length === 0) return
        const rules = yield* sites.rules(place)
        const arrived = intake.flatMap(({ activities }) => activities)
        const visitorIds = yield* activities.lock(place, {
          orderIds: orderIdsOf(arrived),
          visitors: arrived.map(({ visitorId, occurredAt }) => ({ id: visitorId, at: occurredAt }))
        })
        const known = yield* activities.known(
          place,
          arrived.map(({ id }) => id)
        )
        const fresh = firstOfEach(arrived, known)
        if (fresh.length > 0) yield* settle(place, rules, visitorIds, fresh)
        yield* intakes.count(place, tally(intake, fresh.length), yield* Clock.currentTimeMillis)
      })

      const transact = <A>(effect: Effect.Effect<A, SqlError.SqlError>) =>
        sql.withTransaction(effect).pipe(Effect.retry({ while: isConflict, schedule: conflictRetry, times: 8 }))

      /** All of a site's batches at once; where that fails for good, each by itself, so that one harms only itself. */
      const writeOrIsolate = Effect.fn("Worker.writeOrIsolate")(function* (
        place: Place,
        batches: ReadonlyArray<Batch>
      ) {
        const together = yield* Effect.exit(transact(write(place, batches)))
        if (Exit.isSuccess(together)) return batches
        const alone = yield* Effect.forEach(batches, (batch) =>
          transact(write(place, [batch])).pipe(
            Effect.as([batch]),
            Effect.catchCause((cause) =>
              Effect.logError(
                "A batch could not be written; it stays in the queue",
                { batch: batch.delivery.id },
                cause
              ).pipe(Effect.as<ReadonlyArray<Batch>>([]))
            )
          )
        )
        return alone.flat()
      })

      const once = Effect.gen(function* () {
        const deliveries = yield* queue.take({
          topic: "activity",
          messagesMax: batchMessagesMax,
          bytesMax: batchBytesMax
        })
        const batches = (yield* Effect.forEach(deliveries, decode)).flat()
        const written: Array<Batch> = []
        for (const [place, group] of bySite(batches)) written.push(...(yield* writeOrIsolate(place, group)))
        yield* queue.acknowledge(written.map(({ delivery }) => delivery))
        return written.length
      })

      const emitDue = Effect.gen(function* () {
        const due = yield* sessions.due(yield* Clock.currentTimeMillis, dueVisitorsMax)
        if (due === null) return 0
        yield* transact(
          Effect.andThen(activities.lockKnown(due, due.visitorIds), settle(due, due.rules, due.visitorIds, []))
        )
        return due.visitorIds.length
      })

      const drain = once.pipe(patiently("The queue or the database does not answer; trying again"), Effect.forever)
      const watch = emitDue.pipe(
        patiently("Due outcomes could not be emitted; trying again"),
        Effect.tap((settled) => (settled === 0 ? Effect.sleep(duePause) : Effect.void)),
        Effect.forever
      )
      const run = Effect.andThen(Effect.all([drain, watch], { concurrency: 2 }), Effect.never)

      return Worker.of({ once, emitDue, run })
    })
  )
}

const duePause = Duration.seconds(1)
const conflictRetry = Schedule.jittered(Schedule.exponential("20 millis"))
const patience = Schedule.jittered(Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")]))

/** Tries for ever what may pass: PostgreSQL restarting, a full disk being emptied. */
const patiently =
  (message: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    effect.pipe(
      Effect.tapError((error) => Effect.logWarning(message, error)),
      Effect.retry(patience),
      Effect.orDie
    )

/** Two workers met: the loser's transaction was rolled back whole and may run again. */
const isConflict = ({ reason }: SqlError.SqlError): boolean =>
  reason._tag === "DeadlockError" || reason._tag === "SerializationError" || reason._tag === "UniqueViolation"

/** A message that is no intake is kept for inspection: it is never acknowledged, and said in the log each time. */
const decode = (delivery: Delivery): Effect.Effect<ReadonlyArray<Batch>> =>
  decodeIntake(delivery.body).pipe(
    Effect.map((intake) => [{ delivery, intake }]),
    Effect.catch((error) =>
      Effect.logError("A queue message is no batch; it stays in the queue", { message: delivery.id }, error).pipe(
        Effect.as<ReadonlyArray<Batch>>([])
      )
    )
  )

const bySite = (batches: ReadonlyArray<Batch>): ReadonlyArray<readonly [Place, ReadonlyArray<Batch>]> =>
  [...Map.groupBy(batches, ({ intake }) => `${intake.unitId}:${intake.siteId}`).values()].map(
    (group) => [{ unitId: group[0]!.intake.unitId, siteId: group[0]!.intake.siteId }, group] as const
  )

const orderIdsOf = (activities: ReadonlyArray<Activity.Activity>): ReadonlyArray<Ids.OrderId> =>
  distinct(activities.flatMap((activity) => OrderBook.reportOf(activity)?.orderId ?? []))

/** The first of each event ID that the site does not have yet. */
const firstOfEach = (
  arrived: ReadonlyArray<Activity.Activity>,
  known: ReadonlySet<string>
): ReadonlyArray<Activity.Activity> => {
  const seen = new Set<string>(known)
  return arrived.filter(({ id }) => !seen.has(id) && seen.add(id))
}

const tally = (intakes: ReadonlyArray<Intake.Intake>, stored: number): Tally => {
  const sum = (count: (intake: Intake.Intake) => number) => intakes.reduce((total, intake) => total + count(intake), 0)
  return {
    stored,
    duplicate: sum(({ activities, duplicates }) => activities.length + duplicates) - stored,
    rejected: sum(({ rejected }) => rejected)
  }
}

const distinct = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> => [...new Set(values)]
