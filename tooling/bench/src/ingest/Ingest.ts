import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Bench, Options, Report } from "../Bench.ts"
import { batchEvents, bodies, type Body } from "../doors/Batches.ts"
import { type House, withDatabase, writeKey } from "../doors/House.ts"
import * as Server from "../doors/Server.ts"
import { type Cell, interleave, type Measured } from "../Rounds.ts"
import * as Nats from "./Nats.ts"
import { cpuOf, cpuOfPostgres } from "./Processor.ts"

/** What new processes do before the clock starts, so that it measures a service that runs. *Units*: events for each worker. */
const warmUpEvents = 8_000

/** More would fill the queue if the worker were slow. */
const eventsMax = 500_000

const program = new URL("../../../../apps/ingest/src/main.ts", import.meta.url)

/** *Units*: milliseconds of processor time, bytes. */
interface Spent {
  readonly doors: number
  readonly nats: number
  readonly workers: number
  readonly postgres: number
  readonly wal: number
  readonly rows: number
}

/** The whole way of an event, beside PostgreSQL's COPY of the rows that come of it. */
export const ingest: Bench = {
  name: "ingest",
  summary: "Events per second from HTTP to committed rows, beside COPY of the same rows.",
  run: (options) =>
    withDatabase(async (house) => {
      const events = Math.min(options.events, eventsMax)
      // One day, so that nothing is too late to count.
      const batches = bodies({ ...options, events }, writeKey, 1)
      const warmUp = [1, 2, 3, 4].map((more) =>
        bodies({ events: warmUpEvents, seed: options.seed + more }, writeKey, 1)
      )
      const folder = await mkdtemp(join(tmpdir(), "spoor-bench-ingest-"))
      // Where the server may write, whoever it runs as.
      const [server] = await house.ask("select current_setting('data_directory') as folder")
      const file = join(String(server?.["folder"]), "activity.copy")
      const scene = { house, batches, warmUp, folder }
      const cells = [1, 2, 4].map((workers) => embedded(scene, workers))
      if (Nats.program !== undefined) cells.push(onNats(scene, Nats.program))
      // The warm-up of the first cell leaves the rows that COPY takes.
      await cells[0]!.measure()
      await house.ask(`copy activity to '${file}'`)
      const measured = await interleave([...cells, copy(house, file)], options.rounds)
      await rm(folder, { recursive: true, force: true })
      return report({ ...options, events }, batches, measured)
    })
}

interface Scene {
  readonly house: House
  readonly batches: ReadonlyArray<Body>
  /** For each worker its own. */
  readonly warmUp: ReadonlyArray<ReadonlyArray<Body>>
  readonly folder: string
}

const embedded = (scene: Scene, workers: number): Cell<Spent> => ({
  name: workers === 1 ? "Spoor, 1 worker" : `Spoor, ${workers} workers`,
  measure: () => whole(scene, workers, undefined)
})

const onNats = (scene: Scene, file: string): Cell<Spent> => ({
  name: "Spoor on JetStream, 1 worker",
  measure: async () => {
    const server = await Nats.start(file, await mkdtemp(join(scene.folder, "nats-")))
    const measured = await whole(scene, 1, server)
    await server.stop()
    return measured
  }
})

/** Doors and workers as they are started in production, each in a process of its own. */
const whole = async ({ batches, folder, house, warmUp }: Scene, count: number, nats: Nats.NatsServer | undefined) => {
  const home = await mkdtemp(join(folder, "home-"))
  const settings = { DATABASE_URL: house.databaseUrl, SPOOR_HOME: home, NATS_URL: nats?.url ?? "" }
  const door = await Server.start(program, { ...settings, SPOOR_INGEST_ROLES: "doors" })
  const workers = Array.from({ length: count }, () =>
    Server.run(program, { ...settings, SPOOR_INGEST_ROLES: "worker" })
  )
  const processes = { door, nats, workers }
  await empty(house)
  await Server.load(door.port, warmUp.slice(0, count).flat())
  await written(house, count * warmUpEvents)
  await empty(house)
  const before = await spent(house, processes)
  const startedAt = performance.now()
  await Server.load(door.port, batches)
  await written(house, batches.length * batchEvents)
  const elapsed = performance.now() - startedAt
  const after = await spent(house, processes)
  await Promise.all([door, ...workers].map(({ stop }) => stop()))
  return { elapsed, counted: less(after, before) }
}

/** *Source*: PostgreSQL reads a file of its own machine, so that no client costs anything. */
const copy = (house: House, file: string): Cell<Spent> => ({
  name: "COPY",
  measure: async () => {
    await empty(house)
    const before = await spent(house, nobody)
    const startedAt = performance.now()
    await house.ask(`copy activity from '${file}'`)
    const elapsed = performance.now() - startedAt
    return { elapsed, counted: less(await spent(house, nobody), before) }
  }
})

