import type { Bench, Options, Report } from "../Bench.ts"
import { interleave, type Measured } from "../Rounds.ts"
import { type Counted, isSame } from "./Counted.ts"
import { duckDb } from "./DuckDb.ts"
import { incremental } from "./incremental.ts"
import { type Memory, memory } from "./memory.ts"
import { whole } from "./whole.ts"

const MEBIBYTE = 1024 * 1024

/** Sessions out of unsorted events, beside DuckDB's SQL on one thread. */
export const sessions: Bench = {
  name: "sessions",
  summary: "Seeded shop events through sessionize, beside DuckDB cutting the same events by pauses.",
  run: async (options) => {
    const heap = memory(options)
    const measured = await interleave(
      [whole(options), incremental(options), ...(await duckDb(options))],
      options.rounds
    )
    return report(options, measured, heap)
  }
}

const report = (
  { events, seed, rounds }: Options,
  measured: ReadonlyArray<Measured<Counted>>,
  heap: Memory
): Report => {
  const [ours, stepwise, windows, lists] = [measured[0]!, measured[1]!, measured.at(-2)!, measured.at(-1)!]
  const perSecond = (milliseconds: number) => Math.round((events / milliseconds) * 1000)
  const ratio = (a: number, b: number) => Number((a / b).toFixed(2))
  const row = ({ name, least, median, most }: Measured<Counted>) => [
    name,
    ...[most, median, least].map((elapsed) => perSecond(elapsed).toLocaleString("en")),
    ratio(windows.median, median).toFixed(2)
  ]
  const mebibytes = (bytes: number) => `${(bytes / MEBIBYTE).toFixed(1)} MiB`
  return {
    table: [["", "events/s least", "median", "most", "ratio"], ...measured.map(row)],
    notes: [
      `${events} events of seed ${seed}, ${rounds} rounds: ${JSON.stringify(ours.counted)}`,
      `Sorted by visitor: a heap of at most ${mebibytes(heap.once)} for ${heap.events} events, ` +
        `${mebibytes(heap.fourTimes)} for four times as many`
    ],
    line: {
      ratio: ratio(windows.median, ours.median),
      ratio_to_lists: ratio(lists.median, ours.median),
      sessionize_events_per_s: perSecond(ours.median),
      incremental_events_per_s: perSecond(stepwise.median),
      duckdb_events_per_s: perSecond(windows.median),
      memory_ratio: ratio(heap.fourTimes, heap.once),
      events,
      seed,
      rounds
    },
    errors: measured
      .filter(({ counted }) => !isSame(counted, ours.counted))
      .map(
        ({ name, counted }) => `${name} counts ${JSON.stringify(counted)}, sessionize ${JSON.stringify(ours.counted)}`
      )
  }
}
