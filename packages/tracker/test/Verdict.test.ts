import { describe, expect, it } from "vitest"
import { judge } from "../src/Verdict.ts"

describe("an answer of the door", () => {
  it("confirms the batch and names what was rejected", () => {
    const verdicts = [{ verdict: "stored" }, { verdict: "rejected", reason: "invalid", pointer: "/events/1/cart" }]
    expect(judge(200, { success: true, verdicts }, null)).toEqual({
      kind: "done",
      rejections: ["invalid /events/1/cart"]
    })
    expect(judge(204, undefined, null)).toEqual({ kind: "done", rejections: [] })
  })

  it.each([400, 401, 403, 413])("drops the batch on %s, with a reason", (status) => {
    expect(judge(status, undefined, null)).toMatchObject({ kind: "drop", why: expect.stringMatching(/\w+ \w+/) })
  })

  it.each([404, 408, 429, 500, 503])("tries again after %s", (status) => {
    expect(judge(status, undefined, null)).toEqual({ kind: "retry", afterMs: undefined })
  })

  it("waits as long as the server asks, five minutes at most", () => {
    expect(judge(429, undefined, "7")).toEqual({ kind: "retry", afterMs: 7000 })
    expect(judge(503, undefined, "86400")).toEqual({ kind: "retry", afterMs: 300_000 })
    expect(judge(503, undefined, "Tue, 24 Nov 2026 04:00:00 GMT")).toEqual({ kind: "retry", afterMs: undefined })
  })
})
