import { describe, expect, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { Intake, LogEntry } from "../src/index.ts"

const receivedAt = Date.UTC(2026, 10, 24, 10)
const arrival = { receivedAt }
const MINUTE = 60_000

const request = { id: "r1", url: "/orders?token=t", method: "post", status: 201, processingMs: 12.5 }
const message = { id: "m1", gateway: "SMSAPI", codes: { status: "405" }, kind: "smsapi" }
const api = (more: object = {}, when: LogEntry.Arrival = arrival) =>
  Result.getOrThrow(LogEntry.fromApi({ ...request, ...more }, when))
const sms = (more: object = {}) => Result.getOrThrow(LogEntry.fromSms({ ...message, ...more }, arrival))
const refusal = (result: Result.Result<unknown, unknown>) => Result.getOrNull(Result.flip(result))

describe("an entry of the API log", () => {
  it("is a request without secrets, in the row's own form", () => {
    const apiKey = { name: "ERP", prefix: "ak_3fK2aaaaaaaaaaaaaaaaaaaaaaaaa" }
    expect(api({ apiKey, ip: "2001:DB8::1", userAgent: "curl", at: receivedAt - 1 })).toEqual({
      itemId: "r1",
      occurredAt: receivedAt - 1,
      url: "/orders?token=***",
      method: "POST",
      status: 201,
      apiKey: { name: "ERP", prefix: "ak_3fK2aaaaa" },
      ip: "2001:db8::1",
      details: { processingMs: 12.5, userAgent: "curl", requestId: "r1" }
    })
    expect(api({ requestId: "q" }).details.requestId).toBe("q")
  })

  it("corrects a clock that is wrong, and leaves a slow network alone", () => {
    const at = receivedAt + 6 * 60 * MINUTE
    expect(api({ at }, { receivedAt, sentAt: at + 20_000 }).occurredAt).toBe(receivedAt)
    expect(api({ at: receivedAt - 20_000 }, { receivedAt, sentAt: receivedAt - 20_000 }).occurredAt).toBe(
      receivedAt - 20_000
    )
    expect(api({ at }).occurredAt).toBe(receivedAt)
    expect(api().occurredAt).toBe(receivedAt)
    expect(api({ at: receivedAt }, { receivedAt, sentAt: 8.64e15 }).occurredAt).toBe(receivedAt)
  })

  it.each([
    [{ at: -8.64e15 }, arrival, { reason: "invalid", pointer: "/at" }],
    [{ at: "yesterday" }, arrival, { reason: "invalid", pointer: "/at" }],
    [{ status: 99 }, arrival, { reason: "invalid", pointer: "/status" }],
    [{ ip: "10.0.0.1:80" }, arrival, { reason: "invalid", pointer: "/ip" }],
    [{ processingMs: -1 }, arrival, { reason: "invalid", pointer: "/processingMs" }],
    [{ url: "x".repeat(2_049) }, arrival, { reason: "too-large", pointer: "/url" }],
    [{ url: "\u0000" }, arrival, { reason: "unstorable-text", pointer: "/url" }],
    [{ apiKey: { name: "ERP", prefix: "" } }, arrival, { reason: "invalid", pointer: "/apiKey/prefix" }],
    [{ id: null }, arrival, { reason: "missing", pointer: "/id" }]
  ])("names the field that is wrong: %#", (more, when, rejection) => {
    expect(refusal(LogEntry.fromApi({ ...request, ...more }, when))).toEqual(rejection)
  })
})

describe("an item that is kept though it was rejected", () => {
  it("loses its secrets and nothing else", () => {
    const apiKey = { name: "ERP", prefix: "ak_3fK2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }
    const odd = { ...request, status: "ok", more: [1], apiKey }
    expect(LogEntry.withoutSecrets(odd)).toEqual({
      ...odd,
      url: "/orders?token=***",
      apiKey: { name: "ERP", prefix: "ak_3fK2aaaaa" }
    })
    for (const item of [null, 7, "x", ["?token=t"], { url: 7, apiKey: "ak" }]) {
      expect(LogEntry.withoutSecrets(item)).toEqual(item)
    }
  })
})

describe("an entry of the panel log", () => {
  it("knows who did it, where someone had signed in", () => {
    const user = { userEmail: " Anna@Sklep.PL ", userId: "7" }
    const entry = Result.getOrThrow(LogEntry.fromPanel({ ...request, ...user }, arrival))
    expect(entry).toMatchObject({ userEmail: "anna@sklep.pl", ip: null, url: "/orders?token=***" })
    expect(entry.details).toEqual({ processingMs: 12.5, userAgent: null, userId: "7", requestId: null })
    expect(Result.getOrThrow(LogEntry.fromPanel(request, arrival))).toMatchObject({ userEmail: null })
  })
})

describe("an entry of the SMS log", () => {
  it("says what the gateway's codes mean", () => {
    expect(sms()).toMatchObject({
      gateway: "SMSAPI",
      sender: null,
      error: { code: "405" },
      details: { rawCode: "status:405", protocol: "http", payload: null, reportedAt: null }
    })
    expect(sms().details.category).not.toBe("unknown")
    expect(sms().error.text).not.toBe("")
    expect(sms({ text: "Nie ma takiego numeru" }).error.text).toBe("Nie ma takiego numeru")
  })

  it("keeps codes that nobody lists, and those whose gateway nobody named", () => {
    expect(sms({ codes: { reason: "XYZ" } })).toMatchObject({
      error: { code: "XYZ", text: "unknown" },
      details: { category: "unknown", permanence: "unknown" }
    })
    expect(sms({ kind: null, codes: { refusal: "7", status: "UNDELIV" }, text: "no" })).toMatchObject({
      error: { code: "7", text: "no" },
      details: { category: "unknown", permanence: "unknown", rawCode: "refusal:7 status:UNDELIV" }
    })
    expect(sms({ kind: null, codes: {} })).toMatchObject({
      error: { code: "", text: "" },
      details: { rawCode: null }
    })
    const wild = sms({ kind: null, codes: { reason: `\u0000${"ż".repeat(300)}` } })
    expect(wild.error.code).toBe(`\ufffd${"ż".repeat(63)}`)
    expect(wild.details.rawCode).toHaveLength(256)
  })

  it.each([
    ["+48 500-100-200", "+48500100200", null],
    ["0048500100200", "+48500100200", null],
    ["48500100200", null, "48500100200"],
    ["500100200", null, "500100200"],
    ["+48abc", null, "+48abc"],
    ["+0123456", null, "+0123456"],
    [null, null, null]
  ])("takes %s for a number only where it is one", (written, phone, rawPhone) => {
    const entry = sms({ phone: written })
    expect([entry.phone, entry.details.rawPhone]).toEqual([phone, rawPhone])
  })

  it.each([
    [{ codes: { status: "404" } }, "/codes"],
    [{ codes: { reason: 7 } }, "/codes/reason"],
    [{ kind: "pigeon" }, "/kind"],
    [{ reportedAt: 8.64e15 }, "/reportedAt"],
    [{ gateway: "" }, "/gateway"]
  ])("names the field that is wrong: %j", (more, pointer) => {
    expect(refusal(LogEntry.fromSms({ ...message, ...more }, arrival))).toEqual({ reason: "invalid", pointer })
  })

  it("keeps all codes in one text, from which they can be read again", () => {
    for (const codes of [{ reason: "00B", status: "UNDELIV" }, { refusal: "a: b c", group: "2" }, { status: "" }]) {
      expect(LogEntry.codesOf(LogEntry.rawCodeOf(codes) ?? "")).toEqual(codes)
    }
  })

  it("comes through the queue as it was", () => {
    const entry = sms({ reportedAt: receivedAt - 5, phone: "+48500100200", payload: "{}" })
    const intake = { log: "sms", unitId: 1, books: null, entries: [entry] } as const
    const { decodeSync, encodeSync } = Schema
    expect(decodeSync(Intake.LogIntakeFromText)(encodeSync(Intake.LogIntakeFromText)(intake))).toEqual(intake)
  })
})
