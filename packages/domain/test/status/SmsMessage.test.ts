import { describe, expect, it } from "@effect/vitest"
import * as SmsLog from "../../src/log/SmsLog.ts"
import * as SmsMessage from "../../src/status/SmsMessage.ts"
import { numbers } from "../session/chance.ts"

const news = (said: SmsMessage.Said, more: Partial<SmsMessage.News> = {}): SmsMessage.News => ({
  said,
  isRegistration: said === "submitted",
  phone: SmsLog.Phone.make("+48500100200"),
  sender: "Sklep",
  waitUntil: said === "provisional" ? 100 : null,
  holdUntil: null,
  ...more
})

const orphan = { phone: null, sender: null, holdUntil: 50 }

/** What came of reports in this order: the message, and how often it was due. */
const tell = (reports: ReadonlyArray<SmsMessage.News>) => {
  let message: SmsMessage.Message | undefined
  let rows = 0
  let blamed: number | null = null
  for (const [index, report] of reports.entries()) {
    const step = SmsMessage.evolve(message, report)
    message = step.message ?? undefined
    if (step.isDue) rows++
    if (step.isBlamed) blamed = index
  }
  return { message, rows, blamed }
}

describe("a message", () => {
  it.each([
    ["is not logged when it is delivered", ["submitted", "intermediate", "delivered"], 0, "delivered"],
    ["is logged when it fails", ["submitted", "intermediate", "failed"], 1, "failed"],
    ["is logged once, however often it fails", ["failed", "failed", "failed"], 1, "failed"],
    ["stays failed when it is delivered after all", ["failed", "delivered"], 1, "failed"],
    ["fails after it was delivered", ["delivered", "failed"], 1, "failed"],
    ["stays failed when an intermediate report is late", ["failed", "intermediate"], 1, "failed"],
    ["waits when nobody knows", ["submitted", "provisional"], 0, "provisional"],
    ["is delivered when nobody knew before", ["provisional", "delivered"], 0, "delivered"],
    ["is delivered when nobody knows later", ["delivered", "provisional"], 0, "delivered"],
    ["fails when nobody knew before", ["provisional", "failed"], 1, "failed"],
    ["is remembered when it is registered after its report", ["delivered", "submitted"], 0, "delivered"]
  ] as const)("%s", (_, said, rows, standing) => {
    const told = tell(said.map((one) => news(one)))
    expect(told.rows).toBe(rows)
    expect(told.message?.standing).toBe(standing)
  })

  it("is not remembered for an intermediate report alone", () => {
    expect(SmsMessage.evolve(undefined, news("intermediate")).message).toBeNull()
  })

  it("blames the first failure", () => {
    expect(tell([news("intermediate"), news("failed"), news("failed")]).blamed).toBe(1)
    expect(tell([news("provisional"), news("failed")]).blamed).toBe(1)
    expect(tell([news("failed"), news("provisional")]).blamed).toBe(0)
  })

  it("waits for its sender's word where a fact is missing, and no longer", () => {
    const held = tell([news("failed", orphan)])
    expect(held).toMatchObject({ rows: 0, message: { standing: "failed", dueAt: 50, isLogged: false } })
    const told = tell([news("failed", orphan), news("submitted", { sender: null })])
    expect(told).toMatchObject({ rows: 1, message: { phone: "+48500100200", dueAt: null, isLogged: true } })
    expect(tell([news("submitted", { phone: null }), news("failed", orphan)]).rows).toBe(1)
    expect(tell([news("failed", orphan), news("failed", orphan)]).rows).toBe(0)
    expect(tell([news("failed", { holdUntil: 50 })]).rows).toBe(1)
  })

  it("is believed when the time is up", () => {
    const { message } = tell([news("provisional")])
    expect(message?.dueAt).toBe(100)
    expect(SmsMessage.expire(message!)).toMatchObject({ standing: "failed", dueAt: null, isLogged: true })
    expect(tell([news("provisional"), news("provisional", { waitUntil: 200 })]).message?.dueAt).toBe(100)
  })

  it("has one row exactly when a report says that it failed, in whatever order reports come", () => {
    const below = numbers(20261123)
    for (let run = 0; run < 2_000; run++) {
      const reports = Array.from({ length: 1 + below(6) }, () => news(SmsMessage.Said.literals[below(5)]!))
      const { rows } = tell(reports)
      expect({ reports, rows }).toEqual({ reports, rows: reports.some(({ said }) => said === "failed") ? 1 : 0 })
    }
  })
})

describe("names", () => {
  const isMet = (submitted: string, reported: string) => {
    const { names } = SmsMessage.namesOf([submitted], [])
    const report = SmsMessage.namesOf([reported], [])
    if (report.names.some((name) => names.includes(name))) return "same"
    return report.guesses.some((name) => names.includes(name)) ? "guess" : "none"
  }

  it.each([
    ["0e999f21", "E999F21", "same"],
    ["0000000123456", "123456", "same"],
    ["1F4", "500", "guess"],
    ["500", "1f4", "guess"],
    ["abc", "abc$2", "same"],
    ["SMaa11", "SMaa12", "none"],
    ["0", "00", "same"]
  ])("%s and %s are %s", (submitted, reported, expected) => {
    expect(isMet(submitted, reported)).toBe(expected)
  })

  it("keeps the sender's own words apart, letter by letter", () => {
    expect(SmsMessage.namesOf(["7"], ["007"]).names).toEqual(["r:007", "m:7"])
    expect(SmsMessage.namesOf([" 007 "], [], "exact")).toEqual({ names: ["m:007"], guesses: [] })
  })
})
