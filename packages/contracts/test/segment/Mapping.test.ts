import { describe, expect, it } from "@effect/vitest"
import { Ids } from "@spoor/domain"
import { Result } from "effect"
import { SegmentEventTable, SegmentMapping } from "../../src/index.ts"

const receivedAt = Date.UTC(2026, 10, 24, 10)
const arrival: SegmentMapping.Arrival = {
  siteId: Ids.SiteId.make("shop"),
  receivedAt,
  table: SegmentEventTable.make(null),
  hash: (id) => `hash of ${id.length}`
}

const read = (call: unknown, more: Partial<SegmentMapping.Arrival> = {}) =>
  Result.match(SegmentMapping.read(call, { ...arrival, ...more }), {
    onFailure: ({ reason, pointer }) => `${reason} ${pointer}`,
    onSuccess: (said) => said
  })

const call = (more: object) => ({ messageId: "m1", anonymousId: "v1", ...more })
const track = (event: string, properties: unknown = {}, more: object = {}) =>
  call({ type: "track", event, properties, ...more })
const page = (more: object = {}) => call({ type: "page", ...more })

const head = { id: "m1", siteId: "shop", visitorId: "v1", occurredAt: receivedAt, receivedAt, sequence: 0 }
const activity = (more: object) => ({ _tag: "Activity", activity: { ...head, ...more } })

const mug = { product_id: "KUB-1", sku: "S1", name: "Mug", price: 64.9, quantity: 2, currency: "PLN" }
const line = { id: "KUB-1", name: "Mug", quantity: 2, unitPrice: 6490 }

describe("track", () => {
  const cases: ReadonlyArray<[string, unknown, object]> = [
    [
      "Product Viewed",
      mug,
      { type: "VisitOnProductPage", product: { id: "KUB-1", name: "Mug", price: 6490, currency: "PLN" } }
    ],
    ["Product Viewed", { sku: 17 }, { type: "VisitOnProductPage", product: { id: "17" } }],
    ["Product Viewed", {}, { type: "VisitOnProductPage" }],
    ["product viewed ", {}, { type: "VisitOnProductPage" }],
    ["Product List Viewed", { products: [mug], price: ["any"] }, { type: "VisitOnWebsite" }],
    ["Products Searched", { query: "mug" }, { type: "VisitOnWebsite" }],
    [
      "Product Added",
      mug,
      {
        type: "ModifyCart",
        product: { id: "KUB-1", name: "Mug", price: 6490, currency: "PLN" },
        cartChange: { op: "add", currency: "PLN", item: line }
      }
    ],
    [
      "Product Removed",
      { product_id: "KUB-1" },
      {
        type: "ModifyCart",
        product: { id: "KUB-1" },
        cartChange: { op: "remove", currency: "USD", item: { id: "KUB-1", quantity: 1, unitPrice: 0 } }
      }
    ],
    ["Cart Viewed", { products: [mug] }, { type: "VisitOnCartListPage", cart: { currency: "PLN", items: [line] } }],
    ["Cart Viewed", { products: [] }, { type: "VisitOnCartListPage", cart: { currency: "USD", items: [] } }],
    ["Cart Viewed", {}, { type: "VisitOnCartListPage" }],
    [
      "Checkout Started",
      { currency: "pln", value: 150, products: [{ sku: "A", price: "19.99" }] },
      { type: "VisitOnWebsite", cart: { currency: "PLN", items: [{ id: "A", quantity: 1, unitPrice: 1999 }] } }
    ],
    [
      "Order Completed",
      {
        order_id: " Z-1 ",
        total: "149,90",
        revenue: 120,
        currency: "PLN",
        products: [{ product_id: "KUB-1", name: "Mug", price: 64.9, quantity: "2", currency: "" }]
      },
      {
        type: "VisitOnSalePage",
        order: { id: "Z-1", value: 14_990, currency: "PLN" },
        cart: { currency: "PLN", items: [line] }
      }
    ],
    [
      "Order Completed",
      { order_id: 7, revenue: 5, total: "" },
      { type: "VisitOnSalePage", order: { id: "7", value: 500, currency: "USD" } }
    ],
    ["Order Completed", { value: 5 }, { type: "VisitOnSalePage", order: { value: 500, currency: "USD" } }],
    ["Order Completed", {}, { type: "VisitOnSalePage" }],
    ["Signed In", {}, { type: "VisitOnLoginPage" }],
    ["Signed Out", {}, { type: "VisitOnWebsite", logout: true }],
    ["Cart Viewed", { products: null }, { type: "VisitOnCartListPage" }]
  ]
  it.each(cases)("%s %j", (event, properties, expected) => {
    expect(read(track(event, properties))).toEqual(activity(expected))
  })

  const rejected: ReadonlyArray<[unknown, string]> = [
    [track("Coupon Entered"), "unknown-type /event"],
    [track("Product Added", {}), "missing /properties/product_id"],
    [track("Product Added", { ...mug, quantity: "two" }), "invalid /properties/quantity"],
    [track("Product Viewed", { ...mug, price: "free" }), "invalid /properties/price"],
    [track("Product Viewed", { ...mug, price: [1] }), "invalid /properties/price"],
    [track("Product Viewed", { ...mug, currency: "zł" }), "invalid /properties/currency"],
    [track("Product Viewed", { ...mug, price: 1e9 }), "invalid /properties/price"],
    [track("Product Viewed", { product_id: "x".repeat(129) }), "too-large /properties/product_id"],
    [track("Product Viewed", { product_id: "a\u0000b" }), "unstorable-text /properties/product_id"],
    [track("Cart Viewed", { products: [mug, {}] }), "missing /properties/products/1/product_id"],
    [track("Cart Viewed", { products: [mug, { ...mug, currency: "EUR" }] }), "invalid /properties/products/1/currency"],
    [track("Cart Viewed", { products: [mug, { ...mug, price: "?" }] }), "invalid /properties/products/1/price"],
    [track("Cart Viewed", { products: Array.from({ length: 501 }, () => mug) }), "too-large /properties/products"],
    [track("Cart Viewed", { products: "none" }), "invalid /properties/products"],
    [track("Order Completed", { total: "a lot" }), "invalid /properties/total"],
    [call({ type: "track" }), "missing /event"],
    [call({ type: "track", event: 7 }), "invalid /event"],
    [call({ type: "track", event: "Signed In", properties: "x" }), "invalid /properties"],
    [call({}), "missing /type"],
    [call({ type: "group", groupId: "g" }), "unknown-type /type"],
    [call({ type: "alias", previousId: "p" }), "unknown-type /type"],
    [call({ type: "screen", name: "Home" }), "unknown-type /type"],
    [call({ type: 7 }), "invalid /type"],
    [{ type: "page", anonymousId: "v1" }, "missing /messageId"],
    [{ ...page(), messageId: "m".repeat(129) }, "too-large /messageId"],
    [{ type: "page", messageId: "m1" }, "missing /anonymousId"],
    [{ type: "page", messageId: "m1", anonymousId: "", userId: null }, "missing /anonymousId"],
    [page({ timestamp: "yesterday" }), "invalid /timestamp"],
    [page({ context: "web" }), "invalid /context"],
    [null, "malformed "],
    ["track", "malformed "]
  ]
  it.each(rejected)("rejects %j", (item, reason) => {
    expect(read(item)).toBe(reason)
  })
})

