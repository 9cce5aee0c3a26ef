import { describe, expect, it } from "vitest"
import { body, bytesMax, cut, size } from "../src/Batch.ts"

const writeKey = "wk_0123456789"
const entry = (index: number, text: string) => ({
  id: `e${index}`,
  json: JSON.stringify({ id: `e${index}`, title: text })
})

describe("cutting the queue into bodies", () => {
  it("keeps every body below the limit in bytes, not in characters", () => {
    // 15,000 letters of three bytes: three of these events have fewer characters than the limit has bytes.
    const entries = Array.from({ length: 12 }, (_, index) => entry(index, "€".repeat(15_000)))
    const bodies = cut(entries, writeKey).map((batch) => body(batch, writeKey, 1_790_000_000_000))
    expect(bodies.length).toBe(12)
    for (const text of bodies) expect(size(text)).toBeLessThanOrEqual(bytesMax)
  })

  it("loses nothing, repeats nothing and keeps the order, for every mix of sizes", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const entries = Array.from({ length: 200 }, (_, index) => entry(index, "żó€😀".repeat((index * seed * 37) % 900)))
      const batches = cut(entries, writeKey)
      expect(batches.flat()).toEqual(entries)
      for (const batch of batches) expect(size(body(batch, writeKey, 9e12))).toBeLessThanOrEqual(bytesMax)
    }
  })

  it("lets an event stand alone that is too large by itself", () => {
    const sizes = cut([entry(1, "a"), entry(2, "x".repeat(70_000)), entry(3, "a")], writeKey).map(
      (batch) => batch.length
    )
    expect(sizes).toEqual([1, 1, 1])
  })

  it("takes at most 500 events into one body", () => {
    const entries = Array.from({ length: 1001 }, (_, index) => entry(index, ""))
    expect(cut(entries, writeKey).map((batch) => batch.length)).toEqual([500, 500, 1])
  })

  it("makes JSON that a server reads", () => {
    expect(JSON.parse(body([entry(1, 'a "b" ż')], writeKey, 5))).toEqual({
      writeKey,
      sentAt: 5,
      events: [{ id: "e1", title: 'a "b" ż' }]
    })
  })
})
