import { type Keyset, type LogQuery, LogReader, UnitLock } from "@spoor/postgres"
import { Effect } from "effect"
import type { Bench, Options, Report } from "../Bench.ts"
import * as Chance from "../events/Chance.ts"
import { scansOf } from "./Plan.ts"
import { type Kind, type Question, questions } from "./Questions.ts"
import { fill, type Filled, layer } from "./Store.ts"

const pageRows = 50

/** One that takes this long is not asked so often. *Units*: milliseconds. */
const slow = 500

interface Cell {
  readonly question: Question
  readonly place: "first" | "deep"
  readonly p50: number
  readonly p95: number
  /** Tables that the plan reads as a whole. */
  readonly scans: ReadonlyArray<string>
}

/** What a page of *Website activity* costs under every filter, on a log that has grown. */
export const pages: Bench = {
  name: "pages",
  summary: "Milliseconds of a log's page under every filter, first and deep, on --rows rows.",
  run: ({ rounds, ...shape }) =>
    Effect.runPromise(
      Effect.gen(function* () {
        const filled = yield* fill(shape, (said) => console.error(said))
        const chance = Chance.of(shape.seed, 1)
        const below = (limit: number) => Chance.below(chance, limit)
        const asked = yield* questions(filled, shape.rows, below)
        // As the panel and the read API ask.
        const cells = yield* UnitLock.within(filled.unitId)(measure(filled, asked, rounds * 4, below))
        return report({ rounds, ...shape }, cells)
      }).pipe(Effect.provide(layer(shape)))
    )
}

/** Half way down the log or its interval: 10,000 pages deep in a log of a million rows, 100,000 in one of ten millions. */
const turn = (
  { newest, oldest }: Filled,
  { interval: { from, to } }: LogQuery<"activity">,
  place: Cell["place"],
  below: (limit: number) => number
): Keyset.Turn => {
  if (place === "first") return { direction: "newest" }
  const [since, until] = [from ?? oldest, to ?? newest]
  return {
    direction: "older",
    cursor: { at: Math.floor(since + (until - since) * (0.45 + below(1_000) / 10_000)), id: 0 }
  }
}

/**
 * Every asking is of other values. The first, which is not timed, shows its plan; then all are asked in turn, so that what else the machine
 * does meanwhile is shared among them.
 */
const measure = Effect.fnUntraced(function* (
  filled: Filled,
  asked: ReadonlyArray<Question>,
  times: number,
  below: (limit: number) => number
) {
  const reader = yield* LogReader
  // Whoever reads is told so after ten seconds, which is what it took then.
  const read = (query: LogQuery<"activity">, place: Cell["place"]) =>
    reader.page(query, turn(filled, query, place, below), pageRows).pipe(
      Effect.asVoid,
      Effect.catchIf(
        ({ reason }) => reason._tag === "StatementTimeoutError",
        () => Effect.void
      )
    )
  const cells: Array<Omit<Cell, "p50" | "p95"> & { readonly taken: Array<number> }> = []
  for (const question of asked) {
    for (const place of ["first", "deep"] as const) {
      cells.push({ question, place, scans: yield* scansOf(read(question.ask(), place)), taken: [] })
    }
  }
  for (let time = 0; time < times; time++) {
    for (const { place, question, taken } of cells) {
      if (time >= 3 && taken.some((elapsed) => elapsed > slow)) continue
      const query = question.ask()
      const before = performance.now()
      yield* read(query, place)
      taken.push(performance.now() - before)
    }
  }
  return cells.map(({ taken, ...cell }): Cell => ({ ...cell, p50: quantile(taken, 0.5), p95: quantile(taken, 0.95) }))
})

const quantile = (taken: ReadonlyArray<number>, share: number): number =>
  taken.toSorted((a, b) => a - b)[Math.ceil(taken.length * share) - 1]!

const report = ({ rounds, rows, seed }: Omit<Options, "events">, cells: ReadonlyArray<Cell>): Report => {
  const worst = (kind: Kind) =>
    cells.filter(({ question }) => question.kind === kind).toSorted((a, b) => b.p95 - a.p95)[0]!
  const [first, deep] = cells
  const rounded = (milliseconds: number) => Number(milliseconds.toFixed(1))
  const names = [...new Set(cells.map(({ question }) => question))]
  const scans = cells.filter(({ question, scans }) => question.kind !== "open" && scans.length > 0)
  const nameOf = ({ place, question }: Cell) => `${question.name}, ${place} page`
  return {
    table: [
      ["milliseconds", "kind", "first p50", "first p95", "deep p50", "deep p95"],
      ...names.map((question) => [
        question.name,
        question.kind,
        ...cells
          .filter((cell) => cell.question === question)
          .flatMap(({ p50, p95 }) => [p50.toFixed(1), p95.toFixed(1)])
      ])
    ],
    notes: [
      `${rows} rows of seed ${seed}, pages of ${pageRows}, ${rounds * 4} askings of other values each`,
      ...(["exact", "prefix", "address", "open"] as const).map((kind) => {
        const cell = worst(kind)
        return `worst ${kind}: ${nameOf(cell)}, p95 ${cell.p95.toFixed(1)} ms`
      }),
      ...scans.map((cell) => `reads a whole table: ${nameOf(cell)} (${cell.scans.join(", ")})`)
    ],
    line: {
      ratio: rounded(worst("exact").p95 / first!.p50),
      p95_ms_max: rounded(worst("exact").p95),
      p95_ms_max_prefix: rounded(worst("prefix").p95),
      p95_ms_max_address: rounded(worst("address").p95),
      p95_ms_max_open: rounded(worst("open").p95),
      first_page_p95_ms: rounded(first!.p95),
      deep_page_p95_ms: rounded(deep!.p95),
      plans_that_scan: scans.length,
      rows,
      seed,
      rounds
    },
    errors: []
  }
}
