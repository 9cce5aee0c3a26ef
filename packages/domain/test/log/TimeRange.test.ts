import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { includes } from "../../src/log/Interval.ts"
import * as Moment from "../../src/log/Moment.ts"
import { labels, Preset } from "../../src/log/Preset.ts"
import { resolve, TimeRange } from "../../src/log/TimeRange.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"
import { zones } from "./wall.ts"

const options = { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed } }
const HOUR = 3_600_000
const DAY = 24 * HOUR

const noon = Date.parse("2026-03-31T10:00:00Z")
const decode = Schema.decodeUnknownSync(TimeRange)

/** A range by its JSON, as ISO texts. */
const resolved = (range: unknown, { now = noon, zone = "Europe/Warsaw" } = {}): string => {
  const result = resolve(decode(range), { now, zone })
  if (Result.isFailure(result)) return result.failure.reason
  const [from, to] = [result.success.from, result.success.to].map((at) =>
    at === null ? "" : new Date(at).toISOString()
  )
  return `${from}/${to}`.replaceAll(":00.000Z", "Z")
}

describe("a range between moments", () => {
  it.each([
    ["a day of 23 hours", { from: "2026-03-29", to: "2026-03-29" }, "2026-03-28T23:00Z/2026-03-29T22:00Z"],
    ["a day of 25 hours", { from: "2026-10-25", to: "2026-10-25" }, "2026-10-24T22:00Z/2026-10-25T23:00Z"],
    ["days, the last one included", { from: "2026-01-30", to: "2026-02-01" }, "2026-01-29T23:00Z/2026-02-01T23:00Z"],
    ["a month's end", { to: "2026-12-31" }, "/2026-12-31T23:00Z"],
    [
      "a clock, the end not included",
      { from: "2026-03-30T09:00", to: "2026-03-30T12:00" },
      "2026-03-30T07:00Z/2026-03-30T10:00Z"
    ],
    ["seconds", { from: "2026-03-30T09:00:30.250" }, "2026-03-30T07:00:30.250Z/"],
    [
      "both comings of a repeated hour",
      { from: "2026-10-25T02:00", to: "2026-10-25T03:00" },
      "2026-10-25T00:00Z/2026-10-25T02:00Z"
    ],
    [
      "the second coming, by UTC",
      { from: "2026-10-25T01:00Z", to: "2026-10-25T02:00Z" },
      "2026-10-25T01:00Z/2026-10-25T02:00Z"
    ],
    [
      "a skipped hour and the next",
      { from: "2026-03-29T02:00", to: "2026-03-29T04:00" },
      "2026-03-29T01:00Z/2026-03-29T02:00Z"
    ],
    ["a skipped hour alone", { from: "2026-03-29T02:00", to: "2026-03-29T03:00" }, "empty"],
    ["a skipped day alone", { from: "2011-12-30", to: "2011-12-30", zone: "Pacific/Apia" }, "empty"],
    ["an end before the beginning", { from: "2026-03-30", to: "2026-03-29" }, "empty"],
    ["the same instant twice", { from: "2026-03-30T09:00", to: "2026-03-30T09:00" }, "empty"],
    ["its own zone, not the reader's", { from: "2026-03-30", zone: "Asia/Kathmandu" }, "2026-03-29T18:15Z/"],
    ["UTC whatever the zone", { from: "2026-03-30T00:00Z", zone: "Asia/Kathmandu" }, "2026-03-30T00:00Z/"]
  ])("holds %s", (_, range, expected) => {
    assert.strictEqual(resolved(range), expected)
  })

  it.each(zones)("cuts the timeline into days without a gap or an overlap in %s", (zone) => {
    const empty: Array<string> = []
    let end: number | null = null
    for (let day = Date.UTC(2005, 0, 1); day < Date.UTC(2027, 0, 1); day += DAY) {
      const date = new Date(day).toISOString().slice(0, 10)
      const result = resolve(decode({ from: date, to: date }), { now: noon, zone })
      if (Result.isFailure(result)) {
        empty.push(date)
        continue
      }
      const { from, to } = result.success
      assert.isTrue(end === null || from === end, date)
      end = to
    }
    assert.deepStrictEqual(empty, zone === "Pacific/Apia" ? ["2011-12-30"] : [])
  })

  it("knows days of any length", () => {
    const hours = (zone: string, date: string): number => {
      const { from, to } = Result.getOrThrow(resolve(decode({ from: date, to: date }), { now: noon, zone }))
      return ((to ?? NaN) - (from ?? NaN)) / HOUR
    }
    assert.strictEqual(hours("Europe/Warsaw", "2026-03-29"), 23)
    assert.strictEqual(hours("Europe/Warsaw", "2026-10-25"), 25)
    assert.strictEqual(hours("America/Sao_Paulo", "2018-11-04"), 23)
    assert.strictEqual(hours("America/Sao_Paulo", "2018-02-17"), 25)
    assert.strictEqual(hours("Australia/Lord_Howe", "2026-04-05"), 24.5)
    assert.strictEqual(hours("Australia/Lord_Howe", "2026-10-04"), 23.5)
    assert.strictEqual(hours("Asia/Kathmandu", "1986-01-01"), 23.75)
    assert.strictEqual(hours("Antarctica/Troll", "2026-03-29"), 22)
  })

  it("needs one end at least, and days that exist", () => {
    for (const range of [
      {},
      { zone: "UTC" },
      { from: "2026-02-29" },
      { from: "2026-03-29T24:00" },
      { to: "2026-03-29T12:00+02:00" }
    ]) {
      assert.throws(() => decode(range))
    }
  })
})

