import { item, type ItemCase, withFields, withRaw } from "./Case.ts"

/** A request that some service has served. */
export const row = (id: string) => ({ id, url: "/v1/orders", method: "GET", status: 200, processingMs: 3 })
const fields = withFields(row)
const raw = withRaw(row)

export const logItems: ReadonlyArray<ItemCase> = [
  item("an item that is null", null, ["malformed", ""]),
  item("an item that is a list", [], ["malformed", ""]),
  item("an item with nothing but an id", { id: "alone" }, ["missing", "/url"]),
  ...["id", "url", "method", "userAgent", "requestId", "ip"].map((field) =>
    fields(`${field} is a list`, { [field]: ["x"] }, ["invalid", `/${field}`])
  ),
  ...["id", "url", "userAgent", "requestId"].map((field) =>
    raw(`${field} holds NUL`, field, '"a\\u0000b"', ["unstorable-text", `/${field}`])
  ),
  ...[99, 600, -1, 200.5, "200", null, {}].map((status, at) =>
    fields(`status is wrong: ${at}`, { status }, [status === null ? "missing" : "invalid", "/status"])
  ),
  raw("status is 1e999", "status", "1e999", ["invalid", "/status"]),
  fields("status is 599", { status: 599 }, "stored"),
  ...[-1, "3", {}, 1e9].map((processingMs, at) =>
    fields(`processingMs is wrong: ${at}`, { processingMs }, ["invalid", "/processingMs"])
  ),
  raw("processingMs is 1e999", "processingMs", "1e999", ["invalid", "/processingMs"]),
  fields("processingMs is a fraction", { processingMs: 0.25 }, "stored"),
  ...["yesterday", "2026-02-30", {}, -8.64e15].map((at, place) =>
    fields(`at is wrong: ${place}`, { at }, ["invalid", "/at"])
  ),
  fields("at is in the year 9999", { at: "9999-12-31T23:59:59Z" }, "stored"),
  fields("at is in the year 1", { at: "0001-01-01T00:00:00Z" }, "stored"),
  fields("method in small letters", { method: "get" }, "stored"),
  fields("method of nobody's", { method: "G\u0000T" }, ["invalid", "/method"]),
  ...["10.0.0.1:80", "localhost", "999.1.1.1", "::g", ""].map((ip, at) =>
    fields(`ip is wrong: ${at}`, { ip }, ["invalid", "/ip"])
  ),
  fields("ip in capitals", { ip: "2001:DB8::7" }, "stored"),
  fields("an address that is too long", { url: `/${"x".repeat(2_048)}` }, ["too-large", "/url"]),
  fields("an address with secrets", { url: "/v1?api_key=secret&email=anna@example.pl" }, "stored"),
  fields("an address that is a script", { url: "javascript:alert(1)" }, "stored"),
  fields("an address on two lines", { url: "/a\r\nSet-Cookie: x" }, "stored"),
  fields("a user agent right to left", { userAgent: "\u202Etxet" }, "stored"),
  fields("a user agent that is too long", { userAgent: "x".repeat(1_025) }, ["too-large", "/userAgent"]),
  fields("an API key that is a text", { apiKey: "ak_123" }, ["invalid", "/apiKey"]),
  fields("an API key without a prefix", { apiKey: { name: "ERP" } }, ["missing", "/apiKey/prefix"]),
  fields(
    "an API key with all of it",
    { apiKey: { name: "ERP", prefix: "ak_0123456789012345678901234567890123456789" } },
    "stored"
  ),
  raw("an API key in __proto__", "__proto__", '{"apiKey":{"name":7}}', "stored"),
  raw("an unknown field 100,000 deep", "deep", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, "stored"),
  raw("a user agent 100,000 deep", "userAgent", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, [
    "invalid",
    "/userAgent"
  ]),
  fields("the id in Arabic", { id: "طلب" }, "stored"),
  fields("the id is __proto__", { id: "__proto__" }, "stored")
]
