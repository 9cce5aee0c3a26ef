import { describe, expect, it } from "vitest"
import { clip, readEmail } from "../src/Text.ts"

describe("text for the door", () => {
  it("is cut to the limit without leaving half a letter", () => {
    expect(clip("ab😀", 3)).toBe("ab")
    expect(clip("ab😀", 4)).toBe("ab😀")
  })

  it("has no NUL and no lone surrogate", () => {
    expect(clip("a\u0000b\ud800c", 10)).toBe("abc")
  })

  it("may be a number, but nothing else", () => {
    expect([7, "", "  ", null, {}, true].map((value) => clip(value, 10))).toEqual(["7", ...Array(5).fill(undefined)])
  })

  it("is an e-mail in lower case, or none", () => {
    expect(["Ą.Nowak@Example.PL ", "no", "a@b c", "@x", `${"a".repeat(250)}@x.pl`].map(readEmail)).toEqual([
      "ą.nowak@example.pl",
      ...Array(4).fill(undefined)
    ])
  })
})
