import { Intake } from "@spoor/contracts"
import type { Activity, Ids } from "@spoor/domain"
import {
  Activities,
  DeadLetters,
  Identifications,
  Intakes,
  type Place,
  RejectedItems,
  type Seen,
  Sessions,
  Sites,
  Statistics,
  type Tally
} from "@spoor/postgres"
import { lanes, Queue, type QueueUnavailable } from "@spoor/queue"
import { Clock, Context, Duration, Effect, FiberMap, Layer, Schedule, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { randomUUID } from "node:crypto"
import * as Job from "./Job.ts"
import { type Part, partsOf } from "./Lanes.ts"
import { type Batch, Rounds, type Work } from "./Rounds.ts"
import { orderIdsOf, Settler } from "./Settler.ts"
import * as Metrics from "./Metrics.ts"
import * as Trace from "./Trace.ts"

/** The most queue messages, and bytes of them, that one round of a lane takes. */
const batchMessagesMax = 320
const batchBytesMax = 8 * 1024 * 1024

/** The most visitors that one round of the schedule settles. */
const dueVisitorsMax = 200

/** What a batch holds for the log tables. */
export type Items = Pick<Intake.Intake, "activities" | "identifications">

const decodeIntake = Schema.decodeUnknownEffect(Intake.IntakeFromText)

/**
 * The only writer of the log tables: takes batches from the queue, asks the domain, writes activity, sessions and
 * outcomes in one transaction, then acknowledges. Doing a batch twice changes nothing.
 */
export class Worker extends Context.Service<
  Worker,
  {
    /** Takes and writes one round of every lane that has something; waits for the first. Gives the number of messages acknowledged. */
    readonly once: Effect.Effect<number, QueueUnavailable | SqlError.SqlError>
    /** Writes items inside the caller's transaction; gives how many of them the site did not have before. */
    readonly write: (place: Place, items: ReadonlyArray<Items>) => Effect.Effect<number, SqlError.SqlError>
    /** Runs a transaction; again, when it met another one. */
    readonly transact: <A>(effect: Effect.Effect<A, SqlError.SqlError>) => Effect.Effect<A, SqlError.SqlError>
    /** Emits what is due; gives the number of visitors settled, 0 when nothing was due. */
    readonly emitDue: Effect.Effect<number, SqlError.SqlError>
    /** Both for ever, and the purge: failures that may pass are logged and tried again. */
    readonly run: Effect.Effect<never>
  }
>()("@spoor/ingest/Worker") {
  static readonly layer = Layer.effect(
    Worker,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const activities = yield* Activities
      const deadLetters = yield* DeadLetters
      const identifications = yield* Identifications
      const intakes = yield* Intakes
      const queue = yield* Queue
      const rejectedItems = yield* RejectedItems
      const rounds = yield* Rounds
      const sessions = yield* Sessions
      const settler = yield* Settler
      const sites = yield* Sites
      const statistics = yield* Statistics

      /** What one site's batches of one round and day have, in one transaction. */
      const writeParts = Effect.fn("Worker.writeParts")(function* (parts: ReadonlyArray<Part>) {
        const { siteId, unitId } = parts[0]!.intake
        const place: Place = { unitId, siteId }
        const entered = yield* intakes.enter(
          unitId,
          parts.map(({ entry }) => entry)
        )
        const fresh = parts.filter(({ entry }) => entered.has(entry))
        if (fresh.length === 0) return 0
        const stored = yield* write(
          place,
          fresh.map(({ intake }) => intake)
        )
        yield* rejectedItems.add(
          place,
          fresh.map(({ entry, intake }) => ({ ...intake, id: entry }))
        )
        const tally = tallyOf(fresh, stored)
        yield* intakes.count(place, "activity", tally, fresh[0]!.intake.receivedAt)
        return stored
      })

      const write = Effect.fn("Worker.write")(function* (place: Place, items: ReadonlyArray<Items>) {
        const rules = yield* sites.rules(place)
        const arrived = items.flatMap(({ activities }) => activities)
        const named = items.flatMap(({ identifications }) => identifications)
        if (arrived.length + named.length === 0) return 0
        const held = yield* settler.hold(place, {
          orderIds: orderIdsOf(arrived),
          emails: distinct([...arrived, ...named].flatMap(({ email }) => email ?? [])),
          visitors: seenIn([...arrived, ...named])
        })
        const known = yield* activities.known(
          place,
          arrived.map(({ id }) => id)
        )
        const fresh = firstOfEach(arrived, known)
        const identified = yield* identifications.add(place, named)
        if (fresh.length + identified.size > 0) yield* settler.settle(place, rules, held, fresh)
        return fresh.length + identified.size
      })

      const transact = <A>(effect: Effect.Effect<A, SqlError.SqlError>) =>
        sql.withTransaction(Effect.andThen(statistics.planned, effect)).pipe(
          Effect.tapError((error) => (isConflict(error) ? Metrics.conflicted : Effect.void)),
          Effect.retry({ while: isConflict, schedule: conflictRetry, times: 8 })
        )

      const writeBatches = Effect.fn("Worker.writeBatches")(function* (batches: ReadonlyArray<Batch<Intake.Intake>>) {
        yield* Trace.follow(batches.map(({ delivery }) => delivery.id))
        // What a door shared out is one part; what was appended otherwise, a replayed letter, may be several.
        const parts = batches.flatMap(({ delivery, intake }) => partsOf(delivery.id, intake))
        yield* Effect.flatMap(transact(writeParts(parts)), statistics.grew)
      })

      const workOf = (lane: number): Work<Intake.Intake> => ({
        topic: "activity",
        lane,
        messagesMax: batchMessagesMax,
        bytesMax: batchBytesMax,
        decode: decodeIntake,
        keyOf: siteAndDayOf,
        write: writeBatches
      })
      const once = Effect.gen(function* () {
        for (;;) {
          const filled = yield* Effect.filter(allLanes, (lane) =>
            Effect.map(queue.depth("activity", { lane }), ({ waiting }) => waiting > 0)
          )
          const done = yield* Effect.forEach(filled, (lane) => rounds.once(workOf(lane)))
          if (filled.length > 0) return done.reduce((sum, count) => sum + count, 0)
          yield* Effect.sleep(lanePause)
        }
      })

      const emitDue = Effect.gen(function* () {
        const due = yield* sessions.due(yield* Clock.currentTimeMillis, dueVisitorsMax)
        if (due === null) return 0
        yield* transact(
          Effect.gen(function* () {
            const rules = yield* sites.rules(due)
            yield* settler.settle(due, rules, yield* settler.holdKnown(due, due.visitorIds), [])
          })
        )
        return due.visitorIds.length
      })

      const drain = (lane: number) =>
        rounds
          .inARow(workOf(lane))
          .pipe(Job.patiently("The queue or the database does not answer; trying again"), Effect.forever)

      /** Takes the lanes that are this worker's among those that are there, for as long as they are. Two at one lane do no harm. */
      const takeLanes = Effect.gen(function* () {
        const name = randomUUID()
        yield* Effect.addFinalizer(() => Effect.ignore(queue.leave(name)))
        const taken = yield* FiberMap.make<number, never, never>()
        const share = Effect.gen(function* () {
          const workers = yield* queue.attend(name)
          for (const lane of allLanes) {
            if (workers[lane % workers.length] === name) {
              yield* FiberMap.run(taken, lane, drain(lane), { onlyIfMissing: true })
            } else yield* FiberMap.remove(taken, lane)
          }
        }).pipe(Job.patiently("The queue does not answer; trying again"))
        return yield* Effect.raceFirst(
          FiberMap.join(taken),
          Effect.forever(Effect.andThen(share, Effect.sleep(attendPause)))
        )
      }).pipe(Effect.scoped)
      const watch = Job.steadily("Due outcomes could not be emitted; trying again", duePause)(emitDue)
      const tidy = Effect.flatMap(Clock.currentTimeMillis, (now) =>
        Effect.zipWith(rejectedItems.purge(now), deadLetters.purge(now), (items, tries) => items + tries)
      ).pipe(Job.steadily("Old rejected items and tries could not be deleted; trying again", purgePause))
      const run = Effect.andThen(Effect.all([takeLanes, watch, tidy], { concurrency: "unbounded" }), Effect.never)

      return Worker.of({ once, write, transact, emitDue, run })
    })
  ).pipe(Layer.provide([Settler.layer, Rounds.layer, Statistics.layer]))
}

