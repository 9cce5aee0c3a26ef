import { Console, Effect, Stream } from "effect"
import { line } from "../Output.ts"
import { harmless, print } from "../Printing.ts"

/** What a list shows of one thing: to programs its fields, to people the cells of a row. */
interface Entry {
  readonly fields: object
  readonly cells: ReadonlyArray<string>
}

/** Prints a list: columns as wide as what stands in them, or with `isJson` an object a line. */
export const list = Effect.fnUntraced(function* (
  isJson: boolean,
  header: ReadonlyArray<string>,
  entries: ReadonlyArray<Entry>,
  none: string
) {
  if (isJson) return yield* print(Stream.fromIterable(entries.map(({ fields }) => line(fields))))
  if (entries.length === 0) return yield* Console.error(none)
  const rows = [header, ...entries.map(({ cells }) => cells.map(harmless))]
  const widths = header.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)))
  yield* print(
    Stream.fromIterable(
      rows.map(
        (cells) =>
          `${cells
            .map((cell, column) => cell.padEnd(widths[column]!))
            .join("  ")
            .trimEnd()}\n`
      )
    )
  )
})
