import { describe, expect, it } from "vitest"
import { comparable, isFailing, isSilent, isSurging } from "#lib/server/Alerts.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const now = Date.UTC(2026, 10, 28, 14)
const source = { kind: "site", id: "sklep", name: null, lastAt: now - 11 * MINUTE, usualGap: 2_000 } as const

describe("silence", () => {
  it("is asked about after ten minutes or thirty usual gaps, whichever is longer", () => {
    expect(comparable(source, now)).toHaveLength(7)
    expect(comparable({ ...source, lastAt: now - 10 * MINUTE + 1 }, now)).toBeNull()
    expect(comparable({ ...source, usualGap: MINUTE }, now)).toBeNull()
    expect(comparable({ ...source, usualGap: MINUTE, lastAt: now - 30 * MINUTE }, now)).toHaveLength(7)
  })

  it("is compared with the same time of the days before", () => {
    expect(comparable(source, now)?.[1]).toEqual({ from: now - 48 * HOUR - 10 * MINUTE, to: now - 48 * HOUR })
  })

  it("is none of a gateway, of which only failures are known, and of what never had a pace", () => {
    expect(comparable({ ...source, kind: "gateway" }, now)).toBeNull()
    expect(comparable({ ...source, usualGap: null }, now)).toBeNull()
    expect(comparable({ ...source, lastAt: null }, now)).toBeNull()
  })

  it("is news where five of seven days were not silent", () => {
    expect([4, 5].map(isSilent)).toEqual([false, true])
  })
})

describe("failures", () => {
  const usual = { total: 10_000, failed: 400 }
  it.each([
    [{ total: 19, failed: 19 }, false],
    [{ total: 20, failed: 2 }, true],
    [{ total: 100, failed: 7 }, false],
    [{ total: 100, failed: 8 }, true]
  ])("of %o requests are unusual: %s", (recent, expected) => {
    expect(isFailing(recent, usual)).toBe(expected)
  })

  it("of fewer than one request in twenty are none", () => {
    expect(isFailing({ total: 100, failed: 4 }, { total: 1_000, failed: 0 })).toBe(false)
  })

  it("of messages are unusual from ten on, at three times the usual number", () => {
    const weekly = (hourly: number) => hourly * 7 * 24
    expect([isSurging(9, 0), isSurging(10, 0), isSurging(10, weekly(3)), isSurging(10, weekly(4))]).toEqual([
      false,
      true,
      true,
      false
    ])
  })
})
