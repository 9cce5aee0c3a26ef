import type { HttpStatus } from "@spoor/domain"

/** Rows of one status class; "any" in logs without statuses. */
export interface Part {
  readonly kind: HttpStatus.StatusClass | "any"
  readonly count: number
}

/**
 * A bar: when it begins and ends, and how many rows lie in between.
 *
 * *Units*: `begin` and `end` in UTC milliseconds. *Shape*: `from` and `to` say the same as an address takes it.
 */
export interface BarView {
  readonly begin: number
  readonly end: number
  readonly from: string
  readonly to: string
  readonly count: number
  readonly parts: ReadonlyArray<Part>
}

/** *Shape*: `bars` null where counting took too long; `kinds` has a name and a sum for every class that occurs. */
export interface HistogramView {
  readonly bars: ReadonlyArray<BarView> | null
  readonly kinds: ReadonlyArray<Part & { readonly label: string }>
  readonly count: number
  readonly isEstimate: boolean
}

/** *Units*: pixels; the axis stands below the plot. */
export const plotHeight = 46
/** Whatever there is can be seen, however much there is of something else. */
const partHeightMin = 2
const roomAbove = 8

/** A part of a bar on the plot, from the top of the picture. *Units*: pixels. */
export interface Block {
  readonly kind: Part["kind"]
  readonly y: number
  readonly height: number
}

/** The parts of a bar, one upon the other, when the highest bar holds `countMax` rows. */
export const stack = (parts: ReadonlyArray<Part>, countMax: number): ReadonlyArray<Block> => {
  let y = plotHeight
  return parts.map(({ kind, count }) => {
    const height = Math.min(y, Math.max(partHeightMin, ((plotHeight - roomAbove) * count) / countMax))
    y -= height
    return { kind, y, height }
  })
}
