import { assert, describe, it } from "@effect/vitest"
import { Event } from "@spoor/contracts"
import { Result } from "effect"
import * as Blows from "../src/Blows.ts"
import * as Traffic from "../src/Traffic.ts"

const lastAt = Date.UTC(2026, 10, 24, 12)
const traffic = Traffic.make(1, 20_000, lastAt)
const items = traffic.batches.flatMap((batch): ReadonlyArray<unknown> => JSON.parse(batch))
const good = items.flatMap((item) => {
  const decoded = Event.decode(item)
  return Result.isSuccess(decoded) && decoded.success.receivedAt === undefined ? [decoded.success] : []
})
const seen = new Set<string>()
const once = good.filter(({ id }) => !seen.has(id) && seen.add(id))

describe("the traffic", () => {
  it("is the same for the same seed but for its time, and another for another", () => {
    assert.deepStrictEqual(Traffic.make(1, 20_000, lastAt).batches, traffic.batches)
    assert.notDeepEqual(Traffic.make(2, 20_000, lastAt).batches, traffic.batches)
    assert.deepStrictEqual(Traffic.make(1, 20_000, lastAt + 5_000).ids, traffic.ids)
  })

  it("doubles 5 % and spoils 1 % of what is sent", () => {
    assert.lengthOf(items, 20_000)
    assert.lengthOf(good, 19_800)
    assert.deepStrictEqual(seen, traffic.ids)
    assert.strictEqual(seen.size, 18_800)
  })

  it("delivers 2 % after what happened later, and ends when it is told to", () => {
    let latest = 0
    let late = 0
    for (const { at = 0 } of once) {
      if (at < latest) late++
      latest = Math.max(latest, at)
    }
    assert.strictEqual(latest, lastAt)
    assert.approximately(late / once.length, 0.02, 0.006)
  })
})

describe("the blows", () => {
  it("are the same for the same seed, and fall all over the run", () => {
    const blows = Blows.plan(7, 100, true)
    assert.deepStrictEqual(Blows.plan(7, 100, true), blows)
    assert.notDeepEqual(Blows.plan(8, 100, true), blows)
    assert.sameMembers(
      [...new Set(blows.map(({ target }) => target))],
      ["door", "worker", "database", "connection", "nats"]
    )
    assert.isTrue(blows.every(({ at }, index) => at < 1 && at >= (blows[index - 1]?.at ?? 0)))
    assert.isTrue(Blows.plan(7, 100, false).every(({ target }) => target !== "nats"))
  })
})
