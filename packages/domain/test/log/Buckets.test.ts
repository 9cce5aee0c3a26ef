import { assert, describe, it } from "@effect/vitest"
import { Option, Result, Schema } from "effect"
import * as Buckets from "../../src/log/Buckets.ts"
import * as TimeRange from "../../src/log/TimeRange.ts"
import { dayOf, find, instantOf } from "../../src/log/Zone.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"
import { wallAt, zones } from "./wall.ts"

const options = { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed } }
const named = (zone: string) => Option.getOrThrow(find(zone))
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** 1970 to 2037. */
const Instant = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Date.UTC(2038, 0, 1) }))
/** From a millisecond to 68 years, the short ones as likely as the long ones. */
const Exponent = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 12.3 }))

const cut = (zone: string, from: string, to: string) =>
  Buckets.cut({ from: Date.parse(from), to: Date.parse(to) }, named(zone))
const lengths = (edges: ReadonlyArray<number>) => edges.slice(1).map((edge, place) => edge - edges[place]!)
const walls = (zone: string, edges: ReadonlyArray<number>) => edges.map((edge) => wallAt(edge, zone).slice(5, 16))

describe("buckets", () => {
  it.prop(
    "cover a stretch without a gap, in few parts, and each part is a range that can be asked for",
    [Schema.Literals(zones), Instant, Exponent],
    ([zone, from, exponent]) => {
      const to = from + Math.ceil(10 ** exponent)
      const edges = Buckets.cut({ from, to }, named(zone))
      assert.strictEqual(edges[0], from)
      assert.strictEqual(edges.at(-1), to)
      assert.isAtMost(edges.length, Buckets.bucketsMax + 8)
      for (const [place, length] of lengths(edges).entries()) {
        assert.isAbove(length, 0)
        const bucket = { from: edges[place]!, to: edges[place + 1]! }
        const range = TimeRange.between(bucket, named(zone))
        assert.deepStrictEqual(Result.getOrThrow(TimeRange.resolve(range, { now: 0, zone })), bucket)
      }
    },
    options
  )

  it("are of a quarter on days of 23 and 25 hours, the repeated hour twice", () => {
    const spring = cut("Europe/Warsaw", "2026-03-28T23:00Z", "2026-03-29T22:00Z")
    const autumn = cut("Europe/Warsaw", "2026-10-24T22:00Z", "2026-10-25T23:00Z")
    assert.deepStrictEqual(new Set(lengths(spring)), new Set([15 * MINUTE]))
    assert.lengthOf(spring, 23 * 4 + 1)
    assert.deepStrictEqual(new Set(lengths(autumn)), new Set([30 * MINUTE]))
    assert.lengthOf(autumn, 25 * 2 + 1)
    assert.deepStrictEqual(walls("Europe/Warsaw", autumn).slice(4, 8), [
      "10-25T02:00",
      "10-25T02:30",
      "10-25T02:00",
      "10-25T02:30"
    ])
  })

  it("of more hours follow the clock on the wall over a change of it", () => {
    const edges = cut("Europe/Warsaw", "2026-10-21T22:00Z", "2026-10-28T23:00Z")
    assert.isTrue(walls("Europe/Warsaw", edges).every((wall) => /T(00|03|06|09|12|15|18|21):00$/.test(wall)))
    assert.deepStrictEqual(new Set(lengths(edges)), new Set([3 * HOUR, 4 * HOUR]))
    assert.strictEqual(lengths(edges).filter((length) => length === 4 * HOUR).length, 1)
  })

  it("of days, weeks, months and years begin where people say that they do", () => {
    const zone = "Europe/Warsaw"
    const inner = (from: string, to: string) => cut(zone, from, to).slice(1, -1)
    const isDay = (edge: number) => instantOf(dayOf(edge, named(zone)), named(zone)) === edge
    const days = inner("2026-03-01T11:00Z", "2026-04-05T11:00Z")
    assert.lengthOf(days, 35)
    assert.isTrue(days.every(isDay))
    const weeks = inner("2026-01-01T11:00Z", "2026-12-31T11:00Z")
    assert.isTrue(weeks.every((edge) => isDay(edge) && dayOf(edge, named(zone)).weekDay === 1))
    const months = inner("2022-01-15T11:00Z", "2026-12-31T11:00Z")
    assert.isTrue(months.every((edge) => isDay(edge) && dayOf(edge, named(zone)).day === 1))
    const quarters = inner("2006-01-15T11:00Z", "2026-12-31T11:00Z").map((edge) => wallAt(edge, zone).slice(5, 10))
    assert.deepStrictEqual(new Set(quarters), new Set(["01-01", "04-01", "07-01", "10-01"]))
    const years = inner("1980-01-15T11:00Z", "2026-12-31T11:00Z").map((edge) => wallAt(edge, zone).slice(5))
    assert.deepStrictEqual(new Set(years), new Set(["01-01T00:00:00.000"]))
    assert.deepStrictEqual(lengths(cut("UTC", "2026-11-24T12:00:07Z", "2026-11-24T12:00:09Z")), [1_000, 1_000])
    assert.isAtMost(lengths(cut("UTC", "0001-01-01T00:00Z", "9999-01-01T00:00Z")).length, 102)
  })
})
