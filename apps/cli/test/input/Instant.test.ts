import { describe, expect, it } from "@effect/vitest"
import { Time } from "@spoor/domain"
import { Option, Schema } from "effect"
import * as Instant from "../../src/input/Instant.ts"

const byDomain = (wire: number | string): number =>
  Option.getOrElse(Schema.decodeOption(Time.InstantFromWire)(wire), () => NaN)

const withinYears = Schema.Int.check(
  Schema.isBetween({ minimum: Date.UTC(-1, 11, 31) - 6e10, maximum: Date.UTC(9999, 11, 31) })
)

describe("an instant", () => {
  it.prop("is read as the domain reads it, and written as it was", [withinYears], ([instant]) => {
    const text = Time.formatInstant(instant)
    expect(Instant.parse(text)).toBe(byDomain(text))
    expect(Instant.format(instant)).toBe(text)
  })

  it.prop(
    "is what the domain says, whatever one character becomes",
    [
      Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 23 })),
      Schema.Literals(["0", "3", "9", "-", "T", "Z", ":", " "])
    ],
    ([at, character]) => {
      const text = "2024-02-29T23:59:59.999Z"
      const changed = `${text.slice(0, at)}${character}${text.slice(at + 1)}`
      expect(Instant.parse(changed)).toBe(byDomain(changed))
    }
  )

  it.each([
    "2026-03-02",
    "2026-03-02T10:00",
    "2026-03-02 10:00:00",
    "2026-03-02T10:00:00+01:00",
    "2026-03-02T10:00:00.123456Z",
    "2026-02-28T24:00:00.000Z",
    "2026-02-29T00:00:00.000Z",
    "2026-13-01T00:00:00.000Z",
    "0050-01-01T00:00:00.000Z",
    "0001-01-01T00:00:00.000Z",
    "0000-12-31T23:59:59.999Z",
    "-000001-12-31T23:59:59.999Z",
    "yesterday",
    "",
    1_772_445_600_000,
    -1,
    0.5
  ])("%s is what the domain says", (wire) => {
    expect(Instant.parse(wire)).toBe(byDomain(wire))
  })

  it("is none where its year has more than four digits", () => {
    expect(Instant.parse(Date.UTC(9999, 11, 31))).toBe(Date.UTC(9999, 11, 31))
    expect(Instant.parse(Date.UTC(10_000, 0, 1))).toBeNaN()
    expect(Instant.parse(8.64e15)).toBeNaN()
    expect(Instant.parse(Infinity)).toBeNaN()
  })
})
