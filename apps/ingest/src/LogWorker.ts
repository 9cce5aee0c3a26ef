import { Intake } from "@spoor/contracts"
import { Intakes, LogWriter, RejectedItems, type Tally } from "@spoor/postgres"
import type { QueueUnavailable } from "@spoor/queue"
import { Context, Effect, Layer, Schema } from "effect"
import type { SqlError } from "effect/sql"
import * as Job from "./Job.ts"
import { type Batch, Rounds } from "./Rounds.ts"
import * as Trace from "./Trace.ts"
import { Worker } from "./Worker.ts"

/** The most queue messages, and bytes of them, that one round takes. */
const batchMessagesMax = 256
const batchBytesMax = 8 * 1024 * 1024

type LogBatch = Batch<Intake.LogIntake>

const decodeIntake = Schema.decodeUnknownEffect(Intake.LogIntakeFromText)

/** Writes the rows of the API, the panel and the SMS log as they come: no rule is asked. Doing a batch twice changes nothing. */
export class LogWorker extends Context.Service<
  LogWorker,
  {
    /** Takes and writes one round of batches; waits for the first. Gives the number of messages acknowledged. */
    readonly once: Effect.Effect<number, QueueUnavailable | SqlError.SqlError>
    /** The same for ever: failures that may pass are logged and tried again. */
    readonly run: Effect.Effect<never>
  }
>()("@spoor/ingest/LogWorker") {
  static readonly layer = Layer.effect(
    LogWorker,
    Effect.gen(function* () {
      const intakes = yield* Intakes
      const logWriter = yield* LogWriter
      const rejectedItems = yield* RejectedItems
      const rounds = yield* Rounds
      const { transact } = yield* Worker

      /** Batches of one log, site and day. */
      const write = Effect.fn("LogWorker.write")(function* (batches: ReadonlyArray<LogBatch>) {
        yield* Trace.follow(batches.map(({ delivery }) => delivery.id))
        const { books, log, unitId } = batches[0]!.intake
        // Requests to us are nobody's batches: their rows' own IDs are enough.
        if (books === null) return yield* logWriter.add(unitId, intakesOf(batches))
        const place = { unitId, siteId: books.siteId }
        const entered = yield* intakes.enter(
          unitId,
          batches.map(({ delivery }) => delivery.id)
        )
        const fresh = batches.filter(({ delivery }) => entered.has(delivery.id))
        if (fresh.length === 0) return 0
        const stored = yield* logWriter.add(unitId, intakesOf(fresh))
        const kept = fresh.flatMap(({ delivery, intake }) =>
          intake.books === null ? [] : { ...intake.books, id: delivery.id, door: `logs/${log}` }
        )
        yield* rejectedItems.add(place, kept)
        yield* intakes.count(place, log, tallyOf(fresh, stored), books.receivedAt)
        return stored
      })

      const once = rounds.once({
        topic: "log",
        messagesMax: batchMessagesMax,
        bytesMax: batchBytesMax,
        decode: decodeIntake,
        keyOf: groupOf,
        write: (batches) => transact(write(batches))
      })

      const run = once.pipe(Job.patiently("The queue or the database does not answer; trying again"), Effect.forever)

      return LogWorker.of({ once, run })
    })
  ).pipe(Layer.provide([Rounds.layer, Worker.layer]))
}

const intakesOf = (batches: ReadonlyArray<LogBatch>) => batches.map(({ intake }) => intake)

/** The counters have a row for each site, log and day. */
const groupOf = ({ books, log, unitId }: Intake.LogIntake): string =>
  books === null ? `${unitId}:${log}` : `${unitId}:${log}:${Intakes.dayOf(books.receivedAt)}:${books.siteId}`

const tallyOf = (batches: ReadonlyArray<LogBatch>, stored: number): Tally => {
  let duplicate = -stored
  let rejected = 0
  for (const { books, entries } of intakesOf(batches)) {
    duplicate += entries.length + (books?.duplicates ?? 0)
    rejected += books?.rejections.length ?? 0
  }
  return { stored, duplicate, rejected }
}
