import type { Snippet } from "svelte"

/** How narrow and how wide a column may be made. *Units*: CSS pixels. */
export const widthMin = 48
export const widthMax = 800

/**
 * A column as its reader sees it. *Shape*: `key` is the field of the log's row, `label` in the reader's language; `isKept`
 * says that it cannot be left out. *Units*: `width` in CSS pixels, null for a share of what is left.
 */
export interface Column {
  readonly key: string
  readonly label: string
  readonly isKept: boolean
  readonly isShown: boolean
  readonly width: number | null
}

/** How a column's cells look. *Shape*: `slot` is their place and width (table.css), `font` how they are set. */
export interface Cell<Row> {
  readonly slot: string
  readonly font?: "id" | "digits"
  readonly cell: Snippet<[Row]>
}

/** A log's own cells, by the column's key. */
export type Cells<Row> = Readonly<Record<string, Cell<Row>>>
