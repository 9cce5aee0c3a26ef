import { type Erased, type Who, Persons, Units } from "@spoor/postgres"
import { Queue, Topic } from "@spoor/queue"
import { Clock, Console, Duration, Effect, Layer, Stream } from "effect"
import { CommandError } from "../CommandError.ts"
import * as House from "../letter/House.ts"
import { print } from "../Printing.ts"
import * as Unit from "../webhook/Unit.ts"
import * as Receipt from "./Receipt.ts"

const stored = Layer.mergeAll(Persons.layer, Units.layer).pipe(Layer.provide(House.database))

interface Question {
  readonly unit: number | undefined
  readonly subject: Who
}

/** Tells what would go, and changes nothing. */
export const foretell = Effect.fn("foretell")(
  function* ({ unit, subject }: Question) {
    const { rows } = yield* Persons
    const counts = new Map<string, number>()
    yield* Stream.runForEach(rows(yield* Unit.meant(unit), subject), ({ table }) =>
      Effect.sync(() => counts.set(table, (counts.get(table) ?? 0) + 1))
    )
    if (counts.size === 0) return yield* Console.error("Nothing is stored of this person.")
    yield* print(Stream.fromIterable([...counts].map(([table, count]) => `${String(count).padStart(8)}  ${table}\n`)))
    yield* Console.error(
      "Nothing was changed. To erase this, and the person's name wherever else it stands, add --yes."
    )
  },
  Effect.provide(stored),
  Effect.mapError(House.explain)
)

/**
 * Erases until the queue has brought in all that was sent before, because what is still in there would come back. *Units*:
 * `wait` in seconds.
 */
export const erase = Effect.fn("erase")(
  function* ({ unit, subject, wait }: Question & { readonly wait: number }) {
    const unitId = yield* Unit.meant(unit)
    const persons = yield* Persons
    const startedAt = yield* Clock.currentTimeMillis
    const first = yield* persons.erase(unitId, subject)
    yield* drained(startedAt, wait)
    const second = yield* persons.erase(unitId, subject)
    const finishedAt = yield* Clock.currentTimeMillis
    const receipt = yield* Receipt.make({ unitId, subject, startedAt, finishedAt, tables: sum([...first, ...second]) })
    yield* print(Stream.make(receipt))
    yield* Console.error(
      first.length + second.length === 0 ? "Nothing was stored of this person." : "The person is erased."
    )
  },
  Effect.provide(Layer.merge(stored, House.queue)),
  Effect.mapError(House.explain)
)

/** Waits until nothing is in the queue that was there at `before`. */
const drained = Effect.fnUntraced(function* (before: number, wait: number) {
  const queue = yield* Queue
  const isWaiting = Effect.map(Effect.forEach(Topic.literals, queue.depth), (depths) =>
    depths.some(({ oldestAppendedAt = Infinity }) => oldestAppendedAt <= before)
  )
  const until = before + wait * 1_000
  let isTold = false
  while (yield* isWaiting) {
    if ((yield* Clock.currentTimeMillis) > until) {
      return yield* new CommandError({
        sentence:
          "What is stored was erased, but the queue still holds messages from before, which may bring it back. See that the " +
          "worker runs, then give the same command again."
      })
    }
    if (!isTold) yield* Console.error("Waiting for the queue to bring in what was sent before…")
    isTold = true
    yield* Effect.sleep(Duration.millis(250))
  }
})

const sum = (counts: ReadonlyArray<Erased>): ReadonlyArray<Erased> =>
  [...Map.groupBy(counts, ({ table }) => table)].map(([table, some]) => ({
    table,
    removed: some.reduce((total, { removed }) => total + removed, 0),
    blanked: some.reduce((total, { blanked }) => total + blanked, 0)
  }))