describe("page", () => {
  const cases: ReadonlyArray<[string, object, string]> = [
    ["any", { name: "Home" }, "VisitOnWebsite"],
    ["by name", { name: "cart" }, "VisitOnCartListPage"],
    ["by category", { category: "Login" }, "VisitOnLoginPage"],
    ["by the properties' name", { properties: { name: "Basket" } }, "VisitOnCartListPage"],
    ["by name before path", { name: "Order Confirmation", properties: { path: "/cart" } }, "VisitOnSalePage"],
    ["by path", { properties: { path: "/Cart/" } }, "VisitOnCartListPage"],
    ["by the context's path", { context: { page: { path: "/login" } } }, "VisitOnLoginPage"],
    ["by the address", { context: { page: { url: "https://shop.example/cart?x=1" } } }, "VisitOnCartListPage"],
    ["by a step of any name", { properties: { path: "/checkouts/abc/thank_you" } }, "VisitOnSalePage"],
    ["by what follows", { properties: { path: "/checkout/order-received/17/x" } }, "VisitOnSalePage"],
    ["by nothing that follows", { properties: { path: "/order-confirmation" } }, "VisitOnSalePage"],
    ["not by a part of a path", { properties: { path: "/cart/empty" } }, "VisitOnWebsite"],
    ["not by an address that is none", { context: { page: { url: "cart" } } }, "VisitOnWebsite"],
    ["not by a name that is no text", { properties: { name: ["Cart"], category: 7 } }, "VisitOnWebsite"]
  ]
  it.each(cases)("is recognised %s", (_, more, type) => {
    expect(read(page(more))).toMatchObject({ activity: { type } })
  })

  it("says where it was, without secrets and e-mails, cut to what we store", () => {
    const context = {
      page: {
        url: `https://shop.example/p?email=anna%40example.com&a=1#token=abc`,
        title: "Mug",
        referrer: `https://other.example/?q=jan@example.com&${"x".repeat(3_000)}`
      }
    }
    const found = read(page({ context }))
    expect(found).toMatchObject({ activity: { url: "https://shop.example/p?email=***&a=1#token=***", title: "Mug" } })
    expect(JSON.stringify(found)).not.toMatch(/example\.com/)
    expect(found).toHaveProperty("activity.referrer.length", 2_048)
  })

  it("knows its page better than the context", () => {
    const context = { page: { url: "https://shop.example/old", title: "Old" } }
    const properties = { url: "https://shop.example/new", title: "" }
    expect(read(page({ context, properties }))).toEqual(
      activity({ type: "VisitOnWebsite", url: "https://shop.example/new", title: "Old" })
    )
  })

  it("takes products for a cart on a page of carts alone", () => {
    const properties = { products: [mug] }
    expect(read(page({ properties }))).toEqual(activity({ type: "VisitOnWebsite" }))
    expect(read(page({ name: "Cart", properties }))).toMatchObject({ activity: { cart: { items: [line] } } })
  })

  it("comes from nowhere by RudderStack's word", () => {
    expect(read(page({ context: { page: { referrer: "$direct" } } }))).toEqual(activity({ type: "VisitOnWebsite" }))
  })
})

