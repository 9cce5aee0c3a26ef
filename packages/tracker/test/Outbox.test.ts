import { describe, expect, it } from "vitest"
import { entriesMax, makeOutbox } from "../src/Outbox.ts"
import { makeStore } from "../src/Store.ts"
import type { TrackedEvent } from "../src/Wire.ts"

const event = (index: number): TrackedEvent => ({
  id: String(index).padStart(6, "0"),
  visitorId: "v",
  type: "VisitOnWebsite",
  at: index,
  sequence: index,
  url: "https://sklep.example/",
  device: "desktop"
})

describe("the outbox", () => {
  it("keeps events in order until they are removed", () => {
    const outbox = makeOutbox(makeStore(undefined), () => undefined)
    for (const index of [3, 1, 2]) outbox.append(event(index))
    expect(outbox.list().map((entry) => entry.id)).toEqual(["000001", "000002", "000003"])
    outbox.remove(outbox.list().slice(0, 2))
    expect(outbox.list().map((entry) => JSON.parse(entry.json))).toEqual([event(3)])
  })

  it("drops the oldest over its limit, and says so", () => {
    const warnings: Array<string> = []
    const outbox = makeOutbox(makeStore(undefined), (message) => warnings.push(message))
    for (let index = 0; index < entriesMax + 3; index++) outbox.append(event(index))
    expect(outbox.list().length).toBe(entriesMax)
    expect(outbox.list()[0]?.id).toBe("000003")
    expect(warnings.length).toBe(3)
  })
})
