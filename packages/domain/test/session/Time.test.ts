import { afterAll, beforeAll, describe, expect, it, vi } from "@effect/vitest"
import { Schema } from "effect"
import { Time } from "../../src/index.ts"
import { at, DAY, MINUTE } from "../journey.ts"
import { verdictOn } from "./verdict.ts"

describe("an instant (sessions.md 1.5)", () => {
  const verdict = verdictOn(Schema.Struct({ at: Time.Instant }), {})
  const first = Date.parse("0001-01-01T00:00:00.000Z")
  const last = Date.parse("9999-12-31T23:59:59.999Z")

  it.each([
    [last, "kept"],
    [first, "kept"],
    [last + 1, "invalid /at"],
    [first - 1, "invalid /at"],
    [0.5, "invalid /at"],
    [NaN, "invalid /at"],
    ["2026-03-02", "invalid /at"]
  ])("is whole milliseconds of four-digit years: %s, %s", (value, expected) => {
    expect(verdict("at", value)).toBe(expected)
  })

  it("is written as ISO 8601 in UTC with milliseconds", () => {
    expect(Time.formatInstant(at("10:00"))).toBe("2026-03-02T10:00:00.000Z")
    expect(Schema.encodeSync(Time.InstantFromWire)(at("10:00:00.001"))).toBe("2026-03-02T10:00:00.001Z")
  })
})

describe("an instant on the wire", () => {
  // On a machine in UTC, a time without an offset would be right by luck.
  beforeAll(() => {
    vi.stubEnv("TZ", "Asia/Kolkata")
    expect(new Date(at("10:00")).getHours()).toBe(15)
  })
  afterAll(() => {
    vi.unstubAllEnvs()
  })

  const decode = Schema.decodeUnknownSync(Time.InstantFromWire)
  const verdict = verdictOn(Schema.Struct({ at: Time.InstantFromWire }), {})

  it.each([
    ["0001-01-01T00:00:00.000Z", "kept"],
    ["9999-12-31T23:59:59.999Z", "kept"],
    [Date.UTC(-1, 11, 31, 23, 59, 59, 999), "invalid /at"],
    ["0000-12-31T23:59:59.999Z", "invalid /at"],
    [Date.UTC(10_000, 0, 1), "invalid /at"]
  ])("is in the years that have four digits: %s, %s", (value, expected) => {
    expect(verdict("at", value)).toBe(expected)
  })

  it.each([
    [at("10:00"), "2026-03-02T10:00:00.000Z"],
    [at("10:00") + 0.4, "2026-03-02T10:00:00.000Z"],
    [at("10:00") + 0.5, "2026-03-02T10:00:00.001Z"],
    ["2026-03-02", "2026-03-02T00:00:00.000Z"],
    ["2026-03-02T10:00", "2026-03-02T10:00:00.000Z"],
    ["2026-03-02 10:00", "2026-03-02T10:00:00.000Z"],
    ["2026-03-02 10:00:30", "2026-03-02T10:00:30.000Z"],
    ["2026-03-02T10:00:30.5", "2026-03-02T10:00:30.500Z"],
    ["2026-03-02T10:00:30.123456789Z", "2026-03-02T10:00:30.123Z"],
    ["2026-03-02T10:00Z", "2026-03-02T10:00:00.000Z"],
    ["2026-03-02T10:00:30+02:00", "2026-03-02T08:00:30.000Z"],
    ["2026-03-02T10:00:30-0330", "2026-03-02T13:30:30.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["2026-03-31T23:59:59", "2026-03-31T23:59:59.000Z"]
  ])("reads %s", (wire, instant) => {
    expect(Time.formatInstant(decode(wire))).toBe(instant)
  })

  it.each([
    ["2 March 2026", "words"],
    ["on 2026-03-02", "words before it"],
    ["+002026-03-02", "a year of more than four digits"],
    ["2026-03-02T10:00 or so", "words after it"],
    ["2026-3-2", "digits that are missing"],
    ["2026-03-02T10", "an hour without minutes"],
    ["2026-03-02T10:00:30.", "a point without digits"],
    ["2026-03-02T10:00:30.1234567890", "too many digits"],
    ["2026-03-02Z", "a zone without a time"],
    ["2026-03-02T10:00+2", "half an offset"],
    ["2026-13-02", "a month that no year has"],
    ["2026-02-29", "a day that this year does not have"],
    ["2026-04-31T10:00", "a day that this month does not have"],
    ["2026-03-02T25:00", "an hour that no day has"],
    ["", "nothing"]
  ])("refuses %j: %s", (wire) => {
    expect(verdict("at", wire)).toBe("invalid /at")
  })

  it("looks at no long text, and at no number that is none", () => {
    expect(verdict("at", `2026-03-02T10:00${" ".repeat(25)}`)).toBe("invalid /at")
    expect(verdict("at", Infinity)).toBe("invalid /at")
    expect(verdict("at", null)).toBe("invalid /at")
  })
})

describe("when an event happened (sessions.md 1.1 and 1.2)", () => {
  const receivedAt = at("12:00")
  const occurred = (clientAt: number | undefined, sentAt?: number) => Time.occurred({ clientAt, sentAt, receivedAt })
  const right = (occurredAt: number) => ({ occurredAt, isClockWrong: false })

  it("is when it was received, if the client does not say", () => {
    expect(occurred(undefined, at("11:00"))).toEqual(right(receivedAt))
  })

  it("is what the client says, without a sentAt to compare", () => {
    expect(occurred(at("09:00"))).toEqual(right(at("09:00")))
  })

  it.each([
    ["11:55", "no correction up to the dead band", 0],
    ["12:05", "nor the other way", 0],
    ["11:54:59.999", "the dead band, a millisecond later", 5 * MINUTE],
    ["12:05:00.001", "and back", -5 * MINUTE],
    ["11:52:30.001", "the nearest 5 minutes", 5 * MINUTE],
    ["11:52:30", "halves away from zero", 10 * MINUTE],
    ["12:07:30", "and back", -10 * MINUTE],
    ["12:07:29.999", "and back, before the half", -5 * MINUTE]
  ])("sent at %s: %s", (sentAt, _, correction) => {
    expect(occurred(at("09:00"), at(sentAt))).toEqual(right(at("09:00") + correction))
  })

  it("corrects a clock that is a day behind, so that a retry gives the same answer", () => {
    expect(occurred(at("11:00") - DAY, at("12:00") - DAY)).toEqual(right(at("11:00")))
    expect(occurred(at("11:00") - DAY, at("12:01") - DAY)).toEqual(right(at("11:00")))
  })

  it("is in the future by 5 minutes at most; else the clock is wrong", () => {
    expect(occurred(at("12:05"))).toEqual(right(at("12:05")))
    expect(occurred(at("12:05:00.001"))).toEqual({ occurredAt: receivedAt, isClockWrong: true })
  })

  it("is the receipt where a correction leads out of all years", () => {
    const [first, last] = [Date.parse("0001-01-01T00:00Z"), Date.parse("9999-12-31T00:00Z")]
    expect(occurred(first, last)).toEqual({ occurredAt: receivedAt, isClockWrong: true })
    expect(occurred(first)).toEqual(right(first))
  })
})
