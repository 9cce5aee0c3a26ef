import { describe, expect, it } from "vitest"
import { type PageRule, readRules, recognise, standardRules } from "../src/PageRule.ts"
import { matchesUrl } from "../src/PageRule.ts"

const shop = "https://sklep.example"

const view = (path: string, events: ReadonlyArray<string> = [], selectors: ReadonlyArray<string> = []) => ({
  url: shop + path,
  events: new Set(events),
  has: (selector: string) => selectors.includes(selector)
})

describe("a URL pattern", () => {
  it.each([
    ["/koszyk", "/koszyk", true],
    ["/koszyk", "/koszyk/", true],
    ["/koszyk/", "/koszyk", true],
    ["/koszyk", "/koszyk?krok=2#top", true],
    ["/koszyk", "/koszyki", false],
    ["/produkt/*", "/produkt/kubek-1", true],
    ["/produkt/*", "/produkt/kubek-1/opinie", false],
    ["/produkt/**", "/produkt/kubek-1/opinie", true],
    ["/*/p/*", "/pl/p/12", true],
    ["/index.php?route=product*", "/index.php?route=product/12&id=3", false],
    ["/index.php?route=product**", "/index.php?route=product/12&id=3", true],
    ["/#/cart", "/#/cart", true],
    ["/a.b", "/aXb", false],
    ["/", "/", true],
    ["/", "/inne", false]
  ])("%s against %s is %s", (pattern, path, expected) => {
    expect(matchesUrl(pattern, shop + path)).toBe(expected)
  })
})

describe("the type of a page view", () => {
  const rules: ReadonlyArray<PageRule> = [
    { type: "VisitOnSalePage", url: "/zamowienie/*/dziekujemy" },
    { type: "VisitOnLoginPage", selector: "form.login" },
    { type: "VisitOnProductPage", url: "/produkt/*", selector: "h1.product" },
    { type: "VisitOnProductPage", event: "show_item" },
    ...standardRules
  ]

  it("is that of the first rule that matches", () => {
    expect(recognise(rules, view("/zamowienie/7/dziekujemy", ["view_item"], ["form.login"]))).toBe("VisitOnSalePage")
    expect(recognise(rules, view("/logowanie", ["view_item"], ["form.login"]))).toBe("VisitOnLoginPage")
  })

  it("needs every condition of the rule", () => {
    expect(recognise(rules, view("/produkt/1", [], ["h1.product"]))).toBe("VisitOnProductPage")
    expect(recognise(rules, view("/produkt/1"))).toBe("VisitOnWebsite")
  })

  it("follows GA4's names after the shop's own rules, a purchase before all others", () => {
    expect(recognise(rules, view("/x", ["show_item"]))).toBe("VisitOnProductPage")
    expect(recognise(rules, view("/x", ["view_item", "view_cart", "purchase"]))).toBe("VisitOnSalePage")
    expect(recognise(rules, view("/x", ["view_cart"]))).toBe("VisitOnCartListPage")
  })

  it("is VisitOnWebsite when nothing matches", () => {
    expect(recognise(rules, view("/o-nas", ["scroll"]))).toBe("VisitOnWebsite")
  })
})

describe("rules read from a page", () => {
  it("leaves out what is no rule", () => {
    expect(
      readRules([{ type: "VisitOnSalePage", url: " /ok " }, { type: "ModifyCart" }, null, 7, { url: "/x" }])
    ).toEqual([{ type: "VisitOnSalePage", url: "/ok", selector: undefined, event: undefined }])
    expect(readRules("nonsense")).toEqual([])
  })
})
