import { describe, expect, it } from "vitest"
import { readCurrency, toMinor } from "../src/Money.ts"

describe("an amount in major units", () => {
  it.each([
    [12.5, "PLN", 1250],
    ["12,50", "PLN", 1250],
    ["1 299.99", "PLN", 129999],
    [1.005, "PLN", 101],
    [0.1 + 0.2, "EUR", 30],
    [1500, "JPY", 1500],
    [1.234, "KWD", 1234],
    [4990, "HUF", 499000],
    [1.5, "IQD", 1500],
    [0.5, "CLF", 5000],
    [-5, "PLN", -500],
    ["", "PLN", undefined],
    ["free", "PLN", undefined],
    [NaN, "PLN", undefined],
    [12, undefined, undefined],
    [null, "PLN", undefined],
    [12, "złote", undefined]
  ])("%s %s is %s minor units", (amount, currency, expected) => {
    expect(toMinor(amount, currency)).toBe(expected)
  })

  it("names its currency in three letters", () => {
    expect([" pln", "PLN", "zł", "", 985].map(readCurrency)).toEqual(["PLN", "PLN", undefined, undefined, undefined])
  })
})
