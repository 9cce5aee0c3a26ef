import { Clock, Console, Deferred, Duration, Effect, Schedule, Stream } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import { ChildProcess } from "effect/process"
import * as fs from "node:fs"
import * as path from "node:path"
import { root } from "./config.ts"
import { StartError } from "./StartError.ts"

/** One of the processes that Spoor consists of. */
export interface Part {
  readonly name: string
  /** The program, from the repository's root. */
  readonly entry: string
  readonly env: Record<string, string>
  /** Answers below 500 once the part is ready. */
  readonly health: string
}

/** Beside this file, as source or as built. */
const LEASH = path.join(import.meta.dirname, `leash${path.extname(import.meta.filename)}`)

const BACK_OFF_MIN = Duration.millis(250)
const BACK_OFF_MAX = Duration.seconds(10)
/** Who lived this long was well: the next failure is a new one and waits the shortest time again. */
const WELL_AFTER = Duration.seconds(30)
const KILL_AFTER = Duration.seconds(5)
const READY_TIMEOUT = Duration.minutes(2)

/** Who ends this often before the first answer will not come up by trying again. */
const EARLY_ENDS_MAX = 3

/**
 * Starts the part and keeps it running for as long as the scope lives: a process that ends is started again, ever more
 * slowly.
 *
 * *Shape*: `firstAnswer` waits until it answers.
 * *Fails* when the part was not built; the wait when it does not answer or keeps ending.
 */
export const launch = Effect.fnUntraced(function* (part: Part) {
  const entry = path.join(root, part.entry)
  if (!fs.existsSync(entry)) {
    return yield* new StartError({ message: `${part.entry} is missing: the ${part.name} was not built.` })
  }
  const ready = yield* Deferred.make<void, StartError>()
  yield* Effect.forkScoped(keepRunning(part, entry, ready))
  yield* Effect.forkScoped(Deferred.into(awaitAnswer(part), ready))
  return { firstAnswer: Deferred.await(ready) }
})

const keepRunning = (part: Part, entry: string, ready: Deferred.Deferred<void, StartError>) => {
  let pause = BACK_OFF_MIN
  let earlyEnds = 0
  return Effect.gen(function* () {
    const startedAt = yield* Clock.currentTimeMillis
    const end = yield* runOnce(part, entry)
    const lived = Duration.millis((yield* Clock.currentTimeMillis) - startedAt)
    if (!(yield* Deferred.isDone(ready))) earlyEnds += 1
    if (earlyEnds === EARLY_ENDS_MAX) {
      const message = `The ${part.name} does not start (${end}); what it said stands above.`
      yield* Deferred.fail(ready, new StartError({ message }))
    }
    if (Duration.isGreaterThan(lived, WELL_AFTER)) pause = BACK_OFF_MIN
    yield* Console.log(`${label(part)}ended (${end}) and starts again; nothing that was accepted is lost.`)
    yield* Effect.sleep(pause)
    pause = Duration.min(Duration.times(pause, 2), BACK_OFF_MAX)
  }).pipe(Effect.forever)
}

const awaitAnswer = (part: Part) =>
  HttpClient.get(part.health).pipe(
    Effect.flatMap((response) => (response.status < 500 ? Effect.void : Effect.fail("not ready"))),
    Effect.timeout("2 seconds"),
    Effect.retry({ schedule: Schedule.spaced("150 millis") }),
    Effect.timeout(READY_TIMEOUT),
    Effect.mapError(() => new StartError({ message: `The ${part.name} does not answer at ${part.health}.` })),
    Effect.provide(FetchHttpClient.layer)
  )

/** How the process ended. Its output goes on under its name. */
const runOnce = (part: Part, entry: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const handle = yield* ChildProcess.make(
        process.execPath,
        ["--enable-source-maps", "--disable-warning=ExperimentalWarning", "--import", LEASH, entry],
        // In a process group of its own: Ctrl-C reaches the launcher alone, which then stops everything in order.
        { cwd: path.dirname(entry), env: part.env, extendEnv: true, stdin: "ignore", forceKillAfter: KILL_AFTER }
      )
      const lines = handle.all.pipe(Stream.decodeText, Stream.splitLines)
      yield* Stream.runForEach(lines, (line) => Console.log(`${label(part)}${line}`)).pipe(
        Effect.ignore,
        Effect.forkScoped
      )
      return yield* handle.exitCode.pipe(
        Effect.map((code) => `exit code ${code}`),
        Effect.catch((error) => Effect.succeed(/'(SIG\w+)'/.exec(String(error.cause))?.[1] ?? "a signal"))
      )
    })
  ).pipe(Effect.catch((error) => Effect.succeed(String(error.message))))

const LABEL_WIDTH = 8

const label = (part: Part) => `${part.name.padEnd(LABEL_WIDTH)}│ `
