import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as Ndjson from "../../src/log/Ndjson.ts"
import * as SmsLog from "../../src/log/SmsLog.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"

const options = { timeout: lawTimeout, arbitrary: { runs: Math.ceil(lawRuns / 5), seed: lawSeed } }

const line = (id: string, change: Record<string, unknown> = {}): string =>
  JSON.stringify({
    id,
    unitId: 1,
    createdAt: "2026-03-02T10:00:00.000Z",
    gateway: "SMSAPI",
    sender: "MyShop",
    phone: "+48600700800",
    error: { code: "405", text: "UNDELIVERED" },
    details: {
      rawCode: "405",
      payload: "status=405\nto=48600700800",
      rawPhone: null,
      protocol: "http",
      messageId: null,
      permanence: "permanent",
      category: "unreachable",
      reportedAt: null
    },
    ...change
  })

describe("Ndjson", () => {
  it.prop(
    "gives all rows back, each with its line",
    [Schema.Array(SmsLog.Row)],
    ([rows]) => {
      const text = Ndjson.encode("sms", rows)
      const back = Ndjson.decode("sms", text)
      assert.deepStrictEqual(back, { rows: rows.map((row, at) => ({ line: at + 1, row })), rejected: [] })
      assert.strictEqual(text.split("\n").length, rows.length + 1)
    },
    options
  )

  it("keeps the good lines, and says of each bad one what is wrong with it and where", () => {
    const text = [
      line("1"),
      "{ no json",
      line("3", { phone: "600700800" }),
      "",
      `${line("5")}\r`,
      "null",
      line("7", { details: {} }),
      line("8", { gateway: "x".repeat(65) }),
      line("9")
    ].join("\n")
    const { rows, rejected } = Ndjson.decode("sms", text)
    assert.deepStrictEqual(
      rows.map(({ line, row }) => [line, row.id]),
      [
        [1, "1"],
        [5, "5"],
        [9, "9"]
      ]
    )
    assert.deepStrictEqual(rejected, [
      { line: 2, reason: "malformed", pointer: "" },
      { line: 3, reason: "invalid", pointer: "/phone" },
      { line: 6, reason: "malformed", pointer: "" },
      { line: 7, reason: "missing", pointer: "/details/rawCode" },
      { line: 8, reason: "too-large", pointer: "/gateway" }
    ])
  })

  it("does not parse a line that is too long", () => {
    const { rejected } = Ndjson.decode("sms", `${line("1")}${" ".repeat(Ndjson.lineLengthMax)}`)
    assert.deepStrictEqual(rejected, [{ line: 1, reason: "too-large", pointer: "" }])
  })
})
