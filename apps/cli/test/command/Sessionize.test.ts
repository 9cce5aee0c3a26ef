import { describe, expect, it } from "@effect/vitest"
import { type Activity, type ReportedOrder, Rules, Site } from "@spoor/domain"
import { Effect, Result } from "effect"
import * as Output from "../../src/Output.ts"
import * as Line from "../../src/input/Line.ts"
import { numbers, shuffled } from "../chance.ts"
import { spoor } from "../run.ts"
import { byVisitor, lines, text, type Wire } from "../shops.ts"

/** What the domain makes of the whole set: the first line of an ID counts, each site is for itself. */
const whole = (wires: ReadonlyArray<Wire>, now: number): ReadonlyArray<string> => {
  const accepted = wires.map((wire) => Result.getOrThrow(Line.decode(JSON.stringify(wire))))
  return [...Map.groupBy(accepted, ({ siteId }) => siteId).values()].flatMap((own) => {
    const events = own.filter((line): line is Activity.Activity => !Line.isOrder(line))
    const orders = own.filter((line): line is ReportedOrder.ReportedOrder => Line.isOrder(line))
    const { sessions, outcomes } = Site.sessionize(Rules.defaults, { events, orders }, now)
    return [...sessions.map((session) => Output.session(session, now)), ...outcomes.map(Output.outcome)]
  })
}

const repeats = (wires: ReadonlyArray<Wire>): ReadonlyArray<Wire> => {
  const seen = new Set<string>()
  return wires.flatMap(({ kind, id, orderId, siteId = "default" }, index) => {
    const name = JSON.stringify([kind, id, orderId, siteId])
    const isNew = !seen.has(name)
    seen.add(name)
    if (isNew) return []
    return [{ kind: "duplicate", siteId, ...(kind === "order" ? { orderId } : { id }), line: index + 1 }]
  })
}

const isVerdict = (line: string) => line.startsWith('{"kind":"duplicate"')

const agrees = (wires: ReadonlyArray<Wire>, now: number) =>
  Effect.gen(function* () {
    const when = now === Infinity ? [] : ["--now", new Date(now).toISOString()]
    const { out, isSuccess } = yield* spoor(["sessionize", ...when], text(wires), { pieceBytes: 1000 })
    expect(isSuccess).toBe(true)
    const ours = out.split(/(?<=\n)/)
    expect(ours.filter(isVerdict).map((line) => JSON.parse(line))).toEqual(repeats(wires))
    expect(ours.filter((line) => !isVerdict(line)).toSorted()).toEqual(whole(wires, now).toSorted())
  })

describe("the sessions and outcomes of a stream are those of the whole set", () => {
  const seeds = Array.from({ length: 50 }, (_, seed) => seed + 1)
  const nowOf = (seed: number) => (seed % 3 === 0 ? Date.UTC(2026, 2, 2, seed % 24) : Infinity)

  it.effect(
    "in the order of time",
    () => Effect.forEach(seeds, (seed) => agrees(lines(seed), nowOf(seed)), { discard: true }),
    60_000
  )

  it.effect(
    "sorted by visitor, orders anywhere",
    () =>
      Effect.forEach(
        seeds,
        (seed) => {
          const [orders, events] = [true, false].map((isOrder) =>
            lines(seed).filter(({ kind }) => (kind === "order") === isOrder)
          )
          const below = numbers(seed)
          const sorted = [...byVisitor(events!)]
          for (const order of orders!) sorted.splice(below(sorted.length + 1), 0, order)
          return agrees(sorted, nowOf(seed))
        },
        { discard: true }
      ),
    60_000
  )

  it.effect(
    "shuffled",
    () => Effect.forEach(seeds, (seed) => agrees(shuffled(lines(seed), numbers(seed)), nowOf(seed)), { discard: true }),
    60_000
  )
})
