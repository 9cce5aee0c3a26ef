import { freePort } from "@spoor/postgres/embedded"
import { Effect } from "effect"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Bench, Options, Report } from "../Bench.ts"
import { type House, withDatabase } from "../doors/House.ts"
import * as Server from "../doors/Server.ts"
import { type Cell, interleave, type Measured } from "../Rounds.ts"
import * as Smsc from "./Smsc.ts"

const adapter = new URL("../../../../apps/sms/src/main.ts", import.meta.url)
const bare = new URL("bare.ts", import.meta.url)

/** What warms a process up: it is new in each round. */
const warmUp = 5_000

/** *Units*: milliseconds; `cpu` of all receipts, `early` and `late` in bytes: with a tenth and with all of them waiting. */
interface Counted {
  readonly waits: Float64Array
  readonly cpu: number
  readonly early: number
  readonly late: number
  readonly refused: number
}

/** Receipts over one SMPP session, acknowledged when they are durable, beside one that acknowledges and keeps nothing. */
export const sms: Bench = {
  name: "sms",
  summary: "Receipts per second over one SMPP session that are acknowledged when they are durable.",
  run: (options) =>
    withDatabase(async (house) => {
      const measured = await interleave(
        [
          cell("adapter", options.receipts, (port) => startAdapter(house, port)),
          cell("answered at once, kept nowhere", options.receipts, startBare)
        ],
        options.rounds
      )
      return report(options, measured)
    })
}

interface Started extends Server.Program {
  readonly end: () => Promise<void>
}

/** With a queue of its own that nobody empties, so that all receipts wait in the end. */
const startAdapter = async (house: House, port: number): Promise<Started> => {
  const home = await mkdtemp(join(tmpdir(), "spoor-bench-sms-"))
  await house.ask("delete from sms_gateway_state")
  await house.ask("delete from sms_gateway")
  const smpp = JSON.stringify({
    smpp: { host: "127.0.0.1", port, systemId: "spoor", isTls: false },
    secrets: ["BENCH"]
  })
  await house.ask(`insert into sms_gateway (unit_id, key, name, plugin, settings, created_at)
    select unit_id, 'bench', 'Bench', 'smpp', '${smpp}', now() from business_unit`)
  const program = Server.run(adapter, {
    DATABASE_URL: house.databaseUrl,
    SPOOR_HOME: home,
    SPOOR_SMS_PORT: String(await Effect.runPromise(freePort)),
    SPOOR_SMS_SECRET_BENCH: "secret",
    SPOOR_LOG_LEVEL: "error"
  })
  return { ...program, end: () => rm(home, { recursive: true, force: true }) }
}

const startBare = async (port: number): Promise<Started> => ({
  ...Server.run(bare, { BENCH_SMSC_PORT: String(port) }),
  end: async () => {}
})

const cell = (name: string, receipts: number, start: (port: number) => Promise<Started>): Cell<Counted> => ({
  name,
  measure: async () => {
    const smsc = new Smsc.Smsc()
    const program = await start(await smsc.listen())
    await smsc.deliver(0, warmUp, async () => {})
    const before = await program.cpu()
    let early: Promise<number> | undefined
    const { elapsed, refused, waits } = await smsc.deliver(warmUp, receipts, async (tenth) => {
      if (tenth === 1) early = program.memory()
    })
    const [cpu, late] = [(await program.cpu()) - before, await program.memory()]
    await program.stop()
    smsc.close()
    await program.end()
    return { elapsed, counted: { waits, cpu, early: (await early) ?? late, late, refused } }
  }
})

const report = ({ receipts, rounds }: Options, measured: ReadonlyArray<Measured<Counted>>): Report => {
  const perSecond = (milliseconds: number) => (receipts * 1_000) / milliseconds
  const percentile = ({ waits }: Counted, share: number) =>
    waits.toSorted()[Math.min(waits.length - 1, Math.floor(waits.length * share))]!
  const megabytes = (bytes: number) => (bytes / 1024 ** 2).toFixed(0)
  const [ours, reference] = measured as [Measured<Counted>, Measured<Counted>]
  const row = ({ counted, least, median, most, name }: Measured<Counted>) => [
    name,
    ...[most, median, least].map((elapsed) => Math.round(perSecond(elapsed)).toString()),
    percentile(counted, 0.5).toFixed(1),
    percentile(counted, 0.99).toFixed(1),
    ((counted.cpu * 1_000) / receipts).toFixed(0),
    megabytes(counted.early),
    megabytes(counted.late)
  ]
  const ratio = Number((reference.median / ours.median).toFixed(3))
  const refused = measured.reduce((sum, { counted }) => sum + counted.refused, 0)
  return {
    table: [
      ["receipts per second", "least", "median", "most", "p50 ms", "p99 ms", "CPU µs", "MB at 10 %", "MB at 100 %"],
      ...measured.map(row)
    ],
    notes: [
      `${receipts} receipts, ${Smsc.windowMax} at most without an answer, ${rounds} rounds; all of them wait in the queue in the end`,
      "p50 and p99: from sending a receipt to its answer, in the last round. CPU: of the process for each receipt. MB: its resident memory."
    ],
    line: {
      ratio,
      per_second: Math.round(perSecond(ours.median)),
      p99_ms: Number(percentile(ours.counted, 0.99).toFixed(2)),
      memory_ratio: Number((ours.counted.late / ours.counted.early).toFixed(2)),
      cpu_us_per_receipt: Number(((ours.counted.cpu * 1_000) / receipts).toFixed(1)),
      receipts,
      rounds
    },
    errors: refused === 0 ? [] : [`${refused} receipts were refused.`]
  }
}
