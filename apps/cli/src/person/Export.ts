import { type Who, Persons, Units } from "@spoor/postgres"
import { Clock, Console, Effect, Layer, Stream } from "effect"
import * as Instant from "../input/Instant.ts"
import * as House from "../letter/House.ts"
import { line } from "../Output.ts"
import { print } from "../Printing.ts"
import * as Unit from "../webhook/Unit.ts"

/** The last line counts the rows, so that a file that was cut off shows. */
export const exportRows = Effect.fn("exportRows")(
  function* (unit: number | undefined, subject: Who) {
    const unitId = yield* Unit.meant(unit)
    const persons = yield* Persons
    let count = 0
    const rows = Stream.map(persons.rows(unitId, subject), (row) => {
      count++
      return line({ kind: "row", ...row })
    })
    const exportedAt = Instant.format(yield* Clock.currentTimeMillis)
    yield* print(
      Stream.mapError(rows, House.explain).pipe(
        Stream.concat(Stream.suspend(() => Stream.make(line({ kind: "end", unitId, exportedAt, rows: count }))))
      )
    )
    if (count === 0) yield* Console.error("Nothing is stored of this person.")
  },
  Effect.provide(Layer.mergeAll(Persons.layer, Units.layer).pipe(Layer.provide(House.database))),
  Effect.mapError(House.explain)
)
