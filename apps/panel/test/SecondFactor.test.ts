import { describe, expect, it } from "vitest"
import { digestOfCode, makeCodes, makeSecret, picture, spelled, stepOf } from "../src/lib/server/SecondFactor.ts"

/** The secret of RFC 6238, appendix B, and its codes cut to six digits. */
const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
const now = 1_111_111_109_000

describe("the codes of an app", () => {
  it.each([
    [59_000, "287082"],
    [1_111_111_109_000, "081804"],
    [1_111_111_111_000, "050471"],
    [20_000_000_000_000, "353130"]
  ])("are those of RFC 6238 at %i", (at, code) => expect(stepOf(secret, code, at)).toBe(Math.floor(at / 30_000)))

  it("hold while a clock is a little wrong, and name the step that they are of", () => {
    const step = Math.floor(now / 30_000)
    expect(stepOf(secret, "081804", now + 30_000)).toBe(step)
    expect(stepOf(secret, "081804", now - 30_000)).toBe(step)
    expect(stepOf(secret, "081 804", now)).toBe(step)
    expect(stepOf(secret, "081804", now + 61_000)).toBeNull()
  })

  it.each(["", "08180", "0818045", "abcdef", "081804\u0000", "٠٨١٨٠٤"])("are not %j", (code) =>
    expect(stepOf(secret, code, now)).toBeNull()
  )

  it("come from a secret that is new each time and can be scanned or typed", () => {
    const made = makeSecret()
    expect(made).toMatch(/^[A-Z2-7]{32}$/)
    expect(makeSecret()).not.toBe(made)
    expect(spelled(made).replaceAll(" ", "")).toBe(made)
    expect(picture(made, "a@b.pl")).toMatch(/^data:image\/svg\+xml,%3Csvg/)
  })
})

describe("recovery codes", () => {
  it("are ten, all different, and known again however they are typed", () => {
    const codes = makeCodes()
    expect(new Set(codes).size).toBe(10)
    for (const code of codes) {
      expect(code).toMatch(/^([a-z2-7]{4}-){3}[a-z2-7]{4}$/)
      expect(digestOfCode(` ${code.toUpperCase().replaceAll("-", " ")} `)).toBe(digestOfCode(code))
    }
  })
})
