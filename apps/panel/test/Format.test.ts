import { describe, expect, it } from "vitest"
import { isWebAddress, moment, money, offset, pathOf, span, utc } from "../src/lib/text/Format.ts"

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ")
const now = Date.UTC(2026, 10, 24, 12)
const warsaw = "Europe/Warsaw"

describe("a moment", () => {
  it.each([
    [5 * 60_000, "pl", "5 min temu"],
    [2 * 3_600_000, "en", "2 hr ago"],
    [24 * 3_600_000, "pl", "23 lis, 13:00"],
    [-59_000, "pl", "przed chwilą"],
    [-61_000, "en", "24 Nov, 13:01"],
    [400 * 86_400_000, "en", "20 Oct 2025, 14:00"]
  ] as const)("%i ms ago reads in %s as %s", (age, locale, text) => {
    expect(plain(moment(now - age, now, locale, warsaw))).toBe(text)
  })

  it("stands on both sides of a change of clocks", () => {
    expect(offset(Date.UTC(2026, 9, 25, 0, 59), warsaw)).toBe("UTC+2")
    expect(offset(Date.UTC(2026, 9, 25, 1), warsaw)).toBe("UTC+1")
  })

  it("is exact in UTC", () => {
    expect(utc(now + 7)).toBe("2026-11-24 12:00:00.007")
  })
})

describe("an amount", () => {
  it.each([
    [{ value: 31_800, currency: "PLN" }, "pl", "318,00 zł"],
    [{ value: 1_234_567, currency: "PLN" }, "pl", "12 345,67 zł"],
    [{ value: 500, currency: "JPY" }, "en", "JP¥500"],
    [{ value: 1_234, currency: "KWD" }, "en", "KWD 1.234"],
    [{ value: 499_000, currency: "HUF" }, "en", "HUF 4,990"],
    [{ value: 5, currency: "??" }, "en", "5 ??"]
  ] as const)("%j reads in %s as %s", (amount, locale, text) => {
    expect(plain(money(amount, locale))).toBe(text)
  })
})

describe("an address", () => {
  it("is a link only on the web", () => {
    expect(["https://a.example/x", "http://a.example"].every(isWebAddress)).toBe(true)
    for (const other of [
      "javascript:alert(1)",
      "data:text/html,x",
      "ftp://a",
      "//a.example",
      "",
      "JAVASCRIPT:alert(1)"
    ]) {
      expect(isWebAddress(other)).toBe(false)
    }
  })

  it("keeps its path and all that follows", () => {
    expect(pathOf("https://a.example/p/1?q=2#x")).toBe("/p/1?q=2#x")
    expect(pathOf("no address")).toBe("no address")
  })
})

describe("a span", () => {
  it("reads in its largest whole unit", () => {
    expect([1_800_000, 86_400_000, 90_000, 0].map((value) => plain(span(value, "pl")))).toEqual([
      "30 min",
      "1 dzień",
      "90 sek.",
      "0 sek."
    ])
  })
})
