import * as Chance from "@spoor/bench/chance"
import { Effect, Semaphore } from "effect"
import { SqlClient } from "effect/sql"
import { killHard } from "./Database.ts"
import { type House, killFor } from "./House.ts"

/** What is killed with -9. `connection` is PostgreSQL's process for one connection, whose end makes the server start over. */
type Target = "door" | "worker" | "database" | "connection" | "nats"

/** *Shape*: `at` is the share of requests that were written by then. *Units*: `downFor` in milliseconds. */
export interface Blow {
  readonly at: number
  readonly target: Target
  readonly which: number
  readonly downFor: number
}

const downForMax = 1_500

/** How long a NATS node is left alone with its cluster before another one may fall: two of three would be an outage. */
const recovery = "3 seconds"

/** In the order in which they fall, spread over the whole run. The same seed gives the same blows. */
export const plan = (seed: number, count: number, hasNats: boolean): ReadonlyArray<Blow> => {
  const chance = Chance.of(seed, 0x7fff_0012)
  return Array.from({ length: count }, (_, index) => ({
    at: (index + Chance.next(chance)) / (count + 1),
    target: Chance.weigh<Target>(chance, [
      [3, "door"],
      [4, "worker"],
      [2, "database"],
      [1, "connection"],
      [hasNats ? 3 : 0, "nats"]
    ]),
    which: Chance.below(chance, 0x1_0000),
    downFor: Math.floor(Chance.exponential(chance, downForMax / 3)) % downForMax
  }))
}

/** Lets every blow fall when `share` has come to it, whatever still lies; returns when all have been got over. */
export const strike = Effect.fnUntraced(function* (
  house: House,
  blows: ReadonlyArray<Blow>,
  share: () => number,
  tell: (text: string) => void
) {
  const one = yield* Semaphore.make(1)
  yield* Effect.forEach(
    blows,
    Effect.fnUntraced(function* (blow) {
      while (share() < blow.at) yield* Effect.sleep("20 millis")
      tell(`${(100 * share()).toFixed(0)} % written: kills a ${blow.target}`)
      yield* fell(house, blow, one)
    }),
    { concurrency: "unbounded", discard: true }
  )
})

const fell = (house: House, { downFor, target, which }: Blow, one: Semaphore.Semaphore) => {
  const of = <A>(all: ReadonlyArray<A>) => all[which % all.length]!
  if (target === "door") return killFor(of(house.doors), downFor)
  if (target === "worker") return killFor(of(house.workers), downFor)
  if (target === "database") return house.database.kill
  if (target === "connection") return killConnection(which)
  const node = of(house.nats)
  return one.withPermit(
    Effect.gen(function* () {
      yield* Effect.promise(() => node.kill("SIGKILL"))
      yield* Effect.sleep(downFor)
      yield* Effect.promise(() => node.start())
      yield* Effect.sleep(recovery)
    })
  )
}

/** Of a worker or a door, if there is one: a server that starts over has none. */
const killConnection = (which: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<{ readonly pid: number }>`
      select pid from pg_stat_activity where application_name = 'spoor-ingest' order by pid`
    if (rows.length > 0) killHard(rows[which % rows.length]!.pid)
  }).pipe(Effect.ignore)
