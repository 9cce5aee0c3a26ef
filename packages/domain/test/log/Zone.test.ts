import { assert, describe, it } from "@effect/vitest"
import { Option, Schema } from "effect"
import { dayOf, find, instantOf, Zone } from "../../src/log/Zone.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"
import { wallAt, zones } from "./wall.ts"

const options = { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed } }
const named = (zone: string) => Option.getOrThrow(find(zone))

/** 1970 to 2037. */
const Instant = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Date.UTC(2038, 0, 1) }))

describe("instantOf", () => {
  it.prop(
    "is the first instant at which the wall shows a reading or a later one",
    [Schema.Literals(zones), Instant],
    ([zone, reading]) => {
      const date = new Date(reading)
      const wall = {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
        millisecond: date.getUTCMilliseconds()
      }
      const text = date.toISOString().slice(0, -1)
      const instant = instantOf(wall, named(zone))
      assert.isTrue(wallAt(instant, zone) >= text && wallAt(instant - 1, zone) < text)
      // No zone's clock was ever set back by more than 24 hours: an earlier coming would lie within them.
      for (let step = 1; step <= 96; step++) assert.isTrue(wallAt(instant - step * 900_000, zone) < text)
    },
    options
  )

  it.each([
    ["skipped in Warsaw", "Europe/Warsaw", [2026, 3, 29, 2, 30], "2026-03-29T01:00:00.000Z"],
    ["right after the gap", "Europe/Warsaw", [2026, 3, 29, 3, 0], "2026-03-29T01:00:00.000Z"],
    ["twice in Warsaw", "Europe/Warsaw", [2026, 10, 25, 2, 30], "2026-10-25T00:30:00.000Z"],
    ["right after the second coming", "Europe/Warsaw", [2026, 10, 25, 3, 0], "2026-10-25T02:00:00.000Z"],
    ["a midnight skipped in São Paulo", "America/Sao_Paulo", [2018, 11, 4, 0, 0], "2018-11-04T03:00:00.000Z"],
    ["a midnight skipped by 15 minutes", "Asia/Kathmandu", [1986, 1, 1, 0, 0], "1985-12-31T18:30:00.000Z"],
    ["half an hour skipped on Lord Howe", "Australia/Lord_Howe", [2026, 10, 4, 2, 15], "2026-10-03T15:30:00.000Z"],
    ["half an hour twice on Lord Howe", "Australia/Lord_Howe", [2026, 4, 5, 1, 45], "2026-04-04T14:45:00.000Z"],
    ["a whole day skipped on Samoa", "Pacific/Apia", [2011, 12, 30, 12, 0], "2011-12-30T10:00:00.000Z"],
    ["a midnight twice in Havana", "America/Havana", [2026, 11, 1, 0, 0], "2026-11-01T04:00:00.000Z"]
  ] as const)("reads a time %s", (_, zone, [year, month, day, hour, minute], iso) => {
    const instant = instantOf({ year, month, day, hour, minute }, named(zone))
    assert.strictEqual(new Date(instant).toISOString(), iso)
  })
})

describe("dayOf", () => {
  it.prop(
    "is the day whose first instant is not later, and the next day's is",
    [Schema.Literals(zones), Instant],
    ([zone, instant]) => {
      const { year, month, day, weekDay } = dayOf(instant, named(zone))
      assert.isTrue(instantOf({ year, month, day }, named(zone)) <= instant)
      assert.isTrue(instantOf({ year, month, day: day + 1 }, named(zone)) > instant)
      assert.strictEqual(new Date(Date.UTC(year, month - 1, day)).getUTCDay(), weekDay)
    },
    options
  )

  it("begins a day with the first coming of its midnight", () => {
    // On 2006-10-29 St. John's went from 00:01 back to 23:01 of the day before.
    const second = Date.parse("2006-10-29T03:00:00Z")
    assert.strictEqual(wallAt(second, "America/St_Johns"), "2006-10-28T23:30:00.000")
    assert.strictEqual(dayOf(second, named("America/St_Johns")).day, 29)
  })
})

describe("Zone", () => {
  it.each(["Europe/Warsaw", "europe/warsaw", "Asia/Katmandu", "UTC", "Etc/GMT-2", "America/Argentina/Buenos_Aires"])(
    "takes %s as it is written",
    (name) => assert.strictEqual(Schema.decodeSync(Zone)(name), name)
  )

  it.each(["", "Europe/Warszawa", "+01:00", "GMT+25", " UTC", "Europe/Warsaw\u0000", "x".repeat(65)])(
    "refuses %j without throwing",
    (name) => {
      assert.isFalse(Schema.is(Zone)(name))
      assert.isTrue(Option.isNone(find(name)))
    }
  )
})
