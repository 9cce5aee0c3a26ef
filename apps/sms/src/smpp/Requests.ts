import { Deferred, Duration, Effect, Semaphore } from "effect"
import { Ended } from "./Ended.ts"
import type * as Pdu from "./Pdu.ts"
import type { Limits } from "./Settings.ts"
import type * as Wire from "./Wire.ts"

/** Our requests to a gateway, by the numbers under which their answers come. */
export interface Requests {
  /** Sends one and waits for its answer, whatever it says. *Fails* with `silent`, and as the connection ends. */
  readonly ask: (numbered: (sequence: number) => Pdu.Pdu, wait: Duration.Duration) => Effect.Effect<Pdu.Pdu, Ended>
  /** A number for one whose answer nobody waits for. */
  readonly next: () => number
  /** Hands an answer to whoever waits. An answer to nothing is nothing, also one to what was given up. */
  readonly settle: (answer: Pdu.Pdu) => Effect.Effect<void>
}

/** *Shape*: `ended` is when and why nothing will be answered any more. */
export const make = Effect.fnUntraced(function* (
  wire: Wire.Wire,
  ended: Deferred.Deferred<never, Ended>,
  limits: Limits
) {
  const waiting = new Map<number, Deferred.Deferred<Pdu.Pdu>>()
  const window = yield* Semaphore.make(limits.windowMax)
  let last = 0
  const next = (): number => (last = last >= sequenceMax ? 1 : last + 1)

  const ask: Requests["ask"] = (numbered, wait) =>
    Effect.suspend(() => {
      const sequence = next()
      const answer = Deferred.makeUnsafe<Pdu.Pdu>()
      waiting.set(sequence, answer)
      return wire
        .send([numbered(sequence)])
        .pipe(
          Effect.andThen(Effect.raceFirst(Deferred.await(answer), Deferred.await(ended))),
          Effect.timeoutOrElse({ duration: wait, orElse: () => Effect.fail(silent(wait)) }),
          Effect.ensuring(Effect.sync(() => waiting.delete(sequence)))
        )
    }).pipe(Semaphore.withPermit(window))

  const settle: Requests["settle"] = (answer) =>
    Effect.suspend(() => {
      const request = waiting.get(answer.sequence)
      return request === undefined ? Effect.void : Deferred.succeed(request, answer)
    })
  return { ask, next, settle } satisfies Requests
})

/** *Source*: SMPP 3.4, 5.1.4. */
const sequenceMax = 0x7fff_ffff

export const silent = (wait: Duration.Duration) =>
  new Ended({ reason: "silent", message: `The gateway has not answered for ${Duration.format(wait)}.` })
