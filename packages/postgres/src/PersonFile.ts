import { Clock, DateTime, Effect, Stream } from "effect"
import type { SqlError } from "effect/sql"
import type { PersonTable } from "./PersonRows.ts"
import { Persons } from "./Persons.ts"
import type { Who } from "./PersonIdentity.ts"

/**
 * Everything that is stored of one person, as the lines of a file.
 *
 * *Shape*: NDJSON, a line a row, with the table that holds it; the last line counts them, so that a file that was cut off shows.
 */
export const lines = (unitId: number, who: Who): Stream.Stream<string, SqlError.SqlError, Persons> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { rows } = yield* Persons
      const exportedAt = DateTime.formatIso(DateTime.makeUnsafe(yield* Clock.currentTimeMillis))
      let count = 0
      const written = Stream.map(rows(unitId, who), (row) => {
        count++
        return line({ kind: "row", ...row })
      })
      return Stream.concat(
        written,
        Stream.suspend(() => Stream.make(line({ kind: "end", unitId, exportedAt, rows: count })))
      )
    })
  )

/** How many rows of a table concern somebody. */
export interface Found {
  readonly table: PersonTable
  readonly rows: number
}

/** What there is of one person. *Shape*: the tables in which something was found. */
export const counts = Effect.fn("PersonFile.counts")(function* (unitId: number, who: Who) {
  const { rows } = yield* Persons
  const found = new Map<PersonTable, number>()
  yield* Stream.runForEach(rows(unitId, who), ({ table }) =>
    Effect.sync(() => void found.set(table, (found.get(table) ?? 0) + 1))
  )
  return [...found].map(([table, rows]): Found => ({ table, rows }))
})

const line = (fields: object): string => `${JSON.stringify(fields)}\n`
