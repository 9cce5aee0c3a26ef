import type { Effect } from "effect"
import type { Findings } from "./Books.ts"

/** *Shape*: `isLong` is the form of `npm run chaos`, as against that of the tests; `tell` reports progress. */
export interface Options {
  readonly seed: number
  /** How many items are sent, about. */
  readonly events: number
  readonly isLong: boolean
  readonly tell: (text: string) => void
}

/** Something that goes wrong, and what must come of it all the same. */
export interface Scenario {
  readonly name: string
  readonly summary: string
  /** Why this machine cannot run it; null where it can. */
  readonly obstacle: string | null
  readonly run: (options: Options) => Effect.Effect<Findings, unknown>
}
