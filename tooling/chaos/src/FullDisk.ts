import type { Program } from "@spoor/testing"
import { Clock, Effect } from "effect"
import { spawnSync } from "node:child_process"
import { closeSync, copyFileSync, openSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as Books from "./Books.ts"
import * as Client from "./Client.ts"
import { type House, withHouse } from "./House.ts"
import type { Options, Scenario } from "./Scenario.ts"
import * as Traffic from "./Traffic.ts"

/** 6 MiB more than the queue leaves free, most of it for its log. */
const disk = "70m"

const mounting = `mount -t tmpfs -o size=${disk} none "$0" && exec "$@"`

/** A process sees a small disk of its own in this folder; the disk is gone when it ends. *Source*: unshare(1), Linux. */
const onSmallDisk = ({ args, env, file }: Program.Command, folder: string): Program.Command => ({
  file: "unshare",
  args: ["--map-root-user", "--mount", "sh", "-c", mounting, folder, file, ...args],
  env
})

/** Whether this machine lets us mount in a namespace of our own. */
const isPossible = (): boolean => {
  const { args, file } = onSmallDisk({ file: "true", args: [], env: {} }, "/tmp")
  return spawnSync(file, args).status === 0
}

/** A queue that has filled its disk, then a disk that others have filled to the last byte. */
const run = Effect.fnUntraced(function* ({ events, seed, tell }: Options) {
  return yield* withHouse({ queue: "embedded", doors: 1, workers: 0, wrap: onSmallDisk, tell }, (house) =>
    Effect.gen(function* () {
      const traffic = Traffic.make(seed, events, (yield* Clock.currentTimeMillis) - Traffic.settledAfter)
      const faults: Array<string> = []
      const tally = Client.newTally()
      const sender = senderOf(house, traffic, tally, faults)
      const folder = `/proc/${house.doors[0]!.program.processId}/root${house.home}`

      yield* sender.untilRow(200)
      yield* house.database.stop
      yield* sender.untilRow(503)
      const filledWith = tally.accepted
      tell(`the queue has filled its disk with ${filledWith} requests; PostgreSQL comes back`)
      yield* house.database.start
      yield* sender.untilRow(200)
      // Else what still waits might fill the disk in place of the others.
      yield* Books.untilTaken(house, tell)
      tell(`it has room again after ${tally.refused} refusals; now others fill the disk`)

      yield* house.database.stop
      yield* sender.untilRow(200)
      yield* Effect.sync(() => fill(join(folder, "ballast")))
      yield* sender.untilRow(503)
      yield* house.database.start
      yield* sender.untilRow(503)
      tell("room again")
      rmSync(join(folder, "ballast"))
      yield* sender.rest
      yield* Books.untilWritten(house, traffic, tell)
      const books = yield* Books.audit(house, traffic, tally)
      if (books.figures["requests"] !== tally.accepted) {
        faults.push(
          `${books.figures["requests"]} requests were written, ${tally.accepted} were accepted: a refused one was kept.`
        )
      }
      faults.push(...complaintsOf(join(folder, "queue/queue.sqlite"), join(house.home, "copy.sqlite")))
      return {
        faults: [...faults, ...books.faults],
        figures: { ...books.figures, filledWith, endedAlone: house.endedAlone() }
      }
    })
  )
})

/** Sends one request after the other, one that is refused again and again. */
const senderOf = (house: House, { batches }: Traffic.Traffic, tally: Client.Tally, faults: Array<string>) => {
  const { origin } = house.doors[0]!
  const next = Effect.gen(function* () {
    const status = yield* Client.post(origin, house.writeKey, batches[tally.accepted]!)
    if (status === 200) tally.accepted++
    else if (status === 503) {
      tally.refused++
      yield* Effect.sleep("20 millis")
    } else return yield* Effect.die(new Error(`A door with a full disk answered with ${status}.`))
    return status
  })
  const hasMore = () => tally.accepted < batches.length
  /** Until this was the answer ten times in a row. */
  const untilRow = Effect.fnUntraced(function* (wanted: 200 | 503) {
    const startedAt = yield* Clock.currentTimeMillis
    for (let row = 0; row < rowLength;) {
      if (!hasMore()) return void faults.push(`The doors never answered with ${wanted}, though all has been sent.`)
      if ((yield* Clock.currentTimeMillis) - startedAt > patience)
        return void faults.push(`No ${wanted} within a minute.`)
      row = (yield* next) === wanted ? row + 1 : 0
      if (row === 0 && wanted === 200) yield* Effect.sleep("50 millis")
    }
  })
  const rest = Effect.whileLoop({ while: hasMore, body: () => next, step: () => {} })
  return { untilRow, rest }
}

const rowLength = 10

/** *Units*: milliseconds. */
const patience = 60_000

/** Writes until there is not a byte left. */
const fill = (path: string): void => {
  const file = openSync(path, "w")
  for (let size = 1024 ** 2; size > 0; size >>= 1) {
    try {
      for (;;) writeSync(file, Buffer.alloc(size))
    } catch {
      // No room for so much: half of it.
    }
  }
  closeSync(file)
}

/** What SQLite has to say against the file, which nobody writes now. It finds no path that leads through another process. */
const complaintsOf = (path: string, copy: string): ReadonlyArray<string> => {
  for (const end of ["", "-wal"]) copyFileSync(`${path}${end}`, `${copy}${end}`)
  const database = new DatabaseSync(copy)
  const said = JSON.stringify(database.prepare("pragma integrity_check").all())
  database.close()
  return said === '[{"integrity_check":"ok"}]' ? [] : [`The queue's file is damaged: ${said.slice(0, 500)}`]
}

export const fullDisk: Scenario = {
  name: "disk",
  summary: "The disk of the embedded queue is full, by its own doing and by that of others.",
  obstacle: isPossible() ? null : "There is no unshare(1), or no right to mount a disk in a namespace.",
  run
}
