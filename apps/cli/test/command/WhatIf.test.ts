import { describe, expect, it } from "@effect/vitest"
import { type Activity, type ReportedOrder, Rules, Site } from "@spoor/domain"
import { Effect, Result } from "effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import * as Output from "../../src/Output.ts"
import * as Line from "../../src/input/Line.ts"
import { parsed, spoor } from "../run.ts"
import { byVisitor, lines, text, type Wire } from "../shops.ts"

const folder = mkdtempSync(join(tmpdir(), "spoor-test-"))
afterAll(() => rmSync(folder, { recursive: true }))

const fileOf = (name: string, rules: object): string => {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(rules))
  return path
}
const longer = fileOf("longer.json", { inactivity: "1 hour", grace: "0 seconds" })
const shorter = fileOf("shorter.json", { inactivity: "5 minutes" })

const visit = [
  {
    id: "e1",
    visitorId: "ann",
    type: "ModifyCart",
    at: "2026-03-02T10:00:00Z",
    cart: { currency: "PLN", items: [{ id: "mug", quantity: 1, unitPrice: 1 }] }
  },
  { id: "e2", visitorId: "ann", type: "VisitOnProductPage", at: "2026-03-02T10:45:00Z", product: { id: "mug" } },
  { id: "e3", visitorId: "bob", type: "VisitOnSalePage", at: "2026-03-02T10:45:00Z" }
]

/** The outcomes that the domain gives for a whole set, by ID. */
const whole = (wires: ReadonlyArray<Wire>, rules: Partial<Rules.Rules>): ReadonlyMap<string, unknown> => {
  const accepted = wires.map((wire) => Result.getOrThrow(Line.decode(JSON.stringify(wire))))
  const outcomes = [...Map.groupBy(accepted, ({ siteId }) => siteId).values()].flatMap((own) => {
    const events = own.filter((line): line is Activity.Activity => !Line.isOrder(line))
    const orders = own.filter((line): line is ReportedOrder.ReportedOrder => Line.isOrder(line))
    return Site.sessionize({ ...Rules.defaults, ...rules }, { events, orders }, Infinity).outcomes
  })
  return new Map(outcomes.map((outcome) => [outcome.key, Output.outcomeFields(outcome)]))
}

const differences = (
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>
): ReadonlyArray<unknown> => [
  ...[...after].map(([id, outcome]) => {
    const was = before.get(id)
    if (was === undefined) return { kind: "added", outcome }
    return { kind: "unchanged", outcome, ...(JSON.stringify(was) !== JSON.stringify(outcome) && { was }) }
  }),
  ...[...before].flatMap(([id, outcome]) => (after.has(id) ? [] : [{ kind: "removed", outcome }]))
]

const sorted = (lines: ReadonlyArray<unknown>) => lines.map((line) => JSON.stringify(line)).toSorted()

describe("what-if", () => {
  it.effect("says what other rules would add, remove and leave, and how many", () =>
    Effect.gen(function* () {
      const { out, err, isSuccess } = yield* spoor(["what-if", "--rules", longer], text(visit))
      expect(isSuccess).toBe(true)
      expect(parsed(out)).toMatchObject([
        {
          kind: "unchanged",
          outcome: { id: "cart:default:e1", at: "2026-03-02T11:45:00.000Z" },
          was: { at: "2026-03-02T10:40:00.000Z" }
        },
        { kind: "removed", outcome: { id: "browse:default:e2" } },
        { kind: "unchanged", outcome: { id: "sale:default:e3", inferred: true } }
      ])
      expect(parsed(out)[2]).not.toHaveProperty("was")
      expect(err).toBe("0 added, 1 removed, 2 unchanged, 1 of them with another time, session or link.\n")
    })
  )

  it.effect("says how many lines it left out", () =>
    Effect.gen(function* () {
      const { out, err } = yield* spoor(["what-if", "--rules", longer], `x\n${text([...visit, ...visit])}`)
      expect(out).toBe((yield* spoor(["what-if", "--rules", longer], text(visit))).out)
      expect(err).toMatch(/^Left out: 1 rejected lines and 3 duplicates\. [^\n]*\n0 added/)
    })
  )

  it.effect("compares with rules of one's own", () =>
    Effect.gen(function* () {
      const { out } = yield* spoor(["what-if", "--rules", longer, "--against", longer], text(visit))
      expect(parsed(out).map(({ kind }) => kind)).toEqual(["unchanged", "unchanged"])
    })
  )

  it.effect("needs rules", () =>
    Effect.gen(function* () {
      const { out, err, isSuccess } = yield* spoor(["what-if"], "")
      expect({ out, isSuccess }).toEqual({ out: "", isSuccess: false })
      expect(err).toContain("--rules")
    })
  )

  it.effect(
    "agrees with the whole set under either rules",
    () =>
      Effect.forEach(
        Array.from({ length: 30 }, (_, seed) => seed + 1_000),
        (seed) =>
          Effect.gen(function* () {
            const wires = seed % 2 === 0 ? lines(seed) : byVisitor(lines(seed))
            const { out } = yield* spoor(["what-if", "--rules", longer, "--against", shorter], text(wires))
            const before = whole(wires, { inactivity: 5 * 60_000 })
            const after = whole(wires, { inactivity: 60 * 60_000, grace: 0 })
            expect(sorted(parsed(out))).toEqual(sorted(differences(before, after)))
          }),
        { discard: true }
      ),
    60_000
  )
})
