import { describe, expect, it } from "@effect/vitest"
import { Visitors } from "../../src/answer/Visitors.ts"
import { Collector } from "../../src/input/Collector.ts"
import { numbers, shuffled } from "../chance.ts"
import { byVisitor, text, type Wire } from "../shops.ts"

const wires: ReadonlyArray<Wire> = Array.from({ length: 300 }, (_, index) => ({
  id: `e${index}`,
  visitorId: `v${index % 17}`,
  type: "VisitOnWebsite",
  at: index * 1000
}))

/** The visitors' numbers and events, as they are read from a collector that took these lines. */
const read = (lines: ReadonlyArray<Wire>, binBytes: number, isWanted?: (visitor: number) => boolean) => {
  using collector = new Collector(null)
  collector.lines(text(lines))
  using visitors = new Visitors(collector, binBytes)
  return Array.from(visitors.read(isWanted), ({ number, events }) => [number, ...events.map(({ id }) => id)])
}

const expected = (lines: ReadonlyArray<Wire>) => {
  const order = [...new Set(lines.map(({ visitorId }) => visitorId))]
  return order.map((visitorId, number) => [
    number,
    ...wires.filter((wire) => wire.visitorId === visitorId).map(({ id }) => id)
  ])
}

describe("visitors", () => {
  it.each([
    ["in the order of time", wires],
    ["sorted by visitor", byVisitor(wires)],
    ["shuffled", shuffled(wires, numbers(3))]
  ])("come once each, with all their events in total order: %s", (_, lines) => {
    for (const binBytes of [1, 1_000, 1_000_000]) expect(read(lines, binBytes)).toEqual(expected(lines))
  })

  it("may be left out", () => {
    const isWanted = (visitor: number) => visitor % 5 === 0
    const some = (lines: ReadonlyArray<Wire>) => expected(lines).filter(([number]) => isWanted(Number(number)))
    expect(read(wires, 1_000, isWanted)).toEqual(some(wires))
    expect(read(byVisitor(wires), 1_000, isWanted)).toEqual(some(byVisitor(wires)))
  })
})
