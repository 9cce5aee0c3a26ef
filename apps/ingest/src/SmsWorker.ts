import { SmsIntake } from "@spoor/contracts"
import { SmsMessage } from "@spoor/domain"
import {
  foundFor,
  Intakes,
  LogWriter,
  type SmsGatewayNews,
  type SmsJoin,
  type SmsMessageRow,
  SmsMessages,
  type SmsNote,
  type SmsReportCount
} from "@spoor/postgres"
import type { QueueUnavailable } from "@spoor/queue"
import { Clock, Context, Duration, Effect, Layer, Schema } from "effect"
import type { SqlError } from "effect/sql"
import * as Job from "./Job.ts"
import { type Batch, Rounds } from "./Rounds.ts"
import * as Trace from "./Trace.ts"
import { Worker } from "./Worker.ts"

/** The most queue messages, and bytes of them, that one round takes. */
const batchMessagesMax = 512
const batchBytesMax = 8 * 1024 * 1024

/** The most messages that one transaction logs because their time is up. */
const dueMax = 500

const duePause = Duration.seconds(1)
const purgePause = Duration.hours(1)

const decodeIntake = Schema.decodeUnknownEffect(SmsIntake.SmsIntakeFromText)

/**
 * Puts together what gateways and senders said of text messages, and writes one row of the SMS log for each that failed.
 *
 * Doing a batch twice changes nothing. *Source*: ADR 0034; gateways.md R7, R10 to R14.
 */
export class SmsWorker extends Context.Service<
  SmsWorker,
  {
    /** Takes and writes one round of batches; waits for the first. Gives the number of messages acknowledged. */
    readonly once: Effect.Effect<number, QueueUnavailable | SqlError.SqlError>
    /** Logs messages whose time is up; gives their number. */
    readonly settleDue: Effect.Effect<number, SqlError.SqlError>
    /** Both for ever, and the purge: failures that may pass are logged and tried again. */
    readonly run: Effect.Effect<never>
  }
>()("@spoor/ingest/SmsWorker") {
  static readonly layer = Layer.effect(
    SmsWorker,
    Effect.gen(function* () {
      const intakes = yield* Intakes
      const logWriter = yield* LogWriter
      const messages = yield* SmsMessages
      const rounds = yield* Rounds
      const { transact } = yield* Worker

      /** Batches of one unit. */
      const write = Effect.fn("SmsWorker.write")(function* (batches: ReadonlyArray<Batch<SmsIntake.SmsIntake>>) {
        const { unitId } = batches[0]!.intake
        const ids = batches.map(({ delivery }) => delivery.id)
        yield* Trace.follow(ids)
        const entered = yield* intakes.enter(unitId, ids)
        const fresh = batches.filter(({ delivery }) => entered.has(delivery.id)).map(({ intake }) => intake)
        const reports = fresh.flatMap((intake) => intake.reports)
        yield* messages.hold(unitId, newsOf(reports))
        const since = (yield* Clock.currentTimeMillis) - Duration.toMillis(foundFor)
        const told = new Told(yield* messages.find(unitId, wantedBy(reports), since))
        for (const report of reports) told.tell(report)
        const { changed, due, joined, notes } = told
        const unread = fresh.flatMap((one) => one.unreadable)
        yield* messages.write(unitId, { messages: changed, joined, notes, unread, counts: countsOf(reports) })
        return yield* logWriter.add(unitId, [{ log: "sms", entries: due.map(rowOf) }])
      })

      const once = rounds.once({
        topic: "sms",
        messagesMax: batchMessagesMax,
        bytesMax: batchBytesMax,
        decode: decodeIntake,
        keyOf: ({ unitId }) => String(unitId),
        write: (batches) => transact(write(batches))
      })

      const writeDue = Effect.gen(function* () {
        const found = yield* messages.due(yield* Clock.currentTimeMillis, dueMax)
        if (found === null) return 0
        const changed = found.messages.map((message) => ({ ...message, ...SmsMessage.expire(message), failure: null }))
        yield* messages.write(found.unitId, { messages: changed, joined: [], notes: [], unread: [], counts: [] })
        yield* logWriter.add(found.unitId, [{ log: "sms", entries: found.messages.map(rowOf) }])
        return changed.length
      }).pipe(Effect.withSpan("SmsWorker.writeDue"))
      const settleDue = transact(writeDue)

      const drain = once.pipe(Job.patiently("The queue or the database does not answer; trying again"), Effect.forever)
      const watch = settleDue.pipe(
        Job.steadily("Text messages whose time is up could not be logged; trying again", duePause)
      )
      const tidy = Effect.flatMap(Clock.currentTimeMillis, messages.purge).pipe(
        Job.steadily("Old text messages could not be forgotten; trying again", purgePause)
      )
      const run = Effect.andThen(Effect.all([drain, watch, tidy], { concurrency: "unbounded" }), Effect.never)

      return SmsWorker.of({ once, settleDue, run })
    })
  ).pipe(Layer.provide([Rounds.layer, Worker.layer]))
}

/** Messages of one unit, and what a batch tells of them. */
class Told {
  readonly notes: Array<SmsNote> = []
  /** Each with the failure that its row tells of. */
  readonly due: Array<SmsMessageRow> = []
  /** Messages that turned out to be another one. */
  readonly joined: Array<SmsJoin> = []
  private readonly byName = new Map<string, Array<string>>()
  private readonly messages = new Map<string, SmsMessageRow>()
  private readonly touched = new Set<string>()

  constructor(known: ReadonlyArray<SmsMessageRow>) {
    for (const message of known) this.keep(message)
  }

