import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Effect, Random } from "effect"
import { parseArgs } from "node:util"
import { crews } from "./Crews.ts"
import { fullDisk } from "./FullDisk.ts"
import { cluster, kills } from "./Kills.ts"
import { outage } from "./Outage.ts"
import type { Scenario } from "./Scenario.ts"

const scenarios: ReadonlyArray<Scenario> = [kills, cluster, outage, fullDisk, crews]

const eventsMin = 1_000
const eventsMax = 5_000_000
const defaultEvents = 1_000_000
const seedMax = 0x7fff_ffff

const list = scenarios.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`).join("\n")
const help = `npm run chaos -- [NAME …] [options] runs these, or all of them:

${list}

  --events N  how many events are sent in each, about (${defaultEvents}; ${eventsMin} to ${eventsMax})
  --seed N    what the events and the blows follow from (drawn by chance)
  --help      this text

It ends with 1 when anything was lost, doubled or wrong.`

const main = Effect.gen(function* () {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { events: { type: "string" }, seed: { type: "string" }, help: { type: "boolean", short: "h" } }
  })
  if (values.help === true) return console.log(help)
  const unknown = positionals.filter((name) => !scenarios.some((scenario) => scenario.name === name))
  if (unknown.length > 0) throw new Error(`There is no "${unknown.join(" ")}".\n\n${list}`)
  const events = whole("events", values.events, defaultEvents, eventsMin, eventsMax)
  const seed = whole("seed", values.seed, yield* Random.nextIntBetween(0, seedMax), 0, seedMax)
  const asked = scenarios.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  console.log(`Seed ${seed}, ${events} events in each`)
  yield* Effect.forEach(asked, (scenario) => perform(scenario, seed, events))
})

const perform = Effect.fnUntraced(function* (scenario: Scenario, seed: number, events: number) {
  if (scenario.obstacle !== null) return console.log(`  ${scenario.name}: SKIPPED. ${scenario.obstacle}`)
  const startedAt = performance.now()
  const seconds = () => Math.round((performance.now() - startedAt) / 1_000)
  const tell = (text: string) => console.log(`  ${scenario.name}, ${seconds()} s: ${text}`)
  const { faults, figures } = yield* scenario.run({ seed, events, isLong: true, tell })
  tell(
    Object.entries(figures)
      .map(([name, figure]) => `${name} ${figure}`)
      .join(", ")
  )
  for (const fault of faults) console.error(`  fault: ${fault}`)
  if (faults.length > 0) process.exitCode = 1
})

const whole = (name: string, given: string | undefined, fallback: number, least: number, most: number): number => {
  const value = given === undefined ? fallback : Number(given)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new Error(`--${name} is a whole number from ${least} to ${most}, not "${given}".`)
}

const program = main.pipe(
  Effect.catchDefect((defect) =>
    Effect.sync(() => {
      console.error(defect instanceof Error ? defect.message : defect)
      process.exitCode = 1
    })
  )
)

// Ended by a signal it takes its servers and folders with it.
NodeRuntime.runMain(program)
