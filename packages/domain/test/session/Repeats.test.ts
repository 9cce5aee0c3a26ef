import { describe, expect, it } from "@effect/vitest"
import * as Repeats from "../../src/session/Repeats.ts"
import { numbers } from "./chance.ts"

describe("which IDs were given before (sessions.md 2.1)", () => {
  it("are all but the first of each", () => {
    expect(Repeats.find(["a", "b", "a", "c", "b", "a"])).toEqual([2, 4, 5])
  })

  it("are none where all differ, or there is nothing", () => {
    expect(Repeats.find([])).toEqual([])
    expect(Repeats.find(["a"])).toEqual([])
    expect(Repeats.find(Array.from({ length: 10_000 }, (_, index) => `e${index}`))).toEqual([])
  })

  it("are exact for IDs whose hashes collide", () => {
    // The filter of so few events has 256 bits: of 2,000 IDs about 8 share the bit of the first.
    const others = Array.from({ length: 2_000 }, (_, index) => `e${index}`)
    expect(others.filter((other) => Repeats.find(["first", other]).length > 0)).toEqual([])
    expect(others.filter((other) => Repeats.find(["first", other, "first"]).join() !== "2")).toEqual([])
  })

  it("are exact for long IDs that differ only in the middle, where no hash looks", () => {
    const long = (middle: string) => `${"a".repeat(50)}${middle}${"z".repeat(50)}`
    expect(Repeats.find([long("m"), long("n"), long("m"), long("o"), long("n")])).toEqual([2, 4])
  })

  it("do not depend on who is looked at first: a colliding ID may stand between", () => {
    const long = (middle: string) => `${"a".repeat(50)}${middle}${"z".repeat(50)}`
    expect(Repeats.find([long("m"), "other", long("n"), "other", long("m")])).toEqual([3, 4])
  })

  it("are those that a set would find, however many and alike", () => {
    const below = numbers(20260302)
    for (let round = 0; round < 200; round++) {
      const kinds = 1 + below(60)
      const length = 1 + below(30)
      const ids = Array.from({ length: below(100) }, () => String(below(kinds)).padStart(length, "0"))
      const expected = ids.flatMap((id, index) => (ids.indexOf(id) < index ? [index] : []))
      expect(Repeats.find(ids)).toEqual(expected)
    }
  })
})
