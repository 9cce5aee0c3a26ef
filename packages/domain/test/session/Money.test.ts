import { describe, expect, it } from "@effect/vitest"
import { Money } from "../../src/index.ts"

describe("toMinor", () => {
  it.each([
    [19.99, "PLN", 1999],
    [0.29, "PLN", 29],
    [1.005, "PLN", 101],
    [-1.005, "PLN", -101],
    [4.35, "EUR", 435],
    [64.9, "EUR", 6490],
    [1_000_000.01, "USD", 100_000_001],
    [1980, "JPY", 1980],
    [1980.5, "JPY", 1981],
    [12.3456, "KWD", 12_346],
    [4990, "HUF", 499_000],
    [1.5, "XXX", 150],
    [1e-7, "PLN", 0],
    [0, "PLN", 0],
    [-0, "PLN", 0],
    ["-0", "PLN", 0],
    ["19.99", "PLN", 1999],
    ["19,99", "PLN", 1999],
    [" 1\u00a0299,5 ", "PLN", 129_950],
    [".5", "PLN", 50],
    ["5.", "PLN", 500],
    ["+3", "PLN", 300],
    [".25", "PLN", 25],
    ["2e2", "PLN", 20_000],
    ["123456789012e-10", "PLN", 1235]
  ])("reads %s %s as %d", (amount, currency, minor) => {
    expect(Money.toMinor(amount, currency)).toBe(minor)
  })

  it.each(["", " ", "free", "1,299.00", "1.299,00", "12 zł", "0x10", "NaN", "1e999", "--1", "."])(
    "knows that %j is no amount",
    (amount) => {
      expect(Money.toMinor(amount, "PLN")).toBeUndefined()
    }
  )

  it.each([NaN, Infinity, 1e300])("knows that %d is no amount", (amount) => {
    expect(Money.toMinor(amount, "PLN")).toBeUndefined()
  })

  it.each([
    [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"],
    [2, "PLN EUR USD GBP CZK HUF MGA XXX"],
    [3, "BHD IQD JOD KWD LYD OMR TND"],
    [4, "CLF UYW"]
  ])("knows the currencies that have %d digits", (digits, currencies) => {
    expect(currencies.split(" ").filter((currency) => Money.digits(currency) !== digits)).toEqual([])
  })
})