  get changed(): ReadonlyArray<SmsMessageRow> {
    return [...this.touched].map((id) => this.messages.get(id)!)
  }

  tell(report: SmsIntake.SmsReport): void {
    const found = this.find(report)
    // Parts that reported before their message was registered are several messages that turn out to be one.
    const [before, ...others] = report.isRegistration ? found : found.slice(0, 1)
    const { isBlamed, isDue, isNoted, message } = SmsMessage.evolve(before, report)
    if (message === null) return
    const kept: SmsMessageRow = {
      ...message,
      gatewayId: report.gatewayId,
      id: before?.id ?? report.id,
      names: [...new Set([...(before?.names ?? []), ...report.names, ...others.flatMap(({ names }) => names)])],
      failure: isBlamed ? report.entry : (before?.failure ?? null),
      firstSeenAt: before?.firstSeenAt ?? report.receivedAt
    }
    this.change(isDue ? { ...kept, failure: null } : kept)
    if (isDue) this.due.push(kept)
    if (isNoted) this.notes.push({ ...report, messageId: kept.id })
    for (const other of others) this.join(other, kept)
  }

  private join({ gatewayId, id, names }: SmsMessageRow, kept: SmsMessageRow): void {
    this.joined.push({ gatewayId, id, into: kept.id })
    this.messages.delete(id)
    this.touched.delete(id)
    for (const name of names) {
      const key = nameOf(gatewayId, name)
      this.byName.set(
        key,
        (this.byName.get(key) ?? []).filter((other) => other !== id)
      )
    }
  }

  private change(message: SmsMessageRow): void {
    this.keep(message)
    this.touched.add(message.id)
  }

  private keep(message: SmsMessageRow): void {
    this.messages.set(message.id, message)
    for (const name of message.names) {
      const key = nameOf(message.gatewayId, name)
      const ids = this.byName.get(key) ?? []
      if (!ids.includes(message.id)) this.byName.set(key, [...ids, message.id])
    }
  }

  /** The messages that a report may be of: by the best name that one has, the newest first; of several that are joined, the one that has a row before all others. */
  private find({
    gatewayId,
    guesses,
    isRegistration,
    names,
    phone
  }: SmsIntake.SmsReport): ReadonlyArray<SmsMessageRow> {
    const of = (name: string) =>
      (this.byName.get(nameOf(gatewayId, name)) ?? []).map((id) => this.messages.get(id)!).toReversed()
    const fits = (message: SmsMessageRow) => message.phone === null || phone === null || message.phone === phone
    const isSame = (message: SmsMessageRow) => message.phone !== null && message.phone === phone
    if (isRegistration) {
      const all = names.flatMap(of).filter(fits)
      const guessed = guesses.flatMap(of).filter(isSame)
      return rowFirst([...new Map([...all, ...guessed].map((message) => [message.id, message])).values()])
    }
    for (const name of names) {
      const candidates = of(name).filter(fits)
      // One batch has one ID for many phones: the same phone before one that nobody knows.
      const best = candidates.find(isSame) ?? candidates[0]
      if (best !== undefined) return [best]
    }
    for (const guess of guesses) {
      const best = of(guess).find(isSame)
      if (best !== undefined) return [best]
    }
    return []
  }
}

const rowFirst = (messages: ReadonlyArray<SmsMessageRow>): ReadonlyArray<SmsMessageRow> =>
  messages.toSorted((one, other) => weightOf(other) - weightOf(one))

const weightOf = ({ isLogged, standing }: SmsMessageRow): number => (isLogged ? 2 : standing === "failed" ? 1 : 0)

const nameOf = (gatewayId: number, name: string): string => `${gatewayId} ${name}`

const wantedBy = (reports: ReadonlyArray<SmsIntake.SmsReport>) =>
  reports.flatMap(({ gatewayId, guesses, names }) => [...names, ...guesses].map((name) => ({ gatewayId, name })))

const newsOf = (reports: ReadonlyArray<SmsIntake.SmsReport>): ReadonlyArray<SmsGatewayNews> =>
  [...Map.groupBy(reports, ({ gatewayId }) => gatewayId)].map(([gatewayId, some]) => ({
    gatewayId,
    reportedAt: instantsOf(some, false).at(-1) ?? null,
    submittedAt: instantsOf(some, true)[0] ?? null
  }))

/** In order. */
const instantsOf = (reports: ReadonlyArray<SmsIntake.SmsReport>, isRegistration: boolean): ReadonlyArray<number> =>
  reports
    .filter((report) => report.isRegistration === isRegistration)
    .map(({ receivedAt }) => receivedAt)
    .sort((one, other) => one - other)

const HOUR = 3_600_000

const countsOf = (reports: ReadonlyArray<SmsIntake.SmsReport>): ReadonlyArray<SmsReportCount> =>
  [
    ...Map.groupBy(reports, ({ gatewayId, receivedAt, said }) => `${gatewayId} ${hourOf(receivedAt)} ${said}`).values()
  ].map((some) => {
    const { gatewayId, receivedAt, said } = some[0]!
    return { gatewayId, hour: hourOf(receivedAt), said, count: some.length }
  })

const hourOf = (instant: number): number => Math.floor(instant / HOUR) * HOUR

/** The row of a message: what its gateway said, with what its sender knows. */
const rowOf = ({ failure, gatewayId, id, phone, sender }: SmsMessageRow) => {
  if (failure === null) throw new Error(`The message ${id} is due and has no failure.`)
  const known = { phone: failure.phone ?? phone, sender: failure.sender ?? sender }
  return { ...failure, itemId: `sms:${gatewayId}:${id}`, ...known }
}
