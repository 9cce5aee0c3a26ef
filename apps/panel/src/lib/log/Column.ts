import type { Snippet } from "svelte"

/** A column as the server gives it. *Shape*: `key` is the field of the log's row, `label` in the reader's language. */
export interface Column {
  readonly key: string
  readonly label: string
}

/** How a column's cells look. *Shape*: `slot` is their place and width (table.css), `font` how they are set. */
export interface Cell<Row> {
  readonly slot: string
  readonly font?: "id" | "digits"
  readonly cell: Snippet<[Row]>
}

/** A log's own cells, by the column's key. */
export type Cells<Row> = Readonly<Record<string, Cell<Row>>>
