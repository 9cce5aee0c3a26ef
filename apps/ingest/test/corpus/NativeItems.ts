import { idOf, item, type ItemCase, withFields, withRaw } from "./Case.ts"

export const event = (id: string) => ({ id, visitorId: "v1", type: "VisitOnWebsite" })
const fields = withFields(event)
const raw = withRaw(event)

const product = { id: "p1", name: "Kubek", price: 4900, currency: "PLN" }
const line = { id: "p1", quantity: 1, unitPrice: 4900 }
const cart = { currency: "PLN", items: [line] }

/** What a field may not be, whatever the field. */
const notText: ReadonlyArray<readonly [string, unknown]> = [
  ["a number", 7],
  ["a boolean", true],
  ["a list", ["x"]],
  ["an object", { toString: "x" }]
]
const notObject: ReadonlyArray<readonly [string, unknown]> = [
  ["a text", "x"],
  ["a number", 7],
  ["a list", [1]]
]

const optional = "at receivedAt sequence email logout url title referrer device product cart order".split(" ")

const wrongTypes: ReadonlyArray<ItemCase> = [
  ...["id", "visitorId", "type", "email", "url", "title", "referrer", "device"].flatMap((field) =>
    notText.map(([what, value]) => fields(`${field} is ${what}`, { [field]: value }, ["invalid", `/${field}`]))
  ),
  ...["product", "cart", "order"].flatMap((field) =>
    notObject.map(([what, value]) => fields(`${field} is ${what}`, { [field]: value }, ["invalid", `/${field}`]))
  ),
  ...["at", "sequence", "logout"].map((field) =>
    fields(`${field} is an object`, { [field]: {} }, ["invalid", `/${field}`])
  ),
  fields("sequence is a text", { sequence: "1" }, ["invalid", "/sequence"]),
  fields("sequence is a fraction", { sequence: 0.5 }, ["invalid", "/sequence"]),
  fields("sequence is negative", { sequence: -1 }, ["invalid", "/sequence"]),
  fields("sequence is above 2^53", { sequence: 2 ** 53 }, ["invalid", "/sequence"]),
  fields("sequence is the largest", { sequence: 2 ** 53 - 1 }, "stored"),
  fields("logout is a text", { logout: "true" }, ["invalid", "/logout"]),
  fields("logout is 1", { logout: 1 }, ["invalid", "/logout"]),
  fields("device is none that we know", { device: "fridge" }, ["invalid", "/device"]),
  fields("type is of another case", { type: "visitonwebsite" }, ["unknown-type", "/type"]),
  fields("type is a ping", { type: "Ping" }, ["unknown-type", "/type"]),
  fields("type is the name of a method", { type: "constructor" }, ["unknown-type", "/type"]),
  fields("type is __proto__", { type: "__proto__" }, ["unknown-type", "/type"]),
  fields("every optional field is null", Object.fromEntries(optional.map((field) => [field, null])), "stored"),
  fields("id is null", { id: null }, ["missing", "/id"]),
  item("nothing but an id", { id: "alone" }, ["missing", "/visitorId"]),
  item("an empty object", {}, ["missing", "/id"]),
  item("null", null, ["malformed", ""]),
  item("a number", 7, ["malformed", ""]),
  item("a text", '"event"', ["malformed", ""]),
  item("a boolean", true, ["malformed", ""]),
  item("a list", [], ["malformed", ""]),
  item("a list of an event", [event("in a list")], ["malformed", ""])
]

