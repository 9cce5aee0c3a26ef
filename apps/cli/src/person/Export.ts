import { type Who, PersonFile, Persons, Units } from "@spoor/postgres"
import { Console, Effect, Layer, Stream } from "effect"
import * as House from "../letter/House.ts"
import { print } from "../Printing.ts"
import * as Unit from "../webhook/Unit.ts"

export const exportRows = Effect.fn("exportRows")(
  function* (unit: number | undefined, subject: Who) {
    let lines = 0
    const counted = Stream.tap(PersonFile.lines(yield* Unit.meant(unit), subject), () => Effect.sync(() => lines++))
    yield* print(Stream.mapError(counted, House.explain))
    if (lines === 1) yield* Console.error("Nothing is stored of this person.")
  },
  Effect.provide(Layer.mergeAll(Persons.layer, Units.layer).pipe(Layer.provide(House.database))),
  Effect.mapError(House.explain)
)
