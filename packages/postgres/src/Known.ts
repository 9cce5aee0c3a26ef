import * as Log from "@spoor/contracts/log"
import { Clock, Context, Duration, Effect, Ref, Schedule, Schema } from "effect"
import { mkdir, readFile, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"

/** How often what is held is read again. What was taken away is refused after at most this long. */
const refreshEvery = "2 seconds"

/** A name that is not known makes all be read again, at most this often, unless told otherwise. */
const missPauseMin = Duration.millis(500)

const waiting =
  "The database cannot be read, and nothing is known from before: this process waits until it can. See that DATABASE_URL is right and " +
  "that PostgreSQL runs and has its schema (spoor migrate)"

/** Where `keep` has its copies; null keeps none. */
export const Folder = Context.Reference<string | null>("@spoor/postgres/Known/Folder", { defaultValue: () => null })

/**
 * What the database has, by name, held in memory: a door must answer while PostgreSQL is away. What was read last stays good.
 *
 * Waits until it could be read for the first time, and says so in the log.
 */
export const hold = Effect.fnUntraced(function* <A, E>(
  read: Effect.Effect<ReadonlyMap<string, A>, E>,
  missPause: Duration.Duration = missPauseMin
) {
  const held = yield* Ref.make<{ readonly values: ReadonlyMap<string, A>; readonly readAt: number }>({
    values: new Map(),
    readAt: 0
  })
  const refresh = Effect.gen(function* () {
    yield* Ref.set(held, { values: yield* read, readAt: yield* Clock.currentTimeMillis })
  })
  const tryRefresh = Effect.ignore(refresh)
  const complain = Log.nowAndThen(waiting)
  yield* refresh.pipe(
    Effect.tapError((error) => complain({ reason: messageOf(error) })),
    Effect.retry(Schedule.spaced(refreshEvery))
  )
  yield* Effect.forkScoped(Effect.repeat(tryRefresh, Schedule.spaced(refreshEvery)))

  /** Gives null for a name that nothing has. */
  const find = Effect.fnUntraced(function* (name: string) {
    const { readAt, values } = yield* Ref.get(held)
    const found = values.get(name)
    if (found !== undefined) return found
    if ((yield* Clock.currentTimeMillis) - readAt < Duration.toMillis(missPause)) return null
    yield* tryRefresh
    return (yield* Ref.get(held)).values.get(name) ?? null
  })
  const all = Effect.map(Ref.get(held), ({ values }): ReadonlyArray<A> => [...values.values()])
  return { find, all }
})

/**
 * Rows of `read` with a copy in a file of `Folder`: a process that starts while PostgreSQL is away begins with what the one before it
 * knew. Once it has read for itself, what fails fails.
 *
 * *Fails* as `read` does where there is no copy either. *Source*: ADR 0053.
 */
export const keep = <A, B, E>(name: string, row: Schema.Codec<A, B>, read: Effect.Effect<ReadonlyArray<A>, E>) =>
  Effect.map(Effect.service(Folder), (folder) => (folder === null ? read : withCopy(folder, name, row, read)))

const withCopy = <A, B, E>(
  folder: string,
  name: string,
  row: Schema.Codec<A, B>,
  read: Effect.Effect<ReadonlyArray<A>, E>
) => {
  const file = join(folder, `${name}.json`)
  const rows = Schema.fromJsonString(Schema.Array(row))
  let kept: string | null = null
  let isRecalled = false

  const write = Effect.fnUntraced(function* (found: ReadonlyArray<A>) {
    const text = yield* Schema.encodeEffect(rows)(found)
    if (text === kept) return
    kept = text
    yield* Effect.tryPromise(() => replace(folder, file, text))
  })
  const writeOrSay = (found: ReadonlyArray<A>) =>
    write(found).pipe(
      Effect.catch((error) =>
        Effect.logWarning(`No copy of ${name} could be kept for a start without the database`, {
          reason: messageOf(error)
        })
      )
    )
  const recall = (error: E) =>
    Effect.gen(function* () {
      if (kept !== null) return yield* Effect.fail(error)
      const text = yield* Effect.tryPromise(() => readFile(file, "utf8"))
      const found = yield* Schema.decodeEffect(rows)(text)
      if (!isRecalled) {
        isRecalled = true
        const reason = messageOf(error)
        yield* Effect.logWarning(`The database cannot be read: ${name} are those known from before`, { reason })
      }
      return found
    }).pipe(Effect.mapError(() => error))

  return read.pipe(Effect.tap(writeOrSay), Effect.catch(recall))
}

/** Whole or not at all, also where several processes write. */
const replace = async (folder: string, file: string, text: string) => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}`
  await writeFile(draft, text, { mode: 0o600 })
  await rename(draft, file)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