const nested: ReadonlyArray<ItemCase> = [
  fields("product without an id", { product: { name: "x" } }, ["missing", "/product/id"]),
  fields("product with an empty id", { product: { id: "" } }, ["invalid", "/product/id"]),
  fields("product id is a number", { product: { id: 7 } }, ["invalid", "/product/id"]),
  fields("cart without items", { cart: { currency: "PLN" } }, ["missing", "/cart/items"]),
  fields("cart without a currency", { cart: { items: [] } }, ["missing", "/cart/currency"]),
  fields("cart items are an object", { cart: { currency: "PLN", items: { 0: line } } }, ["invalid", "/cart/items"]),
  fields("second line of the cart is null", { cart: { currency: "PLN", items: [line, null] } }, [
    "invalid",
    "/cart/items/1"
  ]),
  fields("second line has no price", { cart: { currency: "PLN", items: [line, { id: "p2", quantity: 1 }] } }, [
    "missing",
    "/cart/items/1/unitPrice"
  ]),
  fields("quantity is a text", { cart: { currency: "PLN", items: [{ ...line, quantity: "1" }] } }, [
    "invalid",
    "/cart/items/0/quantity"
  ]),
  fields("an empty cart", { type: "ModifyCart", cart: { currency: "PLN", items: [] } }, "stored"),
  fields(
    "a cart of 500 lines",
    { type: "ModifyCart", cart: { currency: "PLN", items: Array.from({ length: 500 }, () => line) } },
    "stored"
  ),
  fields("a cart of 501 lines", { cart: { currency: "PLN", items: Array.from({ length: 501 }, () => line) } }, [
    "too-large",
    "/cart/items"
  ]),
  fields("currency in small letters", { cart: { ...cart, currency: "pln" } }, ["invalid", "/cart/currency"]),
  fields("currency with a line break", { cart: { ...cart, currency: "PLN\n" } }, ["invalid", "/cart/currency"]),
  fields("order id is a number", { order: { id: 7 } }, ["invalid", "/order/id"]),
  fields("order id is blank", { type: "VisitOnSalePage", order: { id: "  " } }, "stored"),
  fields("order id is too long", { order: { id: "x".repeat(129) } }, ["too-large", "/order/id"])
]

const money: ReadonlyArray<ItemCase> = [
  ...(
    [
      ["NaN as text", '"NaN"'],
      ["1e999", "1e999"],
      ["-1e999", "-1e999"],
      ["2^53", "9007199254740992"],
      ["2^53 and a half", "9007199254740992.5"],
      ["a fraction", "49.99"],
      ["an amount as text", '"49.99"'],
      ["above 100 million", "10000000001"],
      ["below minus 100 million", "-10000000001"]
    ] as const
  ).flatMap(([name, json]) => [
    raw(`price is ${name}`, "product", `{"id":"p1","price":${json}}`, ["invalid", "/product/price"]),
    raw(`order value is ${name}`, "order", `{"value":${json}}`, ["invalid", "/order/value"])
  ]),
  fields("price is negative", { product: { ...product, price: -1 } }, "stored"),
  raw("price is minus zero", "product", '{"id":"p1","price":-0}', "stored"),
  raw("price is 1e10", "product", '{"id":"p1","price":1e10}', "stored"),
  raw("quantity is 1e999", "cart", '{"currency":"PLN","items":[{"id":"p","quantity":1e999,"unitPrice":1}]}', [
    "invalid",
    "/cart/items/0/quantity"
  ]),
  raw(
    "quantity is 1e-320",
    "cart",
    '{"currency":"PLN","items":[{"id":"p","quantity":1e-320,"unitPrice":1}]}',
    "stored"
  ),
  fields(
    "quantity is negative",
    { type: "ModifyCart", cart: { ...cart, items: [{ ...line, quantity: -3 }] } },
    "stored"
  ),
  fields(
    "a cart that is worth more than 2^53",
    {
      type: "ModifyCart",
      visitorId: "rich",
      cart: { currency: "PLN", items: Array.from({ length: 500 }, () => ({ ...line, quantity: 1e5, unitPrice: 1e10 })) }
    },
    "stored"
  )
]