const allLanes = Array.from({ length: lanes.activity }, (_, lane) => lane)

const lanePause = Duration.millis(25)
const attendPause = Duration.seconds(1)
const duePause = Duration.seconds(1)
const purgePause = Duration.hours(1)
const conflictRetry = Schedule.jittered(Schedule.exponential("20 millis"))

/** Two workers met: the loser's transaction was rolled back whole and may run again. */
const isConflict = ({ reason }: SqlError.SqlError): boolean =>
  reason._tag === "DeadlockError" || reason._tag === "SerializationError" || reason._tag === "UniqueViolation"

/** The counters have a row for each site and day. */
const siteAndDayOf = ({ receivedAt, siteId, unitId }: Intake.Intake): string =>
  `${unitId}:${Intakes.dayOf(receivedAt)}:${siteId}`

/** The visitors of what arrived, each with the first and the last of its events. */
const seenIn = (arrived: ReadonlyArray<Pick<Activity.Activity, "visitorId" | "occurredAt">>): ReadonlyArray<Seen> => {
  const spans = new Map<Ids.VisitorId, { first: number; last: number }>()
  for (const { occurredAt, visitorId } of arrived) {
    const span = spans.get(visitorId)
    if (span === undefined) spans.set(visitorId, { first: occurredAt, last: occurredAt })
    else if (occurredAt < span.first) span.first = occurredAt
    else if (occurredAt > span.last) span.last = occurredAt
  }
  return [...spans].flatMap(([id, { first, last }]) => [first, last].map((at) => ({ id, at })))
}

/** The first of each event ID that the site does not have yet. */
const firstOfEach = (
  arrived: ReadonlyArray<Activity.Activity>,
  known: ReadonlySet<string>
): ReadonlyArray<Activity.Activity> => {
  const seen = new Set<string>(known)
  return arrived.filter(({ id }) => !seen.has(id) && seen.add(id))
}

const tallyOf = (parts: ReadonlyArray<Part>, stored: number): Tally => {
  const sum = (count: (intake: Intake.Intake) => number) =>
    parts.reduce((total, { intake }) => total + count(intake), 0)
  const kept = sum((intake) => intake.activities.length + intake.identifications.length + intake.duplicates)
  return { stored, duplicate: kept - stored, rejected: sum(({ rejections }) => rejections.length) }
}

const distinct = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> => [...new Set(values)]
