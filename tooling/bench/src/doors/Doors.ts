import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Bench, Options, Report } from "../Bench.ts"
import { type Cell, interleave, type Measured } from "../Rounds.ts"
import { batchEvents, bodies, type Body } from "./Batches.ts"
import { withDatabase, writeKey } from "./House.ts"
import { cpuOfQueue } from "./queue.ts"
import * as Server from "./Server.ts"

/** More would fill the queue, which nobody empties here. */
const eventsMax = 500_000

const bare = new URL("bare.ts", import.meta.url)
const ingest = new URL("../../../../apps/ingest/src/main.ts", import.meta.url)

/** Processor time per event at `POST /v1/events`, beside a server that only parses. */
export const doors: Bench = {
  name: "doors",
  summary: "Processor time per event of the door for batches, beside bare node:http and JSON.parse.",
  run: (options) =>
    withDatabase(async ({ databaseUrl }) => {
      const events = Math.min(options.events, eventsMax)
      const batches = bodies({ ...options, events }, writeKey)
      const door = async (): Promise<Measurable> => {
        const home = await mkdtemp(join(tmpdir(), "spoor-bench-doors-"))
        const settings = { DATABASE_URL: databaseUrl, SPOOR_HOME: home, SPOOR_INGEST_ROLES: "doors" }
        const server = await Server.start(ingest, settings)
        return { server, end: () => rm(home, { recursive: true, force: true }) }
      }
      const parsing = async (): Promise<Measurable> => ({ server: await Server.start(bare, {}), end: async () => {} })
      const measured = await interleave(
        [cell("door", batches, door), cell("node:http and JSON.parse", batches, parsing), ...queues(batches)],
        options.rounds
      )
      return report({ ...options, events }, batches, measured)
    })
}

interface Measurable {
  readonly server: Server.Server
  readonly end: () => Promise<void>
}

/** A new process for each round; a fifth of the batches warms it up. */
const cell = (name: string, batches: ReadonlyArray<Body>, begin: () => Promise<Measurable>): Cell<number> => ({
  name,
  measure: async () => {
    const { server, end } = await begin()
    await Server.load(server.port, batches.slice(0, Math.ceil(batches.length / 5)))
    const before = await server.cpu()
    await Server.load(server.port, batches)
    const elapsed = (await server.cpu()) - before
    await server.stop()
    await end()
    return { elapsed, counted: batches.length }
  }
})

const queues = (batches: ReadonlyArray<Body>): ReadonlyArray<Cell<number>> =>
  (["embedded", "memory"] as const).map((kind) => ({
    name: `queue alone, ${kind}`,
    measure: async () => ({ elapsed: await cpuOfQueue(kind, batches), counted: batches.length })
  }))

const report = (
  { events, seed, rounds }: Options,
  batches: ReadonlyArray<Body>,
  measured: ReadonlyArray<Measured<number>>
): Report => {
  const count = batches.length * batchEvents
  const perEvent = (milliseconds: number) => (milliseconds * 1_000) / count
  const [door, parsing, embedded, memory] = measured.map(({ least }) => least) as [number, number, number, number]
  const ratio = (a: number, b: number) => Number((a / b).toFixed(2))
  const inMemory = door - embedded + memory
  const bytes = batches.reduce((sum, { length }) => sum + length, 0)
  const row = ({ name, least, median, most }: Measured<number>) => [
    name,
    ...[least, median, most].map((spent) => perEvent(spent).toFixed(2)),
    ratio(least, parsing).toFixed(2)
  ]
  return {
    table: [["microseconds of CPU per event", "least", "median", "most", "ratio"], ...measured.map(row)],
    notes: [
      `${count} events of seed ${seed} in batches of ${batchEvents}, ${Math.round(bytes / count)} bytes each, ${rounds} rounds`,
      `With a queue in memory the door would take ${perEvent(inMemory).toFixed(2)}: ratio ${ratio(inMemory, parsing).toFixed(2)}`
    ],
    line: {
      ratio: ratio(door, parsing),
      ratio_in_memory: ratio(inMemory, parsing),
      door_us_per_event: Number(perEvent(door).toFixed(3)),
      bare_us_per_event: Number(perEvent(parsing).toFixed(3)),
      events,
      seed,
      rounds
    },
    errors: []
  }
}