const times: ReadonlyArray<ItemCase> = [
  ...(
    [
      ["February 30", '"2026-02-30T10:00:00Z"'],
      ["February 29 of a common year", '"2026-02-29"'],
      ["month 13", '"2026-13-01"'],
      ["day 0", '"2026-01-00"'],
      ["hour 24", '"2026-01-01T24:00:01Z"'],
      ["minute 60", '"2026-01-01T10:60:00Z"'],
      ["a word", '"yesterday"'],
      ["empty", '""'],
      ["a Polish date", '"24.11.2026"'],
      ["a year of five digits", '"12026-01-01T00:00:00Z"'],
      ["1e999", "1e999"],
      ["9e15 milliseconds", "9e15"],
      ["the first instant there is", "-8640000000000000"],
      ["before our era", "-70000000000000"],
      ["in milliseconds, as text", '"1795514400000"'],
      ["a year alone", '"2026"'],
      ["a zone by name", '"2026-11-24T10:00:00 Europe/Warsaw"'],
      ["an offset of 99 hours", '"2026-11-24T10:00:00+99:00"'],
      ["in Arabic digits", '"٢٠٢٦-١١-٢٤T10:00:00Z"'],
      ["a very long text", JSON.stringify("2026-11-24T10:00:00Z".repeat(1_000))]
    ] as const
  ).map(([name, json]) => raw(`at is ${name}`, "at", json, ["invalid", "/at"])),
  raw("at is the year 1", "at", '"0001-01-01T00:00:00Z"', "stored"),
  raw("at is before 1970", "at", '"1969-12-31T23:59:59Z"', "stored"),
  raw("at is in the year 9999", "at", '"9999-12-31T23:59:59Z"', "stored"),
  raw("at is February 29 of a leap year", "at", '"2024-02-29T10:00:00Z"', "stored"),
  raw("at is a fraction of a millisecond", "at", "1795514400000.7", "stored"),
  raw("at has nine digits of seconds", "at", '"2026-11-24T10:00:00.123456789Z"', "stored"),
  raw("at has an offset", "at", '"2026-11-24T10:00:00+0530"', "stored"),
  raw("at is zero", "at", "0", "stored")
]

const unstorable: ReadonlyArray<readonly [string, string]> = [
  ["NUL", '"a\\u0000b"'],
  ["half a surrogate", '"a\\ud83db"'],
  ["the wrong half", '"a\\udc00b"'],
  ["halves in the wrong order", '"\\udc00\\ud83d"']
]
const lengths = { id: 128, visitorId: 64, url: 2048, title: 512, referrer: 2048 }
const texts: ReadonlyArray<ItemCase> = [
  ...["id", "visitorId", "url", "title", "referrer"].flatMap((field) =>
    unstorable.map(([what, json]) => raw(`${field} holds ${what}`, field, json, ["unstorable-text", `/${field}`]))
  ),
  ...Object.entries(lengths).flatMap(([field, length]) => [
    fields(`${field} is as long as may be`, { [field]: idOf(field).padEnd(length, "x") }, "stored"),
    fields(`${field} is longer`, { [field]: "x".repeat(length + 1) }, ["too-large", `/${field}`])
  ]),
  raw("email holds NUL", "email", '"a\\u0000@example.pl"', ["unstorable-text", "/email"]),
  raw("product name holds NUL", "product", '{"id":"p","name":"\\u0000"}', ["unstorable-text", "/product/name"]),
  raw(
    "cart name holds half a surrogate",
    "cart",
    '{"currency":"PLN","items":[{"id":"p","quantity":1,"unitPrice":1,"name":"\\ud800"}]}',
    ["unstorable-text", "/cart/items/0/name"]
  ),
  fields("id is empty", { id: "" }, ["invalid", "/id"]),
  fields("visitorId is empty", { visitorId: "" }, ["invalid", "/visitorId"]),
  fields("email without an at", { email: "anna" }, ["invalid", "/email"]),
  fields("email with two", { email: "a@b@c" }, ["invalid", "/email"]),
  fields("email with a space", { email: "a b@c.pl" }, ["invalid", "/email"]),
  fields("email is blank", { email: "  " }, ["invalid", "/email"]),
  fields("email is padded and in capitals", { email: "  ANNA@EXAMPLE.PL\n" }, "stored"),
  fields("email is too long", { email: `${"x".repeat(320)}@example.pl` }, ["too-large", "/email"]),
  ...(
    [
      ["Polish", "Zażółć gęślą jaźń"],
      ["Arabic, right to left", "مرحبا بالعالم"],
      ["Hebrew with marks", "שָׁלוֹם"],
      ["Hindi", "नमस्ते दुनिया"],
      ["Chinese", "你好，世界"],
      ["Japanese", "こんにちは"],
      ["Thai", "สวัสดีชาวโลก"],
      ["Gothic, outside the BMP", "𐌰𐌱𐌲"],
      ["a family of emoji", "👩‍👩‍👧‍👦"],
      ["a letter under a hundred marks", `Z${"\u0316".repeat(100)}`],
      ["zero width", "a\u200B\u200C\u200D\uFEFFb"],
      ["bidi overrides", "\u202Efdp.exe\u202C\u2066x\u2069"],
      ["all control characters but NUL", String.fromCharCode(...Array.from({ length: 31 }, (_, index) => index + 1))],
      ["noncharacters", "\uFFFE\uFFFF\u{1FFFF}"],
      ["private use", "\uE000\u{10FFFD}"],
      ["line separators", "a\u2028b\u2029c"],
      ["SQL", "'; drop table activity; --"],
      ["a template", "${7*7}{{7*7}}<%= 7*7 %>"],
      ["a script", "</script><script>alert(1)</script>"],
      ["an escape of JSON in JSON", '\\u0000\\"'],
      ["terminal colours", "\u001B[31mred\u001B[0m\r\nLevel: ERROR"]
    ] as const
  ).map(([script, title]) => fields(`title in ${script}`, { title }, "stored")),
  fields("id in emoji", { id: "🛒-1" }, "stored"),
  fields("visitorId in Arabic", { visitorId: "زائر" }, "stored"),
  fields("id with slashes and tildes", { id: "a/b~c" }, "stored"),
  fields("id is __proto__", { id: "__proto__" }, "stored"),
  fields("visitorId is constructor", { visitorId: "constructor" }, "stored")
]

