import { describe, expect, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { SegmentEventMap, SegmentEventTable } from "../../src/index.ts"

const decode = Schema.decodeUnknownSync(SegmentEventMap.EventMap)

describe("a site's map", () => {
  const table = SegmentEventTable.make(
    decode({
      currency: "PLN",
      events: {
        "Produkt obejrzany": { type: "VisitOnProductPage" },
        "Product Added": { type: "ModifyCart", cart: "whole" },
        "checkout started": null
      },
      pages: [
        { type: "VisitOnCartListPage", paths: ["/koszyk", "/cart/**"] },
        { type: "VisitOnWebsite", paths: ["/login"] }
      ]
    })
  )

  it("knows its own names and the standard ones", () => {
    expect(table.ruleOf("produkt Obejrzany")).toEqual({ type: "VisitOnProductPage" })
    expect(table.ruleOf("Product Viewed")).toEqual({ type: "VisitOnProductPage" })
    expect(table.ruleOf("constructor")).toBeUndefined()
  })

  it("changes the meaning of a standard name, or takes it away", () => {
    expect(table.ruleOf("Product Added")).toEqual({ type: "ModifyCart", cart: "whole" })
    expect(table.ruleOf("Checkout Started")).toBeUndefined()
  })

  it("asks its own page rules first", () => {
    expect(table.pageType({ path: "/koszyk/" })).toBe("VisitOnCartListPage")
    expect(table.pageType({ path: "/cart/a/b" })).toBe("VisitOnCartListPage")
    expect(table.pageType({ path: "/login" })).toBe("VisitOnWebsite")
    expect(table.pageType({ path: "/sign-in" })).toBe("VisitOnLoginPage")
    expect(table.pageType({})).toBe("VisitOnWebsite")
  })

  it("has a currency of its own, or that of the specification", () => {
    expect(table.currency).toBe("PLN")
    expect(SegmentEventTable.make(null).currency).toBe("USD")
  })

  it.each([
    [{ currency: "zł" }],
    [{ events: { Viewed: { type: "Ping" } } }],
    [{ events: { Viewed: { type: "ModifyCart", cart: "some" } } }],
    [{ pages: [{ type: "ModifyCart", names: ["Cart"] }] }],
    [{ pages: [{ type: "VisitOnWebsite", paths: [""] }] }]
  ])("is refused when it is %j", (map) => {
    expect(Result.isFailure(Schema.decodeUnknownResult(SegmentEventMap.EventMap)(map))).toBe(true)
  })
})