describe("a preset", () => {
  /** Tuesday 31 March 2026, 12:00 in Warsaw, two days after the clocks went forward. */
  it.each([
    ["last-15m", "2026-03-31T09:45Z/"],
    ["last-1h", "2026-03-31T09:00Z/"],
    ["last-24h", "2026-03-30T10:00Z/"],
    ["today", "2026-03-30T22:00Z/2026-03-31T22:00Z"],
    ["yesterday", "2026-03-29T22:00Z/2026-03-30T22:00Z"],
    ["last-7d", "2026-03-24T23:00Z/2026-03-31T22:00Z"],
    ["last-30d", "2026-03-01T23:00Z/2026-03-31T22:00Z"],
    ["this-week", "2026-03-29T22:00Z/2026-04-05T22:00Z"],
    ["last-week", "2026-03-22T23:00Z/2026-03-29T22:00Z"],
    ["this-month", "2026-02-28T23:00Z/2026-03-31T22:00Z"],
    ["last-month", "2026-01-31T23:00Z/2026-02-28T23:00Z"]
  ] as const)("%s means %s", (preset, expected) => {
    assert.strictEqual(resolved({ preset }), expected)
  })

  it("reads its days in its own zone, else in the reader's", () => {
    const late = { now: Date.parse("2026-03-31T22:30:00Z"), zone: "UTC" }
    assert.strictEqual(resolved({ preset: "this-month" }, late), "2026-03-01T00:00Z/2026-04-01T00:00Z")
    const warsaw = { preset: "this-month", zone: "Europe/Warsaw" }
    assert.strictEqual(resolved(warsaw, late), "2026-03-31T22:00Z/2026-04-30T22:00Z")
  })

  it("takes Sunday for the end of a week, and January's last month from the year before", () => {
    const sunday = { now: Date.parse("2026-01-04T12:00:00Z"), zone: "UTC" }
    assert.strictEqual(resolved({ preset: "this-week" }, sunday), "2025-12-29T00:00Z/2026-01-05T00:00Z")
    assert.strictEqual(resolved({ preset: "last-month" }, sunday), "2025-12-01T00:00Z/2026-01-01T00:00Z")
  })

  const Now = Schema.Int.check(Schema.isBetween({ minimum: Date.UTC(1975, 0, 1), maximum: Date.UTC(2037, 0, 1) }))

  it.prop(
    "holds the present if it says this or last, and touches its predecessor",
    [Now, Schema.Literals(zones)],
    ([now, zone]) => {
      const [today, yesterday, week, lastWeek, month, lastMonth] = (
        ["today", "yesterday", "this-week", "last-week", "this-month", "last-month"] as const
      ).map((preset) => Result.getOrUndefined(resolve({ preset }, { now, zone })))
      for (const current of [today, week, month]) assert.isTrue(current !== undefined && includes(current, now))
      assert.strictEqual(week?.from, lastWeek?.to)
      assert.strictEqual(month?.from, lastMonth?.to)
      // Samoa has one day without a yesterday.
      if (yesterday !== undefined) assert.strictEqual(today?.from, yesterday.to)
      else assert.strictEqual(zone, "Pacific/Apia")
    },
    options
  )

  it("has a name in both languages", () => {
    assert.deepStrictEqual(Object.keys(labels), [...Preset.literals])
  })
})

describe("a zone that does not exist", () => {
  it("is an error and not thrown, whether the reader's or the range's", () => {
    assert.strictEqual(resolved({ preset: "last-1h" }, { zone: "Europe/Warszawa" }), "unknown-zone")
    assert.isFalse(Schema.is(TimeRange)({ preset: "today", zone: "Europe/Warszawa" }))
  })
})

describe("Moment.ofInstant", () => {
  it("names the instant that it came from", () => {
    const from = Moment.ofInstant(noon + 7)
    assert.deepStrictEqual(
      resolve({ from }, { now: 0, zone: "Asia/Kathmandu" }),
      Result.succeed({ from: noon + 7, to: null })
    )
  })
})
