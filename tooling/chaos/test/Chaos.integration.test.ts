import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { crews } from "../src/Crews.ts"
import { fullDisk } from "../src/FullDisk.ts"
import { cluster, kills } from "../src/Kills.ts"
import { outage } from "../src/Outage.ts"
import type { Scenario } from "../src/Scenario.ts"

const seed = Number(process.env["SPOOR_CHAOS_SEED"] ?? 20261128)
for (const { name, obstacle } of [cluster, fullDisk]) {
  if (obstacle !== null) console.warn(`SKIPPED: ${name}. ${obstacle}`)
}

/** In its short form. *Shape*: `events` are as many as it needs to mean something. */
const holds = (scenario: Scenario, events: number) =>
  Effect.gen(function* () {
    const { faults, figures } = yield* scenario.run({ seed, events, isLong: false, tell: () => {} })
    assert.deepStrictEqual(faults, [], JSON.stringify(figures))
    return figures
  })

describe(`in spite of everything, from seed ${seed},`, { timeout: 180_000 }, () => {
  it.live("nothing is lost, doubled or wrong when doors, workers and PostgreSQL are killed", () =>
    Effect.gen(function* () {
      const figures = yield* holds(kills, 4_000)
      assert.isAtLeast(figures["blows"]!, 8)
    })
  )

  it.live.skipIf(cluster.obstacle !== null)("nor when a node of the queue's cluster is", () => holds(cluster, 4_000))

  it.live("doors accept everything while PostgreSQL is away", () => holds(outage, 4_000))

  it.live.skipIf(fullDisk.obstacle !== null)("a full disk refuses what is new, keeps what is old and recovers", () =>
    Effect.gen(function* () {
      const figures = yield* holds(fullDisk, 12_000)
      assert.isAbove(figures["refused"]!, 20)
    })
  )

  it.live("two and ten workers make of the events what one does", () => holds(crews, 2_000))
})
