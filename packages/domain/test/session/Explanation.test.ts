import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { type Activity, Explanation, ExplanationText, OrderBook, Rules, Timeline, Visit } from "../../src/index.ts"
import { api, at, cart, modify, muchLater, only, page, product, read, sale } from "../journey.ts"
import { verdictOn } from "./verdict.ts"

const visitOf = (...events: ReadonlyArray<Activity.Activity>) =>
  Timeline.read(Rules.defaults, Timeline.advance(Rules.defaults, Timeline.empty, { events }))

/** Why which rules did not fire in the first session of these events. */
const absences = (events: ReadonlyArray<Activity.Activity>, now = muchLater) => {
  const visit = visitOf(...events)
  const [first] = visit.sessions
  if (first === undefined) throw new Error("no session")
  return Explanation.absences(Rules.defaults, first, visit.purchases, now)
}

const absence = (rule: Explanation.Absence["rule"], condition: Explanation.Condition, ...evidence: Array<string>) => ({
  rule,
  condition,
  evidence
})

const mug = cart(["mug", 1])

describe("why rules did not fire in a session (sessions.md 6.3)", () => {
  const nothingBought = absence("FinalizedTransaction", "no-purchase")
  const long = Array.from({ length: 49 }, (_, half) =>
    page(`${String((8 + Math.floor(half / 2)) % 24).padStart(2, "0")}:${half % 2 === 0 ? "00" : "30"}`, {
      day: half < 32 ? 0 : 1
    })
  )

  it.each<readonly [string, ReadonlyArray<Activity.Activity>, ReadonlyArray<unknown>]>([
    [
      "only pages",
      [page("10:00")],
      [nothingBought, absence("AbandonedCart", "cart-empty"), absence("AbandonedBrowse", "no-product-view")]
    ],
    ["products", [product("10:00", "mug")], [nothingBought, absence("AbandonedCart", "cart-empty")]],
    [
      "a cart",
      [product("10:00", "mug"), modify("10:01", mug)],
      [nothingBought, absence("AbandonedBrowse", "cart-modified", "ann@10:01")]
    ],
    [
      "a cart that came with another page",
      [product("10:00", "mug", { cart: mug })],
      [nothingBought, absence("AbandonedBrowse", "cart-filled", "ann@10:00")]
    ],
    [
      "a cart that was emptied",
      [product("10:00", "mug", { cart: mug }), page("10:01", { cart: cart() })],
      [
        nothingBought,
        absence("AbandonedCart", "cart-emptied", "ann@10:00"),
        absence("AbandonedBrowse", "cart-filled", "ann@10:00")
      ]
    ],
    [
      "a cart that was bought",
      [modify("10:00", mug), sale("10:01", "O1"), sale("10:02", "O2")],
      [
        absence("AbandonedCart", "purchase-in-segment", "ann@10:02"),
        absence("AbandonedBrowse", "purchase-in-session", "ann@10:01", "ann@10:02")
      ]
    ],
    [
      "a cart bought, another left",
      [sale("10:01", "O1"), modify("10:02", mug)],
      [absence("AbandonedBrowse", "purchase-in-session", "ann@10:01")]
    ],
    [
      "a cart bought, another emptied",
      [sale("10:01", "O1"), modify("10:02", mug), modify("10:03", cart())],
      [
        absence("AbandonedCart", "cart-emptied", "ann@10:02"),
        absence("AbandonedBrowse", "purchase-in-session", "ann@10:01")
      ]
    ],
    [
      "a purchase within grace",
      [modify("10:00", mug), sale("10:35", "O1")],
      [
        nothingBought,
        absence("AbandonedCart", "purchase-in-grace", "ann@10:35"),
        absence("AbandonedBrowse", "no-product-view")
      ]
    ],
    [
      "a capped session",
      [modify("08:00", mug, { id: "cart" }), ...long, page("08:00:01", { day: 1 })],
      [nothingBought, absence("AbandonedCart", "capped"), absence("AbandonedBrowse", "no-product-view")]
    ]
  ])("%s", (_, events, expected) => {
    expect(absences(events)).toEqual(expected)
  })

  it("says that an abandonment is not due yet, until it is", () => {
    const left = [modify("10:00", mug)]
    expect(absences(left, at("10:40"))).toContainEqual(absence("AbandonedCart", "not-due"))
    expect(absences(left, at("10:40:00.001")).map(({ rule }) => rule)).not.toContain("AbandonedCart")
  })

  it("knows only of purchases in the session itself", () => {
    const events = [modify("10:00", mug), sale("10:01", "O1"), sale("12:00", "O2"), product("12:01", "mug")]
    expect(absences(events)).toEqual([
      absence("AbandonedCart", "purchase-in-segment", "ann@10:01"),
      absence("AbandonedBrowse", "purchase-in-session", "ann@10:01")
    ])
    expect(absences([page("10:00"), sale("12:00", "O2")])).toContainEqual(nothingBought)
    expect(absences([sale("10:00", "O1")], at("10:00"))).not.toContainEqual(nothingBought)
  })

  it("names what was bought in the session, while it lasted", () => {
    const events = [sale("09:00", "O1"), product("10:00", "mug"), sale("10:01", "O2")]
    const orders = [api("O0", "08:00"), api("O3", "10:05")]
    const pages = events.flatMap((event) => OrderBook.reportOf(event) ?? [])
    const placed = orders.map((order) => ({ order, sessionId: null }))
    const { sessions, purchases } = Visit.fold(Rules.defaults, events, placed, OrderBook.make(pages, orders))
    expect(purchases.map(({ orderId, session }) => [orderId, session?.id])).toEqual([
      ["O0", undefined],
      ["O1", "shop:ann@09:00"],
      ["O2", "shop:ann@10:00"],
      ["O3", "shop:ann@10:00"]
    ])
    const last = sessions.at(-1)
    expect(last && Explanation.absences(Rules.defaults, last, purchases, muchLater)).toEqual([
      absence("AbandonedCart", "purchase-in-segment", "ann@10:01"),
      absence("AbandonedBrowse", "purchase-in-session", "ann@10:01")
    ])
  })

  it("names the change of a cart that says nothing of its content", () => {
    expect(absences([product("10:00", "mug"), modify("10:01")])).toContainEqual(
      absence("AbandonedBrowse", "cart-modified", "ann@10:01")
    )
  })

  it("says which sale pages were about a purchase that was known", () => {
    const visit = visitOf(sale("10:00", "O1"), sale("12:00", "O1"), sale("12:01", null))
    const known = absence("FinalizedTransaction", "purchase-known", "ann@12:00", "ann@12:01")
    const [, second] = visit.sessions
    expect(second && Explanation.absences(Rules.defaults, second, visit.purchases, muchLater)).toContainEqual(known)
  })

  it("does not know of a purchase that is yet to come", () => {
    expect(absences([sale("10:00", "O1")], at("09:59"))).toContainEqual(nothingBought)
  })
})

