import { describe, expect, it } from "@effect/vitest"
import { Buffer } from "node:buffer"
import { packed } from "../../src/answer/Packed.ts"
import { numbers } from "../chance.ts"

const whole = (pieces: Iterable<string | Uint8Array>) =>
  Buffer.concat(Array.from(pieces, (piece) => Buffer.from(piece))).toString()

describe("packs", () => {
  it("hold all pieces in their order, whatever their size and kind", () => {
    const below = numbers(5)
    const sizes = [0, 1, 21_845, 21_846, 65_536, 65_537, 200_000, ...Array.from({ length: 500 }, () => below(3_000))]
    const pieces = sizes.flatMap((size, index) => {
      const text = (index % 3 === 0 ? "ż" : "x").repeat(size)
      return [text, Buffer.from(text)]
    })
    const packs = [...packed(pieces)]
    expect(whole(packs) === whole(pieces)).toBe(true)
    expect(packs.length).toBeLessThan(100)
  })

  it("come from time to time, even where there is nothing to say", () => {
    expect([...packed(Array.from({ length: 10_000 }, () => ""))].length).toBeGreaterThan(5)
  })
})
