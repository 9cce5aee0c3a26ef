import { describe, expect, it } from "vitest"
import { makeUuid } from "../src/Uuid.ts"

const noise = (length: number) => new Uint8Array(length).fill(255)

describe("a UUIDv7", () => {
  it("has the form of RFC 9562, with its time in front", () => {
    const id = makeUuid(() => 0x0198_7654_3210, noise)()
    expect(id).toBe("01987654-3210-7000-bfff-ffffffffffff")
  })

  it("sorts by time and, within one millisecond, by the order of making", () => {
    let time = 1_790_000_000_000
    const make = makeUuid(() => time, noise)
    const ids = Array.from({ length: 10_000 }, (_, index) => {
      if (index % 5000 === 4999) time += 1
      return make()
    })
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it("does not go back when the clock does", () => {
    let time = 1_790_000_000_000
    const make = makeUuid(() => time, noise)
    const before = make()
    time -= 3_600_000
    expect(make() > before).toBe(true)
  })
})
