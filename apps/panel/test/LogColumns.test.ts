import { describe, expect, it } from "vitest"
import { columnsOf } from "../src/lib/server/LogColumns.ts"

const layout = { hidden: ["ip"], widths: { url: 320, gone: 90 }, isRoomy: false }
const shown = (query: string) =>
  columnsOf("api", layout, new URLSearchParams(query), "en").flatMap(({ key, isShown }) => (isShown ? [key] : []))

describe("the columns of a log", () => {
  it("are those that its reader left in, in the log's order and words", () => {
    expect(shown("")).toEqual(["id", "createdAt", "url", "method", "status", "apiKey", "details"])
    const [, , url] = columnsOf("api", layout, new URLSearchParams(), "pl")
    expect(url).toEqual({ key: "url", label: "URL", isKept: false, isShown: true, width: 320 })
  })

  it("are those that the address names before the reader's own, and always the way into a row", () => {
    expect(shown("columns=ip,url")).toEqual(["url", "ip", "details"])
    expect(shown("columns=details")).toEqual(["details"])
  })

  it("are the reader's own where the address names none that the log has", () => {
    expect(shown("columns=nothing,%00")).toEqual(shown(""))
    expect(shown("columns=")).toEqual(shown(""))
  })
})
