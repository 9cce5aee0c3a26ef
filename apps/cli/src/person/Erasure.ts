import { type Who, Erasure, PersonFile, Persons, Units } from "@spoor/postgres"
import { Console, Duration, Effect, Layer, Stream } from "effect"
import { CommandError } from "../CommandError.ts"
import { settings } from "../config.ts"
import * as House from "../letter/House.ts"
import { print } from "../Printing.ts"
import { unreadable } from "../Signing.ts"
import * as Unit from "../webhook/Unit.ts"

const stored = Layer.mergeAll(Persons.layer, Units.layer).pipe(Layer.provide(House.database))

interface Question {
  readonly unit: number | undefined
  readonly subject: Who
}

/** Tells what would go, and changes nothing. */
export const foretell = Effect.fn("foretell")(
  function* ({ unit, subject }: Question) {
    const found = yield* PersonFile.counts(yield* Unit.meant(unit), subject)
    if (found.length === 0) return yield* Console.error("Nothing is stored of this person.")
    yield* print(Stream.fromIterable(found.map(({ table, rows }) => `${String(rows).padStart(8)}  ${table}\n`)))
    yield* Console.error(
      "Nothing was changed. To erase this, and the person's name wherever else it stands, add --yes."
    )
  },
  Effect.provide(stored),
  Effect.mapError(House.explain)
)

/** Erases, and writes the receipt. *Units*: `wait` in seconds. */
export const erase = Effect.fn("erase")(
  function* ({ unit, subject, wait }: Question & { readonly wait: number }) {
    const { receipt, tables } = yield* Erasure.erase({
      unitId: yield* Unit.meant(unit),
      subject,
      home: (yield* settings).home,
      wait: Duration.seconds(wait),
      onWait: Console.error("Waiting for the queue to bring in what was sent before…")
    }).pipe(
      Effect.catchTags({
        QueueBehind: () => Effect.fail(behind),
        SigningKeyUnreadable: (error) => Effect.fail(unreadable(error))
      })
    )
    yield* print(Stream.make(receipt))
    yield* Console.error(tables.length === 0 ? "Nothing was stored of this person." : "The person is erased.")
  },
  Effect.provide(Layer.merge(stored, House.queue)),
  Effect.mapError(House.explain)
)

const behind = new CommandError({
  sentence:
    "What is stored was erased, but the queue still holds messages from before, which may bring it back. See that the " +
    "worker runs, then give the same command again."
})
