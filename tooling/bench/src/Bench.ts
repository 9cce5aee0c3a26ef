/** What every bench may be asked for. Options that mean nothing to a bench are ignored by it. */
export interface Options {
  /** How many events the bench is about. Default 1,000,000, at least 1,000. */
  readonly events: number
  /** What the events follow from; the same seed gives the same events. Default 1. */
  readonly seed: number
  /** How often each cell is measured after one warm-up. Default 5. */
  readonly rounds: number
  /** How many rows a log has that has grown. Default 10,000,000, at least 10,000. */
  readonly rows: number
  /** How many receipts of text messages wait in the end. Default 100,000, at least 1,000. */
  readonly receipts: number
}

export const defaults: Options = { events: 1_000_000, seed: 1, rounds: 5, rows: 10_000_000, receipts: 100_000 }

/**
 * What a bench found.
 *
 * *Shape*: the first row of `table` is its head. `line` becomes the JSON line, after the bench's name; its `ratio` is the
 * one that the bench is there for. `errors` are wrong results, never slow ones.
 */
export interface Report {
  readonly table: ReadonlyArray<ReadonlyArray<string>>
  readonly notes: ReadonlyArray<string>
  readonly line: Readonly<Record<string, number>> & { readonly ratio: number }
  readonly errors: ReadonlyArray<string>
}

/** A speed claim: something of ours beside a reference, in one run on one machine. */
export interface Bench {
  readonly name: string
  readonly summary: string
  readonly run: (options: Options) => Promise<Report>
}
