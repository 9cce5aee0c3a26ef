import { type Log, LogJson } from "@spoor/domain"
import { Keyset, LogCounts, type LogQuery, LogReader } from "@spoor/postgres"
import { Cause, Data, Deferred, Effect, Exit, Stream } from "effect"
import { Csv } from "effect/encoding"
import type { Person } from "./Auth.ts"
import { seenBy } from "./Rights.ts"
import { cellsOf, csvColumns, lastCells, type PhoneForm } from "./CsvCells.ts"

/** How an export is going. *Shape*: `expected` null while nobody knows; an estimate unless `isExact`. */
export interface Progress {
  readonly rows: number
  readonly expected: number | null
  readonly isExact: boolean
  readonly state: "running" | "done" | "cancelled" | "failed"
}

/** The file breaks off: its reader must not take it for whole. */
export class Cancelled extends Data.TaggedError("Cancelled")<{}> {}

export type Format = { readonly name: "csv"; readonly phones: PhoneForm } | { readonly name: "ndjson" }

interface Job {
  readonly person: Person
  readonly cancel: Deferred.Deferred<void>
  progress: Progress
}

/** What is over is remembered for whoever watches it. *Units*: milliseconds. */
const KEPT_MS = 60_000

/** Exports of this process, by an ID that whoever asked for it chose. */
const jobs = new Map<string, Job>()

/** How somebody's own export is going; null for one that is not theirs. */
export const progressOf = (person: Person, id: string): Progress | null => own(person, id)?.progress ?? null

/** Ends somebody's own export, and what the database does for it. */
export const cancel = (person: Person, id: string): Effect.Effect<boolean> => {
  const job = own(person, id)
  return job === undefined ? Effect.succeed(false) : Deferred.succeed(job.cancel, undefined)
}

export const isKnown = (id: string): boolean => jobs.has(id)

const own = ({ unitId, userId }: Person, id: string): Job | undefined => {
  const job = jobs.get(id)
  return job?.person.unitId === unitId && job.person.userId === userId ? job : undefined
}

/**
 * All rows that a filter lets pass, newest first, as the text of a file.
 *
 * Pages of a thousand rows are read one after the other, and only when what was sent has gone, so that memory does not grow with the
 * file. Each page sees the log as it is then: what comes in meanwhile stays out, unless it happened before the row that is being written. One
 * snapshot for all would be held against the database's vacuum for as long as somebody's line is slow.
 *
 * *Shape*: the last record says how many rows there were, `#rows,12` or `{"rows":12}`; a file without it was cut off. CSV is RFC 4180 in
 * UTF-8 with a byte order mark, without which Excel takes it for something else. *Fails* with `Cancelled` when it is cancelled or `over`
 * happens.
 */
export const file = <L extends Log.Log, R>(
  id: string,
  person: Person,
  query: LogQuery<L>,
  format: Format,
  over: Effect.Effect<unknown, never, R>
) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const reader = yield* LogReader
      const job: Job = {
        person,
        cancel: yield* Deferred.make<void>(),
        progress: { rows: 0, expected: null, isExact: false, state: "running" }
      }
      jobs.set(id, job)
      const tell = (news: Partial<Progress>) => {
        job.progress = { ...job.progress, ...news }
      }
      yield* Effect.forkScoped(Effect.ignore(Effect.map(expectation(query), tell)))
      const rows = Stream.mapArray(reader.stream(query, null), (some) => {
        tell({ rows: job.progress.rows + some.length })
        return some
      })
      const cut = Effect.andThen(Effect.raceFirst(over, Deferred.await(job.cancel)), new Cancelled())
      return Stream.interruptWhen(
        written(query.log, seenBy(person), rows, () => job.progress.rows, format),
        cut
      ).pipe(
        Stream.onExit((exit) =>
          Effect.sync(() => {
            tell({ state: stateAfter(exit) })
            setTimeout(() => jobs.delete(id), KEPT_MS).unref()
          })
        )
      )
    })
  )

/** The text of a file, as it grows. */
const written = <L extends Log.Log, E>(
  log: L,
  seen: <A>(value: A) => A,
  rows: Stream.Stream<Log.RowOf<L>, E>,
  count: () => number,
  format: Format
): Stream.Stream<string, E> => {
  if (format.name === "ndjson") {
    const lines = Stream.mapArray(
      rows,
      (some) => [some.map((row) => `${JSON.stringify(seen(LogJson.encode(log, row)))}\n`).join("")] as const
    )
    return Stream.concat(
      lines,
      Stream.suspend(() => Stream.make(`${JSON.stringify({ rows: count() })}\n`))
    )
  }
  const records = Stream.map(rows, (row) => cellsOf(log, seen(LogJson.encode(log, row)), format.phones))
  const last = Stream.suspend(() => Stream.make(lastCells(log, count())))
  return Stream.make(csvColumns[log]).pipe(
    Stream.concat(records),
    Stream.concat(last),
    Stream.pipeThroughChannel(Csv.encodeString()),
    // One piece of text for a page of rows, not one for each.
    Stream.mapArray((some) => [some.join("")] as const),
    (text) => Stream.concat(Stream.make("\uFEFF"), text)
  )
}

/** How many rows there will be: counted as far as lists count, else what the planner expects. */
const expectation = <L extends Log.Log>(query: LogQuery<L>) =>
  Effect.gen(function* () {
    const counted = yield* Effect.flatMap(LogReader, ({ count }) => count(query))
    if (counted <= Keyset.countMax) return { expected: counted, isExact: true }
    const estimated = yield* Effect.flatMap(LogCounts, ({ estimate }) => estimate(query))
    return { expected: Math.max(counted, estimated), isExact: false }
  })

const stateAfter = (exit: Exit.Exit<unknown, unknown>): Progress["state"] => {
  if (Exit.isSuccess(exit)) return "done"
  const isCut = Cause.hasInterruptsOnly(exit.cause) || Cause.squash(exit.cause) instanceof Cancelled
  return isCut ? "cancelled" : "failed"
}
