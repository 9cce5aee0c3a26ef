import { parseArgs } from "node:util"
import { type Bench, defaults, type Options, type Report } from "./Bench.ts"
import { doors } from "./doors/Doors.ts"
import { identify } from "./identify/Identify.ts"
import { ingest } from "./ingest/Ingest.ts"
import { pages } from "./pages/Pages.ts"
import { sessions } from "./sessions/Sessions.ts"
import { sms } from "./sms/Sms.ts"
import { verify } from "./verify/Verify.ts"

const benches: ReadonlyArray<Bench> = [doors, identify, ingest, pages, sessions, sms, verify]

const eventsMin = 1_000
const eventsMax = 5_000_000
const roundsMax = 100
const rowsMin = 10_000
const rowsMax = 100_000_000
const receiptsMin = 1_000
const receiptsMax = 1_000_000

const list = benches.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`).join("\n")
const help = `npm run bench -- NAME [options]

${list}

  --events N  how many events (${defaults.events}; ${eventsMin} to ${eventsMax})
  --seed N    what the events follow from (${defaults.seed})
  --rounds N  how often each cell is measured, after a warm-up (${defaults.rounds}; 1 to ${roundsMax})
  --rows N    how many rows a log has, kept for the next run (${defaults.rows}; ${rowsMin} to ${rowsMax})
  --receipts N  how many receipts wait in the end (${defaults.receipts}; ${receiptsMin} to ${receiptsMax})
  --help      this text

The last line is JSON. What the rows mean: tooling/bench/README.md`

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      events: { type: "string" },
      seed: { type: "string" },
      rounds: { type: "string" },
      rows: { type: "string" },
      receipts: { type: "string" },
      help: { type: "boolean", short: "h" }
    }
  })
  const [name, ...others] = positionals
  if (values.help === true) return console.log(help)
  if (name === undefined) return console.log(`npm run bench -- NAME runs one of these:\n\n${list}`)
  const bench = benches.find((bench) => bench.name === name)
  if (bench === undefined || others.length > 0)
    throw new Error(`There is no bench "${positionals.join(" ")}".\n\n${list}`)
  const options: Options = {
    events: whole("events", values.events, defaults.events, eventsMin, eventsMax),
    seed: whole("seed", values.seed, defaults.seed, 0, 0xffff_ffff),
    rounds: whole("rounds", values.rounds, defaults.rounds, 1, roundsMax),
    rows: whole("rows", values.rows, defaults.rows, rowsMin, rowsMax),
    receipts: whole("receipts", values.receipts, defaults.receipts, receiptsMin, receiptsMax)
  }
  print(bench, await bench.run(options))
}

const whole = (name: string, given: string | undefined, fallback: number, least: number, most: number): number => {
  const value = given === undefined ? fallback : Number(given)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new Error(`--${name} is a whole number from ${least} to ${most}, not "${given}".`)
}

/** The JSON line is the last one, also of a run that went wrong: the exit code tells. */
const print = (bench: Bench, { table, notes, line, errors }: Report): void => {
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  for (const row of table) {
    console.log(row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join("  "))
  }
  for (const note of ["", ...notes]) console.log(note)
  for (const error of errors) console.error(`error: ${error}`)
  if (errors.length > 0) process.exitCode = 1
  console.log(JSON.stringify({ bench: bench.name, ...line }))
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