describe("why an outcome stands (sessions.md 6.3)", () => {
  const explained = (steps: Parameters<typeof read>[0], type: Explanation.Explanation["rule"]) =>
    only(
      read(steps)
        .outcomes.filter((outcome) => outcome.type === type)
        .map((outcome) => Explanation.explain(Rules.defaults, outcome))
    )
  const warsaw = (locale: ExplanationText.Locale) => ({ locale, timeZone: "Europe/Warsaw" })

  it("says the rule, its parameters and what it saw", () => {
    const left = { ...cart(["mug", 2, 15_900]) }
    expect(explained([product("09:59", "mug"), modify("10:00", left)], "AbandonedCart")).toEqual({
      rule: "AbandonedCart",
      version: Rules.version,
      parameters: Rules.defaults,
      facts: {
        startedAt: at("09:59"),
        endedAt: at("10:00"),
        closedAt: at("10:30"),
        dueAt: at("10:40"),
        productViews: 1,
        productsViewed: 1,
        items: 2,
        value: 31_800,
        currency: "PLN"
      },
      notFired: [
        absence("FinalizedTransaction", "no-purchase"),
        absence("AbandonedBrowse", "cart-modified", "ann@10:00")
      ]
    })
  })

  it("does not say that nothing was bought where something was", () => {
    const { notFired } = explained([sale("10:01", "O1"), modify("10:02", mug)], "AbandonedCart")
    expect(notFired.map(({ rule }) => rule)).toEqual(["AbandonedBrowse"])
  })

  it("knows an order that stands alone", () => {
    const { facts } = explained(
      [api("O1", "10:00", { email: "ann@example.test", value: 5000, currency: "EUR" })],
      "FinalizedTransaction"
    )
    expect(facts).toEqual({
      purchasedAt: at("10:00"),
      productViews: 0,
      productsViewed: 0,
      items: 0,
      value: 5000,
      currency: "EUR",
      orderId: "O1"
    })
  })

  it("reads what was written before it named evidence", () => {
    const written = { rule: "AbandonedCart", condition: "cart-empty" }
    expect(Schema.decodeUnknownSync(Explanation.Absence)(written)).toEqual({ ...written, evidence: [] })
  })

  it.each([
    ["AbandonedCart", [modify("10:00", mug)]],
    ["AbandonedBrowse", [product("10:00", "mug")]],
    ["FinalizedTransaction", [sale("10:00", "O1", { cart: mug })]]
  ] as const)("reads again what was written: %s", (rule, steps) => {
    const explanation = explained(steps, rule)
    const verdict = verdictOn(Explanation.Explanation, explanation)
    expect(Schema.decodeSync(Explanation.Explanation)(explanation)).toEqual(explanation)
    for (const field of Object.keys(explanation)) {
      expect(verdict(field, undefined)).toBe(`missing /${field}`)
      expect(verdict(field, "unheard of")).toBe(`invalid /${field}`)
    }
    const facts = { ...explanation.facts, orderId: "O1", value: 1, currency: "PLN", dueAt: 1, purchasedAt: 1 }
    for (const field of Object.keys(facts)) {
      expect(verdict("facts", { ...facts, [field]: null })).toBe(`invalid /facts/${field}`)
    }
    expect(verdict("notFired", [{ rule, condition: "unheard of" }])).toBe("invalid /notFired/0/condition")
    expect(verdict("notFired", [{ rule: "", condition: "capped" }])).toBe("invalid /notFired/0/rule")
  })

  it("says what was bought, and when", () => {
    const bought = sale("10:05", "O1", { cart: cart(["mug", 2, 500], ["cup", 1, 200]) })
    const { facts, notFired } = explained([product("10:00", "mug"), bought], "FinalizedTransaction")
    expect(facts).toEqual({
      startedAt: at("10:00"),
      endedAt: at("10:05"),
      closedAt: at("10:35"),
      purchasedAt: at("10:05"),
      productViews: 1,
      productsViewed: 1,
      items: 3,
      value: 1200,
      currency: "PLN",
      orderId: "O1"
    })
    expect(notFired).toEqual([
      absence("AbandonedCart", "purchase-in-segment", "ann@10:05"),
      absence("AbandonedBrowse", "purchase-in-session", "ann@10:05")
    ])
  })

  it("takes the order's own value before the cart's, and says neither without a currency", () => {
    const order = (fields: Activity.Order) => ({
      ...sale("10:05", null, { cart: cart(["mug", 2, 500]) }),
      order: fields
    })
    const facts = (fields: Activity.Order) => explained([order(fields)], "FinalizedTransaction").facts
    expect(facts({ value: 900, currency: "EUR" })).toMatchObject({ value: 900, currency: "EUR" })
    expect(facts({ value: 900 })).toMatchObject({ value: 900, currency: "PLN" })
    expect(facts({})).toMatchObject({ value: 1000, currency: "PLN" })
    expect(facts({})).not.toHaveProperty("orderId")
    const bare = explained([{ ...sale("10:05", null), order: { value: 900 } }], "FinalizedTransaction").facts
    expect(bare).not.toHaveProperty("value")
    const empty = explained([{ ...sale("10:05", null), order: { currency: "PLN" } }], "FinalizedTransaction").facts
    expect(empty).not.toHaveProperty("value")
  })

  it("saw no cart where one was only looked for", () => {
    const { facts, notFired } = explained([product("10:00", "mug")], "AbandonedBrowse")
    expect(facts).toMatchObject({ items: 0, dueAt: at("10:40"), productViews: 1 })
    expect(facts).not.toHaveProperty("value")
    expect(notFired).toEqual([absence("FinalizedTransaction", "no-purchase"), absence("AbandonedCart", "cart-empty")])
  })

  // Number formats put a no-break space where these sentences show a plain one.
  const plain = (text: string) => text.replaceAll(/[\u00A0\u202F]/g, " ")

  it.each([
    [
      "AbandonedCart",
      [modify("10:00", cart(["mug", 2, 15_900]))],
      "Left with 2 products worth PLN 318.00; no purchase within 10 minutes after the session closed at 11:30.",
      "Wyjście z 2 produktami w koszyku o wartości 318,00 zł; brak zakupu w ciągu 10 minut od zamknięcia sesji o 11:30."
    ],
    [
      "AbandonedCart",
      [modify("10:00", cart(["mug", 1, 100]))],
      "Left with 1 product worth PLN 1.00; no purchase within 10 minutes after the session closed at 11:30.",
      "Wyjście z 1 produktem w koszyku o wartości 1,00 zł; brak zakupu w ciągu 10 minut od zamknięcia sesji o 11:30."
    ],
    [
      "AbandonedBrowse",
      [product("10:00", "mug")],
      "Looked at products once, put nothing in the cart; no purchase within 10 minutes after the session closed at 11:30.",
      "Obejrzane produkty: 1, nic nie trafiło do koszyka; brak zakupu w ciągu 10 minut od zamknięcia sesji o 11:30."
    ],
    [
      "AbandonedBrowse",
      [product("10:00", "mug"), product("10:01", "cup")],
      "Looked at products 2 times, put nothing in the cart; no purchase within 10 minutes after the session closed at 11:31.",
      "Obejrzane produkty: 2, nic nie trafiło do koszyka; brak zakupu w ciągu 10 minut od zamknięcia sesji o 11:31."
    ],
    ["FinalizedTransaction", [sale("10:00", "O1")], "Order O1, placed at 11:00.", "Zamówienie O1, złożone o 11:00."],
    [
      "FinalizedTransaction",
      [sale("10:00", null)],
      "A purchase without an order number, placed at 11:00.",
      "Zakup bez numeru zamówienia, dokonany o 11:00."
    ],
    [
      "FinalizedTransaction",
      [api("O1", "10:00", { visitor: "ann", value: 12_300, currency: "EUR" })],
      "Order O1 worth €123.00, placed at 11:00.",
      "Zamówienie O1 na kwotę 123,00 €, złożone o 11:00."
    ]
  ] as const)("is one sentence in both languages: %s %#", (rule, steps, en, pl) => {
    const explanation = explained(steps, rule)
    expect(plain(ExplanationText.sentence(explanation, warsaw("en")))).toBe(en)
    expect(plain(ExplanationText.sentence(explanation, warsaw("pl")))).toBe(pl)
  })

  it.each([
    [60_000, "1 minute", "1 minuty"],
    [7_200_000, "2 hours", "2 godzin"],
    [86_400_000, "1 day", "1 dnia"],
    [90_000, "90 seconds", "90 sekund"],
    [0, "0 seconds", "0 sekund"]
  ])("says a grace of %d ms as %s", (grace, en, pl) => {
    const rules = { ...Rules.defaults, grace }
    const outcome = only(read([product("10:00", "mug")], { rules }).outcomes)
    const explanation = Explanation.explain(rules, outcome)
    expect(ExplanationText.sentence(explanation, warsaw("en"))).toContain(`within ${en} after`)
    expect(ExplanationText.sentence(explanation, warsaw("pl"))).toContain(`w ciągu ${pl} od`)
  })

  it("says why there is no outcome, with what that rests on", () => {
    const unmet = absence("AbandonedCart", "purchase-in-grace", "O1")
    expect(ExplanationText.absence(unmet, "en")).toBe(
      "No AbandonedCart: a purchase came before the grace period was over (O1)."
    )
    expect(ExplanationText.absence(absence("AbandonedBrowse", "capped"), "pl")).toBe(
      "Brak AbandonedBrowse: sesja osiągnęła limit, wizyta trwała w następnej."
    )
    expect(ExplanationText.condition(unmet, "pl")).toBe("zakup nastąpił przed upływem czasu oczekiwania")
  })
})