const keys: ReadonlyArray<ItemCase> = [
  raw("__proto__ as a key", "__proto__", '{"type":"ModifyCart","logout":true}', "stored"),
  raw("constructor as a key", "constructor", '{"prototype":{"type":"ModifyCart"}}', "stored"),
  item("id only in __proto__", '{"__proto__":{"id":"x"},"visitorId":"v1","type":"VisitOnWebsite"}', ["missing", "/id"]),
  raw("__proto__ in the product", "product", '{"id":"p","__proto__":{"price":"x"}}', "stored"),
  raw("toString as a field that is no function", "toString", "7", "stored"),
  raw("hasOwnProperty as a field", "hasOwnProperty", "null", "stored"),
  raw("length as a field", "length", "3", "stored"),
  raw("the same key twice, the last one good", "type", '"VisitOnLoginPage"', "stored"),
  raw("the same key twice, the last one wrong", "type", "7", ["invalid", "/type"]),
  raw("an empty key", "", "1", "stored"),
  raw("a key with NUL", "a\u0000b", "1", "stored"),
  raw("unknown fields of every sort", "extra", '{"a":[1,null,{"b":"\\u0000"}],"c":1e999}', "stored"),
  item(
    "ten thousand unknown fields",
    {
      ...event("many keys"),
      ...Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, index]))
    },
    "stored"
  ),
  raw("an unknown field 100,000 deep", "deep", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, "stored"),
  raw("a title 100,000 deep", "title", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, ["invalid", "/title"]),
  raw("objects 50,000 deep in the cart", "cart", `${'{"items":'.repeat(50_000)}1${"}".repeat(50_000)}`, [
    "missing",
    "/cart/currency"
  ]),
  raw("nulls 100,000 deep", "extra", `${'{"a":null,"b":'.repeat(30_000)}null${"}".repeat(30_000)}`, "stored"),
  raw("a wrong field beside 100,000 deep", "deep", `${"[".repeat(100_000)}${"]".repeat(100_000)},"sequence":-1`, [
    "invalid",
    "/sequence"
  ])
]

const rights: ReadonlyArray<ItemCase> = [
  fields("receivedAt by a browser's key", { receivedAt: "2026-11-20T08:00:00Z" }, ["forbidden", "/receivedAt"]),
  fields("receivedAt that is wrong, by a browser's key", { receivedAt: {} }, ["forbidden", "/receivedAt"]),
  fields("another site's name", { siteId: "other", unitId: 1 }, "stored"),
  fields(
    "what the worker sets",
    { occurredAt: 1, isHistory: true, isClockWrong: true, sessionNo: 7, isLate: true },
    "stored"
  )
]

export const nativeItems: ReadonlyArray<ItemCase> = [
  ...wrongTypes,
  ...nested,
  ...money,
  ...times,
  ...texts,
  ...keys,
  ...rights
]
