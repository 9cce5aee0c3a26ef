import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { SegmentEventMap } from "../../src/index.ts"

const guide = readFileSync(fileURLToPath(new URL("../../../../docs/segment.md", import.meta.url)), "utf8")

/** The rows of the table under a heading, as what stands in backquotes in each of their cells. */
const rowsOf = (heading: string): ReadonlyArray<ReadonlyArray<ReadonlyArray<string>>> => {
  const lines = guide.split("\n")
  const from = lines.indexOf(heading) + 2
  const rows = lines.slice(from, lines.indexOf("", from))
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word))
  )
}

describe("docs/segment.md", () => {
  it("lists the standard events, and how each is read", () => {
    const rows = rowsOf("| event | becomes | reads |").map(([event, type, reads = []]) => {
      const cart = ["whole", "add", "remove"].find((word) => reads.includes(word))
      return [event?.[0], { type: type?.[0], ...(cart && { cart }), ...(reads.includes("logout") && { logout: true }) }]
    })
    expect(Object.fromEntries(rows)).toEqual(SegmentEventMap.standard.events)
  })

  it("lists the standard pages in their order", () => {
    const rows = rowsOf("| becomes | names | paths |").map(([type, names, paths]) => ({
      type: type?.[0],
      names,
      paths
    }))
    expect(rows).toEqual(SegmentEventMap.standard.pages)
  })

  it("shows a map that can be read", () => {
    const [, map = ""] = /event_map = '(\{[^']*\})'/.exec(guide) ?? []
    const decoded = Schema.decodeUnknownSync(Schema.fromJsonString(SegmentEventMap.EventMap))(map)
    expect(decoded.currency).toBe("PLN")
    expect(decoded.events?.["Checkout Started"]).toBeNull()
  })
})
