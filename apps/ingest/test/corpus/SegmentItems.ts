import { item, type ItemCase, withFields, withRaw } from "./Case.ts"

/** A call that says that somebody looked at a product. */
export const call = (id: string) => ({
  type: "track",
  messageId: id,
  anonymousId: "a1",
  event: "Product Viewed",
  properties: { product_id: "p1" }
})
const fields = withFields(call)
const raw = withRaw(call)
const track = (name: string, event: string, properties: object, expected: ItemCase["expected"]): ItemCase =>
  fields(name, { event, properties }, expected)
const identify = (name: string, more: object, expected: ItemCase["expected"]): ItemCase =>
  fields(name, { type: "identify", event: undefined, properties: undefined, ...more }, expected)
const page = (name: string, more: object, expected: ItemCase["expected"]): ItemCase =>
  fields(name, { type: "page", event: undefined, ...more }, expected)

const line = { product_id: "p1", price: 49.9, quantity: 1 }
const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`

const heads: ReadonlyArray<ItemCase> = [
  item("a call that is null", null, ["malformed", ""]),
  item("a call that is a text", '"track"', ["malformed", ""]),
  item("a call that is a list", [], ["malformed", ""]),
  item("a call without a type", { messageId: "typeless" }, ["missing", "/type"]),
  ...["group", "alias", "screen", "TRACK", "__proto__"].map((type) =>
    fields(`a call of type ${type}`, { type }, ["unknown-type", "/type"])
  ),
  fields("a type that is a number", { type: 7 }, ["invalid", "/type"]),
  fields("messageId is null", { messageId: null }, ["missing", "/messageId"]),
  fields("messageId is empty", { messageId: "" }, ["invalid", "/messageId"]),
  fields("messageId is a number", { messageId: 7 }, ["invalid", "/messageId"]),
  fields("messageId is too long", { messageId: "x".repeat(129) }, ["too-large", "/messageId"]),
  raw("messageId holds NUL", "messageId", '"a\\u0000"', ["unstorable-text", "/messageId"]),
  fields("nobody", { anonymousId: null }, ["missing", "/anonymousId"]),
  fields("nobody, by empty texts", { anonymousId: "", userId: "  " }, ["missing", "/anonymousId"]),
  fields("anonymousId is a number", { anonymousId: 7 }, "stored"),
  fields("anonymousId is a list", { anonymousId: ["a"] }, ["invalid", "/anonymousId"]),
  fields("anonymousId is long", { anonymousId: "a".repeat(1_000) }, "stored"),
  fields("userId alone, an e-mail", { anonymousId: null, userId: "anna@example.pl" }, "stored"),
  raw("anonymousId holds half a surrogate", "anonymousId", '"\\ud800"', ["unstorable-text", "/anonymousId"]),
  fields("event is missing", { event: null }, ["missing", "/event"]),
  fields("event is a number", { event: 7 }, ["invalid", "/event"]),
  fields("event is unknown", { event: "Coffee Spilled" }, ["unknown-type", "/event"]),
  fields("event is constructor", { event: "constructor" }, ["unknown-type", "/event"]),
  fields("event is __proto__", { event: "__proto__" }, ["unknown-type", "/event"]),
  fields("event in another case", { event: "product viewed" }, "stored"),
  ...["2026-02-30T00:00:00Z", "yesterday", "", {}, -8.64e15, "0000-01-01T00:00:00Z"].map((timestamp, at) =>
    fields(`timestamp is wrong: ${at}`, { timestamp }, ["invalid", "/timestamp"])
  ),
  fields("timestamp in RFC 3339", { timestamp: "2026-11-24T10:00:00.123+01:00" }, "stored"),
  fields("originalTimestamp is wrong", { originalTimestamp: "never" }, ["invalid", "/originalTimestamp"]),
  fields("receivedAt by a browser's key says nothing", { receivedAt: "1999-01-01T00:00:00Z" }, "stored"),
  fields("another writeKey inside of the call", { writeKey: "wk_somebody" }, "stored"),
  fields(
    "integrations and everything else",
    { integrations: { All: false }, _metadata: { bundled: [] }, version: 7 },
    "stored"
  )
]

const properties: ReadonlyArray<ItemCase> = [
  fields("properties are a list", { properties: [] }, ["invalid", "/properties"]),
  fields("properties are a text", { properties: "x" }, ["invalid", "/properties"]),
  fields("properties are null", { properties: null }, "stored"),
  raw("properties 50,000 deep", "properties", `{"product_id":"p","deep":${deep}}`, "stored"),
  raw("a price 50,000 deep", "properties", `{"product_id":"p","price":${deep}}`, ["invalid", "/properties/price"]),
  raw("__proto__ in the properties", "properties", '{"product_id":"p","__proto__":{"price":{}}}', "stored"),
  raw("properties with NUL as a name", "properties", '{"product_id":"p","\\u0000":"\\u0000"}', "stored"),
  ...["NaN", "1e999", "free", "0x10", "1e400"].map((price) =>
    track(`price is ${price}`, "Product Viewed", { product_id: "p", price }, ["invalid", "/properties/price"])
  ),
  raw("price is 1e999 as a number", "properties", '{"product_id":"p","price":1e999}', ["invalid", "/properties/price"]),
  track("price is above 100 million", "Product Viewed", { product_id: "p", price: 1e9 }, [
    "invalid",
    "/properties/price"
  ]),
  track("price as text with a comma", "Product Viewed", { product_id: "p", price: "12,50" }, "stored"),
  track("price as text", "Product Viewed", { product_id: "p", price: "49.90" }, "stored"),
  track("price is negative", "Product Viewed", { product_id: "p", price: -1 }, "stored"),
  track("currency of four letters", "Product Viewed", { product_id: "p", price: 1, currency: "EURO" }, [
    "invalid",
    "/properties/currency"
  ]),
  track("currency in small letters", "Product Viewed", { product_id: "p", price: 1, currency: "pln" }, "stored"),
  track("currency is a number", "Product Viewed", { product_id: "p", currency: 985 }, [
    "invalid",
    "/properties/currency"
  ]),
  track("product_id is a number", "Product Viewed", { product_id: 507 }, "stored"),
  track("product_id is too long", "Product Viewed", { product_id: "x".repeat(129) }, [
    "too-large",
    "/properties/product_id"
  ]),
  track("product_id is a list", "Product Viewed", { product_id: ["p"] }, ["invalid", "/properties/product_id"]),
  track(
    "a product's name is too long, and cut",
    "Product Viewed",
    { product_id: "p", name: "x".repeat(5_000) },
    "stored"
  ),
  track("products are an object", "Cart Viewed", { products: { 0: line } }, ["invalid", "/properties/products"]),
  track("a product that is null", "Cart Viewed", { products: [line, null] }, ["invalid", "/properties/products/1"]),
  track("a product without an id", "Cart Viewed", { products: [line, { price: 1 }] }, [
    "missing",
    "/properties/products/1/product_id"
  ]),
  track("501 products", "Cart Viewed", { products: Array.from({ length: 501 }, () => line) }, [
    "too-large",
    "/properties/products"
  ]),
  track("quantity is a word", "Cart Viewed", { products: [{ ...line, quantity: "many" }] }, [
    "invalid",
    "/properties/products/0/quantity"
  ]),
  track("quantity is a million", "Cart Viewed", { products: [{ ...line, quantity: 1e6 }] }, [
    "invalid",
    "/properties/products/0/quantity"
  ]),
  track(
    "two currencies in one cart",
    "Cart Viewed",
    {
      products: [
        { ...line, currency: "PLN" },
        { ...line, currency: "EUR" }
      ]
    },
    ["invalid", "/properties/products/1/currency"]
  ),
  track("order_id is a number", "Order Completed", { order_id: 7, total: 1 }, "stored"),
  track("order_id is too long", "Order Completed", { order_id: "x".repeat(129) }, [
    "too-large",
    "/properties/order_id"
  ]),
  track("total is a list", "Order Completed", { order_id: "o", total: [1] }, ["invalid", "/properties/total"]),
  track("an order of nothing", "Order Completed", {}, "stored"),
  track("a product added without one", "Product Added", {}, ["missing", "/properties/product_id"]),
  track(
    "added again and again, beyond any amount",
    "Product Added",
    { product_id: "gold", price: 9e7, quantity: 1e5 },
    "stored"
  )
]

const contexts: ReadonlyArray<ItemCase> = [
  fields("context is a text", { context: "x" }, ["invalid", "/context"]),
  fields("context is null", { context: null }, "stored"),
  fields("context.page is a list", { context: { page: [] } }, ["invalid", "/context/page"]),
  fields(
    "an address of a megabyte is cut",
    { context: { page: { url: `https://x.example/${"x".repeat(100_000)}` } } },
    "stored"
  ),
  fields("an address that is a script", { context: { page: { url: "javascript:alert(1)" } } }, "stored"),
  fields("an address that is a number", { context: { page: { url: 7 } } }, ["invalid", "/context/page/url"]),
  fields("a user agent that is a number", { context: { userAgent: 7 } }, ["invalid", "/context/userAgent"]),
  fields("a user agent of 100,000 characters", { context: { userAgent: "a".repeat(100_000) } }, "stored"),
  fields("an e-mail in the context that is none", { context: { traits: { email: "nobody" } } }, "stored"),
  fields("an e-mail in the context that is a list", { context: { traits: { email: ["a@b.pl"] } } }, "stored"),
  raw("a title with NUL", "context", '{"page":{"title":"a\\u0000b","url":"\\ud800"}}', "stored"),
  page("a page with nothing", { properties: {} }, "stored"),
  page("a page whose name is a number", { name: 7 }, ["invalid", "/name"]),
  page("a page whose properties are a list", { properties: [] }, ["invalid", "/properties"]),
  identify("an identify without traits", {}, ["missing", "/traits/email"]),
  identify("an identify with an empty e-mail", { traits: { email: "" } }, ["missing", "/traits/email"]),
  identify("an identify with a wrong e-mail", { traits: { email: "nobody" } }, ["invalid", "/traits/email"]),
  identify("an identify with an e-mail that is an object", { traits: { email: {} } }, ["invalid", "/traits/email"]),
  identify("an identify with a wrong e-mail in the context", { context: { traits: { email: 7 } } }, [
    "invalid",
    "/context/traits/email"
  ]),
  identify("an identify whose traits are a text", { traits: "x" }, ["invalid", "/traits"]),
  identify("an identify in capitals", { traits: { email: " ANNA@EXAMPLE.PL " } }, "stored")
]

export const segmentItems: ReadonlyArray<ItemCase> = [...heads, ...properties, ...contexts]
