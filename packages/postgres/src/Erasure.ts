import { Queue, Topic } from "@spoor/queue"
import { Clock, Duration, Effect, Schema } from "effect"
import * as ErasureReceipt from "./ErasureReceipt.ts"
import { type Erased, Persons } from "./Persons.ts"
import type { Who } from "./PersonIdentity.ts"
import { signingKey } from "./SigningKey.ts"

/** What was stored is erased, but the queue still holds messages from before, which may bring it back. Ask again later. */
export class QueueBehind extends Schema.TaggedError<QueueBehind>()("QueueBehind", {}) {}

export interface ErasureOptions {
  readonly unitId: number
  readonly subject: Who
  /** The folder whose key signs the receipt (see `signingKey`). */
  readonly home: string
  /** How long the queue may take to bring in what was sent before. */
  readonly wait: Duration.Duration
  /** Done once if there is something to wait for. */
  readonly onWait: Effect.Effect<void>
}

/**
 * Erases until the queue has brought in all that was sent before, because what is still in there would come back (ADR 0036).
 *
 * *Shape*: the receipt as text, and what it counts. *Fails* with `SigningKeyUnreadable` before anything is changed, with
 * `QueueBehind` or `QueueUnavailable` when what is stored was erased but may come back; the same again goes on.
 */
export const erase = Effect.fn("Erasure.erase")(function* ({ home, onWait, subject, unitId, wait }: ErasureOptions) {
  const persons = yield* Persons
  const key = yield* signingKey(home)
  const startedAt = yield* Clock.currentTimeMillis
  const first = yield* persons.erase(unitId, subject)
  yield* drained(startedAt, wait, onWait)
  const second = yield* persons.erase(unitId, subject)
  const finishedAt = yield* Clock.currentTimeMillis
  const tables = sum([...first, ...second])
  return { tables, receipt: ErasureReceipt.make(key, { unitId, subject, startedAt, finishedAt, tables }) }
})

/** Waits until nothing is in the queue that was there at `before`. */
const drained = Effect.fnUntraced(function* (before: number, wait: Duration.Duration, onWait: Effect.Effect<void>) {
  const queue = yield* Queue
  const isWaiting = Effect.map(
    Effect.forEach(Topic.literals, (topic) => queue.depth(topic)),
    (depths) => depths.some(({ oldestAppendedAt = Infinity }) => oldestAppendedAt <= before)
  )
  const until = before + Duration.toMillis(wait)
  let isTold = false
  while (yield* isWaiting) {
    if ((yield* Clock.currentTimeMillis) > until) return yield* new QueueBehind()
    if (!isTold) yield* onWait
    isTold = true
    yield* Effect.sleep("250 millis")
  }
})

const sum = (counts: ReadonlyArray<Erased>): ReadonlyArray<Erased> =>
  [...Map.groupBy(counts, ({ table }) => table)].map(([table, some]) => ({
    table,
    removed: some.reduce((total, { removed }) => total + removed, 0),
    blanked: some.reduce((total, { blanked }) => total + blanked, 0)
  }))
