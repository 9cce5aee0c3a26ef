import { describe, expect, it } from "vitest"
import { merged, onPage, rowsMax } from "../src/lib/log/Arrivals.ts"

const row = (id: number, occurredAt = id, note = "") => ({ id, occurredAt, note })
const ids = (rows: ReadonlyArray<{ readonly id: number }>) => rows.map(({ id }) => id)

describe("rows that come in", () => {
  it("stand where a list would have them, each once, as it was told last", () => {
    const rows = merged([row(5, 2), row(3, 3, "new")], [row(4, 4), row(3, 3, "old"), row(1, 1)])
    expect(ids(rows)).toEqual([4, 3, 5, 1])
    expect(rows[1]?.note).toBe("new")
  })

  it("belong to an older page when they happened before the last row of this one, if there is an older page", () => {
    const page = [row(9, 90), row(8, 80)]
    expect(ids(onPage([row(10, 10), row(11, 85)], page, true))).toEqual([9, 11, 8])
    expect(ids(onPage([row(10, 10), row(11, 85)], page, false))).toEqual([9, 11, 8, 10])
    expect(onPage([], page, true)).toBe(page)
  })

  it("push the oldest out of a page that is open for long", () => {
    const rows = Array.from({ length: rowsMax }, (_, at) => row(rowsMax - at))
    expect(ids(merged([row(rowsMax + 1)], rows)).at(-1)).toBe(2)
  })
})
