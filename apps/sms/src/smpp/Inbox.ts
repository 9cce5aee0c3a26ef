import { Effect, Latch, Queue, Result } from "effect"
import * as Command from "./Command.ts"
import type { Ended } from "./Ended.ts"
import type * as Receipt from "./Receipt.ts"
import type { Limits } from "./Settings.ts"
import type * as Wire from "./Wire.ts"

/** A delivery that is not answered yet. */
export interface Waiting {
  readonly command: "deliver_sm_resp" | "data_sm_resp"
  readonly sequence: number
  readonly reading: Receipt.Reading
}

/** What was delivered over one connection: taken in its order, answered in its order, never dropped. */
export interface Inbox {
  /** Waits while it is full; nothing is read from the socket meanwhile. */
  readonly add: (delivery: Waiting) => Effect.Effect<void>
  /** Hands over what waits and answers it, as long as the connection lasts. */
  readonly answering: Effect.Effect<never, Ended>
  /** Waits until everything is answered. */
  readonly isEmpty: Effect.Effect<void>
}

export const make = Effect.fnUntraced(function* <E>(
  receive: (readings: ReadonlyArray<Receipt.Reading>) => Effect.Effect<void, E>,
  wire: Wire.Wire,
  limits: Limits
) {
  const waiting = yield* Queue.bounded<Waiting>(limits.waitingMax)
  const isEmpty = yield* Latch.make(true)
  let unanswered = 0
  let isRefusing = false

  const add: Inbox["add"] = (delivery) =>
    Effect.suspend(() => {
      unanswered++
      isEmpty.closeUnsafe()
      return Effect.asVoid(Queue.offer(waiting, delivery))
    })

  const take = Effect.fnUntraced(function* (batch: ReadonlyArray<Waiting>) {
    const taken = yield* Effect.result(receive(batch.map(({ reading }) => reading)))
    if (Result.isSuccess(taken)) {
      isRefusing = false
      return Command.status.ok
    }
    if (!isRefusing)
      yield* Effect.logWarning("Receipts cannot be taken; the gateway is asked to keep them", taken.failure)
    isRefusing = true
    yield* Effect.sleep(limits.refusalPause)
    return Command.status.temporarilyRefused
  })

  const answering = Effect.gen(function* () {
    const batch = yield* Queue.takeBetween(waiting, 1, limits.batchMax)
    const status = yield* take(batch)
    yield* wire.send(batch.map(({ command, sequence }) => ({ command, status, sequence, messageId: "", tlvs: [] })))
    unanswered -= batch.length
    if (unanswered === 0) isEmpty.openUnsafe()
  }).pipe(Effect.forever)
  return { add, answering, isEmpty: isEmpty.await } satisfies Inbox
})
