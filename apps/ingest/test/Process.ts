import { Program } from "@spoor/testing"
import { Effect, Schedule } from "effect"

/** A process of this app as it runs in production, with ports of its own. *Shape*: `output` is what it has said so far. */
export const start = Effect.fnUntraced(function* (settings: Record<string, string>) {
  const [doors, operators] = [yield* Program.freePort, yield* Program.freePort]
  const ports = { SPOOR_INGEST_PORT: String(doors), SPOOR_METRICS_PORT: String(operators) }
  const program = yield* Program.run(Program.ingest({ ...ports, ...settings }))
  return {
    doors: `http://127.0.0.1:${doors}`,
    operators: `http://127.0.0.1:${operators}`,
    output: () => program.output,
    stop: Effect.promise(() => program.kill("SIGTERM"))
  }
})

export const ask = (url: string, init: RequestInit = {}) =>
  Effect.tryPromise(async () => {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(10_000), ...init })
    return { status: response.status, headers: response.headers, text: await response.text() }
  })

/** Asks until the answer is as it should be, or for so long that it never will be. */
export const until = <A, E, R>(question: Effect.Effect<A, E, R>, isRight: (answer: A) => boolean) =>
  question.pipe(
    Effect.filterOrFail(isRight, (answer) => answer),
    Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 200 }),
    Effect.mapError((last) => new Error(`It did not come to that; at last: ${JSON.stringify(last).slice(0, 2_000)}`)),
    Effect.orDie
  )
