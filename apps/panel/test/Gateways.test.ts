import { describe, expect, it } from "vitest"
import { standingOf } from "../src/lib/server/settings/Gateways.ts"

const now = 1_000_000_000_000
const MINUTE = 60_000
const row = { plugin: "kannel", settings: {}, lastReportAt: now - MINUTE, unreportedSince: null }
const state = { seenAt: now - 1_000, problem: null, binds: [], lastMinute: 0, trace: [] }
const bind = (phase: "bound" | "waiting", since: number, reason: string | null = null) => ({
  phase,
  since,
  receivedAt: null,
  reason
})
const busy = { recent: 3, usualDays: 7, unreadable: 0 }

describe("the standing of a gateway", () => {
  it.each([
    ["there is no adapter", row, { ...busy, states: [] }, "away"],
    ["its adapter has said nothing for long", row, { ...busy, states: [{ ...state, seenAt: now - MINUTE }] }, "away"],
    ["its settings cannot be used", row, { ...busy, states: [{ ...state, problem: "No secret." }] }, "unusable"],
    ["it reports", row, { ...busy, states: [state] }, "good"],
    ["nobody could read what it reported", row, { ...busy, unreadable: 1, states: [state] }, "unread"],
    ["it has never reported", { ...row, lastReportAt: null }, { ...busy, states: [state] }, "new"],
    [
      "nothing is said of what was sent",
      { ...row, unreportedSince: now - 61 * MINUTE },
      { ...busy, states: [state] },
      "silent"
    ],
    [
      "what was sent is still fresh",
      { ...row, unreportedSince: now - 59 * MINUTE },
      { ...busy, states: [state] },
      "good"
    ],
    [
      "nobody asks about its silence",
      { ...row, settings: { silenceMinutes: 0 }, unreportedSince: 1 },
      { ...busy, recent: 0, usualDays: 7, states: [state] },
      "good"
    ],
    ["it uses to report at this time", row, { ...busy, recent: 0, usualDays: 5, states: [state] }, "silent"],
    ["it seldom reports at this time", row, { ...busy, recent: 0, usualDays: 4, states: [state] }, "good"]
  ] as const)("says so when %s", (_, gateway, health, standing) => {
    expect(standingOf(gateway, health, now).standing).toBe(standing)
  })

  it("is bound as long as one of several processes is, since the first of them", () => {
    const smpp = { ...row, plugin: "smpp" }
    const states = [
      { ...state, binds: [bind("waiting", now - 5, "refused")] },
      { ...state, binds: [bind("bound", now - 20), bind("bound", now - 50)] }
    ]
    expect(standingOf(smpp, { ...busy, states }, now)).toEqual({ standing: "good", since: now - 50, reason: null })
    expect(standingOf(smpp, { ...busy, states: states.slice(0, 1) }, now)).toEqual({
      standing: "unbound",
      since: now - 5,
      reason: "refused"
    })
  })
})
