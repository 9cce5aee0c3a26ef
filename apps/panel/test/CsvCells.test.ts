import { Log, LogJson } from "@spoor/domain"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { cellsOf, csvColumns, lastCells } from "../src/lib/server/CsvCells.ts"

const message = (change: object) =>
  Result.getOrThrow(
    LogJson.decode("sms", {
      id: "41",
      unitId: 1,
      createdAt: "2026-11-28T12:00:00.000Z",
      gateway: "SMSAPI",
      sender: null,
      phone: "+48600700800",
      error: { code: "27", text: "absent" },
      details: {
        rawCode: null,
        payload: null,
        rawPhone: null,
        protocol: "http",
        messageId: "m-1",
        permanence: "temporary",
        category: "unreachable",
        reportedAt: null
      },
      ...change
    })
  )

const cell = (column: string, change: object, phones: "text" | "plain" = "text") =>
  cellsOf("sms", LogJson.encode("sms", message(change)), phones)[csvColumns.sms.indexOf(column)]

describe("the cells of a CSV", () => {
  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=x", "＝1", "＋1", "－1", "＠x"])(
    "make text of what a spreadsheet would take for a formula: %j",
    (text) => expect(cell("error.text", { error: { code: "1", text } })).toBe(`'${text}`)
  )

  it.each(["", " =1", "a=1", "1-1", "'=1", '"=1', "ż", "#rows"])("leave %j alone", (text) =>
    expect(cell("error.text", { error: { code: "1", text } })).toBe(text)
  )

  it("have phone numbers as text, or as they are for whoever asks for that", () => {
    expect(cell("phone", {})).toBe("'+48600700800")
    expect(cell("phone", {}, "plain")).toBe("+48600700800")
    expect(cell("phone", { phone: null }, "plain")).toBe("")
    // What came from outside is not known to be a number.
    const details = { ...LogJson.encode("sms", message({})).details, rawPhone: "+cmd" }
    expect(cell("details.rawPhone", { details }, "plain")).toBe("'+cmd")
  })

  it("hold every field of every log", () => {
    for (const log of Log.Log.literals) {
      const { details, ...own } = Log.rows[log].fields
      const inside = Object.keys(details.fields).map((name) => `details.${name}`)
      const known = csvColumns[log]
      for (const field of [...Object.keys(own), ...inside]) {
        if (field === "unitId") continue
        const isThere = known.some((column) => column === field || column.startsWith(`${field}.`))
        expect(isThere, `${log}: ${field}`).toBe(true)
      }
      expect(lastCells(log, 7)).toHaveLength(known.length)
    }
  })
})
