import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { IdMap } from "../../src/input/IdMap.ts"
import { IdSet } from "../../src/input/IdSet.ts"

describe("a set of IDs", () => {
  it.prop("knows the same IDs as a Set", [Schema.Array(Schema.String)], ([ids]) => {
    const ours = new IdSet()
    const theirs = new Set<string>()
    for (const id of [...ids, ...ids.toReversed()]) {
      expect(ours.add(0, id)).toBe(!theirs.has(id))
      theirs.add(id)
    }
  })

  it("tells IDs apart that share their bytes", () => {
    const set = new IdSet()
    const ids = [
      "",
      "\u0000",
      "a",
      "a\u0000",
      "aa",
      "ÿ",
      "\u007f\u0001",
      "Ā",
      "\uffff",
      "\ud800",
      "x".repeat(128),
      "ż".repeat(128)
    ]
    for (const id of ids) expect(set.add(0, id)).toBe(true)
    for (const id of ids) expect(set.add(0, id)).toBe(false)
  })

  it("keeps scopes apart", () => {
    const set = new IdSet()
    for (const scope of [0, 1, 127, 128, 300_000])
      for (const id of ["", "a", "\u0001a"]) expect(set.add(scope, id)).toBe(true)
    for (const scope of [0, 1, 127, 128, 300_000])
      for (const id of ["", "a", "\u0001a"]) expect(set.add(scope, id)).toBe(false)
  })

  it("keeps what it knows when it grows, over many pages", () => {
    const set = new IdSet()
    const id = (index: number) => `${index}-${"0123456789abcdef".repeat(4)}`
    const added = () => Array.from({ length: 200_000 }, (_, index) => set.add(7, id(index)))
    expect(added().every((isNew) => isNew)).toBe(true)
    expect(added().some((isNew) => isNew)).toBe(false)
  })
})

describe("a map from IDs", () => {
  it("finds what was added in every shard", () => {
    const map = new IdMap<number>(2)
    for (let index = 0; index < 9; index++) map.add(`v${index}`, index)
    for (let index = 0; index < 9; index++) expect(map.get(`v${index}`)).toBe(index)
    expect(map.get("v9")).toBeUndefined()
  })
})
