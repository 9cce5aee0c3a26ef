import { describe, expect, it } from "vitest"
import { judge } from "../src/Verdict.ts"

const now = Date.parse("2026-03-02T10:00:00Z")

describe("what an answer means", () => {
  it.each([
    [200, "done"],
    [202, "done"],
    [204, "done"],
    [301, "drop"],
    [304, "drop"],
    [400, "drop"],
    [401, "drop"],
    [403, "drop"],
    [404, "drop"],
    [408, "retry"],
    [413, "split"],
    [415, "drop"],
    [425, "retry"],
    [429, "retry"],
    [500, "retry"],
    [503, "retry"],
    [599, "retry"]
  ])("%i: %s", (status, kind) => {
    expect(judge(status, "", null, now).kind).toBe(kind)
  })

  it.each([
    ["7", 7_000],
    [" 7 ", 7_000],
    ["86400", 300_000],
    ["Mon, 02 Mar 2026 10:00:30 GMT", 30_000],
    ["Tue, 03 Mar 2026 10:00:30 GMT", 300_000],
    ["Mon, 02 Mar 2026 09:00:00 GMT", undefined],
    ["0", undefined],
    ["-5", undefined],
    ["soon", undefined],
    ["", undefined],
    [null, undefined]
  ])("Retry-After: %s is a pause of %s ms", (retryAfter, afterMs) => {
    expect(judge(503, "", retryAfter, now)).toMatchObject({ kind: "retry", afterMs })
  })

  it.each([
    ["", 0, ""],
    ["<html>", 0, ""],
    ["null", 0, ""],
    ['{"verdicts":7}', 0, ""],
    ['{"verdicts":[null,7,{"verdict":"stored"}]}', 0, ""],
    ['{"verdicts":[{"verdict":"rejected"},{"verdict":"duplicate"}]}', 1, ""],
    ['{"verdicts":[{"verdict":"rejected","reason":"invalid","pointer":"/ip"}]}', 1, "invalid /ip"]
  ])("counts the rejected of %j: %i", (answer, rejected, why) => {
    expect(judge(200, answer, null, now)).toEqual({ kind: "done", rejected, why })
  })
})