describe("who and when", () => {
  it("is the anonymous ID, else the user's", () => {
    expect(read(page({ userId: "u1" }))).toMatchObject({ activity: { visitorId: "v1" } })
    expect(read(page({ anonymousId: "", userId: "u1" }))).toMatchObject({ activity: { visitorId: "u1" } })
    expect(read(page({ anonymousId: 17 }))).toMatchObject({ activity: { visitorId: "17" } })
  })

  it("is hashed where it is too long, or an e-mail", () => {
    expect(read(page({ anonymousId: "x".repeat(64) }))).toMatchObject({ activity: { visitorId: "x".repeat(64) } })
    expect(read(page({ anonymousId: "x".repeat(65) }))).toMatchObject({ activity: { visitorId: "hash of 65" } })
    expect(read(page({ anonymousId: "anna@example.com" }))).toMatchObject({ activity: { visitorId: "hash of 16" } })
  })

  const at = "2026-11-24T09:59:00.000Z"
  const clientAt = Date.parse(at)
  it("is the timestamp, else the original one", () => {
    const times = { clientAt, occurredAt: clientAt }
    expect(read(page({ timestamp: at, originalTimestamp: "2026-11-24T08:00:00Z" }))).toMatchObject({ activity: times })
    expect(read(page({ originalTimestamp: at }))).toMatchObject({ activity: times })
  })

  it("is corrected where the client's clock is wrong", () => {
    const sentAt = receivedAt - 6 * 3_600_000
    const found = read(page({ timestamp: sentAt - 1_000 }), { sentAt })
    expect(found).toMatchObject({ activity: { occurredAt: receivedAt - 1_000, clientAt: sentAt - 1_000 } })
  })

  const mobile = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/143.0 Mobile Safari/537.36"
  it.each([
    [{ userAgent: mobile }, "mobile"],
    [{ userAgent: mobile.replace(" Mobile", ""), userAgentData: { mobile: false } }, "tablet"],
    [{ userAgent: "Mozilla/5.0 (X11; Linux x86_64)" }, "desktop"],
    [{ userAgentData: { mobile: true } }, "mobile"],
    [{ userAgentData: { mobile: false } }, "desktop"],
    [{}, undefined]
  ])("%j is a device", (context, device) => {
    const found = read(page({ context }))
    expect(found).toEqual(activity({ type: "VisitOnWebsite", ...(device && { device }) }))
  })

  it("has an e-mail by the traits in its context, if that is one", () => {
    const traits = (email: unknown) => page({ context: { traits: { email } } })
    expect(read(traits(" Anna@Example.com "))).toMatchObject({ activity: { email: "anna@example.com" } })
    for (const email of ["none", 7, null, ""]) expect(read(traits(email))).toEqual(activity({ type: "VisitOnWebsite" }))
  })
})

describe("identify", () => {
  const identify = (more: object) => call({ type: "identify", userId: "u1", ...more })
  const identification = {
    _tag: "Identification",
    identification: {
      id: "m1",
      siteId: "shop",
      visitorId: "v1",
      email: "anna@example.com",
      occurredAt: receivedAt,
      receivedAt
    }
  }

  it("gives an e-mail to a visitor, by its traits or by those of its context", () => {
    expect(read(identify({ traits: { email: "Anna@example.com " } }))).toEqual(identification)
    expect(read(identify({ context: { traits: { email: "anna@example.com" } } }))).toEqual(identification)
  })

  it.each([
    [{}, "missing /traits/email"],
    [{ traits: { name: "Anna" } }, "missing /traits/email"],
    [{ traits: { email: "" } }, "missing /traits/email"],
    [{ traits: { email: "anna" } }, "invalid /traits/email"],
    [{ context: { traits: { email: 7 } } }, "invalid /context/traits/email"]
  ])("%j names nobody", (more, reason) => {
    expect(read(identify(more))).toBe(reason)
  })
})