/**
 * Workers may be at their schedules meanwhile, and in each other's way with this. The entries of `intake` stay: a message of the warm-up
 * that comes again, because its lane went to another worker, is known by them.
 */
const empty = async (house: House): Promise<void> => {
  try {
    await house.ask(
      "truncate activity, session, session_event, visitor, order_seen, intake_count, rejected_item restart identity cascade"
    )
  } catch (error) {
    if (error instanceof Error && error.message === "deadlock detected") return empty(house)
    throw error
  }
  await house.ask("checkpoint")
}

/** Waits until the books have all events of all batches. */
const written = async (house: House, count: number): Promise<void> => {
  for (;;) {
    const [row] = await house.ask(
      "select coalesce(sum(stored + duplicate + rejected), 0)::float8 as count from intake_count"
    )
    if (Number(row?.["count"]) >= count) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

interface Processes {
  readonly door: Server.Program | undefined
  readonly nats: Nats.NatsServer | undefined
  readonly workers: ReadonlyArray<Server.Program>
}

const nobody: Processes = { door: undefined, nats: undefined, workers: [] }

const spent = async (house: House, { door, nats, workers }: Processes): Promise<Spent> => {
  const [row] = await house.ask(
    "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as wal, (select count(*)::float8 from activity) as rows"
  )
  const used = await Promise.all(workers.map(({ cpu }) => cpu()))
  return {
    doors: (await door?.cpu()) ?? 0,
    nats: nats === undefined ? 0 : await cpuOf(nats.processId),
    workers: used.reduce((sum, milliseconds) => sum + milliseconds, 0),
    postgres: await cpuOfPostgres(house.processId),
    wal: Number(row?.["wal"]),
    rows: Number(row?.["rows"])
  }
}

const less = (after: Spent, before: Spent): Spent => ({
  doors: after.doors - before.doors,
  nats: after.nats - before.nats,
  workers: after.workers - before.workers,
  postgres: after.postgres - before.postgres,
  wal: after.wal - before.wal,
  rows: after.rows
})

const report = (
  { events, seed, rounds }: Options,
  batches: ReadonlyArray<Body>,
  measured: ReadonlyArray<Measured<Spent>>
): Report => {
  const sent = batches.length * batchEvents
  const reference = measured.at(-1)!
  // A row of COPY is an event; the repeats among what is sent are work for us only.
  const perSecond = ({ counted, median }: Measured<Spent>) => (counted.rows * 1_000) / median
  const ratio = (one: Measured<Spent>) => Number((perSecond(one) / perSecond(reference)).toFixed(3))
  const micros = (milliseconds: number) => ((milliseconds * 1_000) / sent).toFixed(1)
  const row = (one: Measured<Spent>) => [
    one.name,
    ...[one.most, one.median, one.least].map((elapsed) => Math.round((one.counted.rows * 1_000) / elapsed).toString()),
    ratio(one).toFixed(3),
    ...[one.counted.doors, one.counted.nats, one.counted.workers, one.counted.postgres].map(micros),
    Math.round(one.counted.wal / one.counted.rows).toString()
  ]
  const spoor = measured[0]!
  const onJetStream = Nats.program === undefined ? undefined : measured.at(-2)
  return {
    table: [
      [
        "rows per second",
        "least",
        "median",
        "most",
        "ratio",
        "doors µs",
        "NATS µs",
        "workers µs",
        "PostgreSQL µs",
        "WAL bytes"
      ],
      ...measured.map(row)
    ],
    notes: [
      `${sent} events of seed ${seed} in batches of ${batchEvents}, ${reference.counted.rows} of them different, ${rounds} rounds`,
      ...(onJetStream === undefined ? ["There is no nats-server: see packages/nats/README.md"] : []),
      "µs: processor time of all processes of that kind for each event sent. WAL: bytes for each row."
    ],
    line: {
      ratio: ratio(spoor),
      ...(onJetStream === undefined ? {} : { ratio_on_jetstream: ratio(onJetStream) }),
      events_per_second: Math.round(perSecond(spoor)),
      copy_rows_per_second: Math.round(perSecond(reference)),
      doors_us_per_event: Number(micros(spoor.counted.doors)),
      workers_us_per_event: Number(micros(spoor.counted.workers)),
      postgres_us_per_event: Number(micros(spoor.counted.postgres)),
      wal_bytes_per_event: Math.round(spoor.counted.wal / spoor.counted.rows),
      events,
      seed,
      rounds
    },
    errors: measured
      .filter(({ counted }) => counted.rows !== reference.counted.rows)
      .map(({ counted, name }) => `${name} has ${counted.rows} rows instead of ${reference.counted.rows}.`)
  }
}
