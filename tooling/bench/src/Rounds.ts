/** One measurement, and what it counted, so that cells can be held against each other. *Units*: milliseconds. */
export interface Measurement<A> {
  readonly elapsed: number
  readonly counted: A
}

/** Something to measure. `measure` prepares, then times its work alone with `time`. */
export interface Cell<A> {
  readonly name: string
  readonly measure: () => Promise<Measurement<A>>
}

/** What the rounds of one cell gave. *Units*: milliseconds. */
export interface Measured<A> {
  readonly name: string
  readonly least: number
  readonly median: number
  readonly most: number
  readonly counted: A
}

/**
 * Measures the cells in turn, round by round, each round beginning with another cell, after a round that warms up and
 * counts for nothing: a machine that slows down, or garbage that a neighbour left, meets all of them alike.
 */
export const interleave = async <A>(
  cells: ReadonlyArray<Cell<A>>,
  rounds: number
): Promise<ReadonlyArray<Measured<A>>> => {
  const measured = cells.map(({ name }) => ({ name, elapsed: Array<number>(), counted: Array<A>() }))
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < cells.length; turn++) {
      const place = (round + turn) % cells.length
      const { elapsed, counted } = await cells[place]!.measure()
      measured[place]!.counted.push(counted)
      if (round > 0) measured[place]!.elapsed.push(elapsed)
    }
  }
  return measured.map(({ name, elapsed, counted }) => {
    const sorted = elapsed.sort((a, b) => a - b)
    return { name, least: sorted[0]!, median: median(sorted), most: sorted.at(-1)!, counted: counted.at(-1)! }
  })
}

/** Runs the work on a heap without garbage. */
export const time = async <A>(
  work: () => A | Promise<A>
): Promise<{ readonly elapsed: number; readonly result: A }> => {
  collect()
  const startedAt = performance.now()
  const result = await work()
  return { elapsed: performance.now() - startedAt, result }
}

/** Collects all garbage; `npm run bench` gives Node the option that allows it. */
export const collect = (): void => {
  if (globalThis.gc === undefined) throw new Error("The benches need Node's --expose-gc: start them by npm run bench.")
  globalThis.gc()
}

const median = (sorted: ReadonlyArray<number>): number => {
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
