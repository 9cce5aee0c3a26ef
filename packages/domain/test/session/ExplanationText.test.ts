import { describe, expect, it } from "@effect/vitest"
import { Explanation, ExplanationText, Rules } from "../../src/index.ts"
import { at, DAY, HOUR, MINUTE, SECOND } from "../journey.ts"

const conditions = Explanation.Condition.literals

describe("why a rule did not fire, in words", () => {
  it.each(["pl", "en"] as const)("is half a sentence of its own for every condition: %s", (locale) => {
    const texts = conditions.map((condition) => ExplanationText.condition({ condition }, locale))
    for (const text of texts) expect(text).toMatch(/^\p{Lowercase}.*\p{Lowercase}$/u)
    expect(new Set(texts).size).toBe(conditions.length)
  })

  it("is said in the reader's language", () => {
    for (const condition of conditions) {
      expect(ExplanationText.condition({ condition }, "pl")).not.toBe(ExplanationText.condition({ condition }, "en"))
    }
  })

  it("names all that it rests on", () => {
    const unmet = { rule: "AbandonedBrowse", condition: "purchase-in-session", evidence: ["O1", "O2"] } as const
    expect(ExplanationText.absence(unmet, "en")).toBe(
      "No AbandonedBrowse: something was bought in the session (O1, O2)."
    )
    expect(ExplanationText.absence(unmet, "pl")).toBe("Brak AbandonedBrowse: w tej sesji był zakup (O1, O2).")
  })
})

describe("why an outcome stands, in words", () => {
  const explained = (
    rule: Explanation.Explanation["rule"],
    facts: Partial<Explanation.Explanation["facts"]>,
    grace: number = 10 * MINUTE
  ): Explanation.Explanation => ({
    rule,
    version: Rules.version,
    parameters: { ...Rules.defaults, grace },
    facts: { closedAt: at("10:30"), purchasedAt: at("10:00"), productViews: 0, productsViewed: 0, items: 0, ...facts },
    notFired: []
  })
  // Number formats put a no-break space where these sentences show a plain one.
  const say = (explanation: Explanation.Explanation, locale: ExplanationText.Locale, timeZone = "UTC") =>
    ExplanationText.sentence(explanation, { locale, timeZone }).replaceAll(/[\u00A0\u202F]/g, " ")

  it("shows times as the reader's clock does, in hours of two digits up to 23", () => {
    const bought = explained("FinalizedTransaction", { purchasedAt: at("00:05") })
    expect(say(bought, "en", "Europe/Warsaw")).toContain("placed at 01:05.")
    expect(say(bought, "en")).toContain("placed at 00:05.")
    expect(say(bought, "pl", "America/New_York")).toContain("dokonany o 19:05.")
  })

  it.each([
    ["PLN", 123_456, "PLN 1,234.56", "1234,56 zł"],
    ["JPY", 5_000, "JP¥5,000", "5000 JPY"],
    ["KWD", 1_500, "KWD 1.500", "1,500 KWD"],
    ["HUF", 499_000, "HUF 4,990", "4990 HUF"]
  ])("shows money in its currency's own minor units: %s", (currency, value, en, pl) => {
    const bought = explained("FinalizedTransaction", { value, currency })
    expect(say(bought, "en")).toBe(`A purchase without an order number worth ${en}, placed at 10:00.`)
    expect(say(bought, "pl")).toBe(`Zakup bez numeru zamówienia na kwotę ${pl}, dokonany o 10:00.`)
    const named = explained("FinalizedTransaction", { value, currency, orderId: "O1" })
    expect(say(named, "en")).toBe(`Order O1 worth ${en}, placed at 10:00.`)
    expect(say(named, "pl")).toBe(`Zamówienie O1 na kwotę ${pl}, złożone o 10:00.`)
  })

  it("leaves out what a cart is worth where nobody knows", () => {
    const left = explained("AbandonedCart", { items: 1_234.5 })
    expect(say(left, "en")).toMatch(/^Left with 1,234\.5 products; no purchase within/)
    expect(say(left, "pl")).toMatch(/^Wyjście z 1234,5 produktami w koszyku; brak zakupu w ciągu/)
  })

  it("counts products and views as the reader's language writes numbers", () => {
    const looked = explained("AbandonedBrowse", { productViews: 12_345 })
    expect(say(looked, "en")).toMatch(/^Looked at products 12,345 times, /)
    expect(say(looked, "pl")).toMatch(/^Obejrzane produkty: 12 345, /)
  })

  it.each([
    [DAY, "1 day", "1 dnia"],
    [2 * DAY, "2 days", "2 dni"],
    [25 * HOUR, "25 hours", "25 godzin"],
    [HOUR, "1 hour", "1 godziny"],
    [90 * MINUTE, "90 minutes", "90 minut"],
    [MINUTE, "1 minute", "1 minuty"],
    [MINUTE + SECOND, "61 seconds", "61 sekund"],
    [SECOND, "1 second", "1 sekundy"],
    [0, "0 seconds", "0 sekund"]
  ])("shows a time of %d ms in the largest unit that divides it: %s", (grace, en, pl) => {
    const looked = explained("AbandonedBrowse", { productViews: 1 }, grace)
    expect(say(looked, "en")).toContain(`no purchase within ${en} after the session closed at 10:30.`)
    expect(say(looked, "pl")).toContain(`brak zakupu w ciągu ${pl} od zamknięcia sesji o 10:30.`)
  })
})
