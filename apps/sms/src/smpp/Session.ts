import { Array, Effect, SubscriptionRef } from "effect"
import type * as Connection from "./Connection.ts"
import type { Ended } from "./Ended.ts"
import * as Link from "./Link.ts"
import type * as Pdu from "./Pdu.ts"
import type * as Receipt from "./Receipt.ts"
import { type Limits, limits as defaults, type Settings } from "./Settings.ts"
import type * as Trace from "./Trace.ts"

export interface Options<E> {
  readonly settings: Settings
  /** For receipts that are not of the usual form; default none (see `ReceiptText.parse`). */
  readonly pattern?: RegExp | null
  /**
   * Keeps what gateways told; only after it succeeded do they hear that they may forget it.
   *
   * *Shape*: one reading or more, in the order in which they came over one bind; binds call it side by side. What it was
   * given may come again: after its failure, and when the connection broke before our answer was there.
   * *Fails* with whatever: the gateway then hears 0x64 and keeps all of them. A defect costs the bind, which is renewed.
   */
  readonly receive: (readings: ReadonlyArray<Receipt.Reading>) => Effect.Effect<void, E>
  /** Is told what goes over the wire; default nobody. */
  readonly trace?: Trace.Trace
  /** For tests; what is missing is as in `Settings.limits`. */
  readonly limits?: Partial<Limits>
}

/** The binds to one gateway. */
export interface Session {
  /** How each of them is doing, out of date when it arrives. */
  readonly states: Effect.Effect<ReadonlyArray<Link.State>>
  /**
   * Sends a message over the first bind that is there; only a transceiver may. *Shape*: the gateway's answer, also when
   * it refuses.
   */
  readonly submit: (submission: Connection.Submission) => Effect.Effect<Pdu.Pdu, Ended>
}

/**
 * Binds to a gateway and stays bound, until the scope ends: then it unbinds, answers what it was given, and closes, within
 * `unbindWait`.
 *
 * It returns at once and fails at nothing: what goes wrong is logged, shown by `states`, and tried again.
 * *Source*: sms/gateways R18 to R22.
 */
export const open = Effect.fn("Session.open")(function* <E>(options: Options<E>) {
  const { pattern = null, receive, settings, trace = () => {} } = options
  const limits = { ...defaults, ...options.limits }
  const links = yield* Effect.all(
    Array.makeBy(settings.binds, () => Link.make({ settings, pattern, receive, limits, trace }))
  )
  yield* Effect.forkScoped(
    Effect.all(
      links.map(({ run }) => run),
      { concurrency: "unbounded", discard: true }
    )
  )

  const states = Effect.all(links.map(({ state }) => SubscriptionRef.get(state)))
  const submit: Session["submit"] = Effect.fnUntraced(function* (submission) {
    const bound = links.find(({ state }) => SubscriptionRef.getUnsafe(state).phase === "bound")
    return yield* (bound ?? links[0]!).submit(submission)
  })
  return { states, submit } satisfies Session
})
