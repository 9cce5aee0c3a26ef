import { gzipSync } from "node:zlib"
import { post, type RequestCase } from "./RequestCase.ts"

const line = "POST /v1/traces HTTP/1.1"
const span = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  kind: 2,
  startTimeUnixNano: "1795514400000000000",
  endTimeUnixNano: "1795514400003000000",
  attributes: [{ key: "http.request.method", value: { stringValue: "GET" } }]
}
const request = (...spans: ReadonlyArray<unknown>): string =>
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })

const traces = (name: string, body: string | Uint8Array, status: number, type = "application/json"): RequestCase => ({
  name,
  pieces: (to) => post(to, body, [`Authorization: Bearer ${to.serverKey}`, `Content-Type: ${type}`], line),
  answers: [status],
  isElsewhere: true
})

export const traceCases: ReadonlyArray<RequestCase> = [
  traces("a span", request(span), 200),
  traces("no spans", request(), 200),
  traces("an empty object", "{}", 200),
  traces("nothing", "", 400),
  traces("null", "null", 400),
  traces("a list", "[]", 400),
  traces("text that is no JSON", "{", 400),
  traces("resourceSpans that are an object", '{"resourceSpans":{}}', 400),
  traces("spans that are a text", '{"resourceSpans":[{"scopeSpans":[{"spans":"x"}]}]}', 400),
  traces("spans that are no spans", request(null, 7, "x", [], { kind: {} }, span), 200),
  traces("a span without anything but its kind", request({ kind: 2 }), 200),
  traces("attributes that are a text", request({ ...span, attributes: "x" }), 200),
  traces(
    "an attribute 50,000 deep",
    request(span).replace(
      '{"stringValue":"GET"}',
      `${'{"arrayValue":{"values":['.repeat(25_000)}${"]}}".repeat(25_000)}`
    ),
    200
  ),
  traces("a span 100,000 deep", `{"resourceSpans":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, 400),
  traces(
    "__proto__ as an attribute",
    request({ ...span, attributes: [{ key: "__proto__", value: { stringValue: "x" } }] }),
    200
  ),
  traces("times that are no numbers", request({ ...span, startTimeUnixNano: "x", endTimeUnixNano: {} }), 200),
  traces(
    "times above 2^64",
    request({ ...span, startTimeUnixNano: "99999999999999999999", endTimeUnixNano: 1e300 }),
    200
  ),
  traces("time that runs backwards", request({ ...span, endTimeUnixNano: "1" }), 200),
  traces(
    "a status of 1e999",
    request({
      ...span,
      attributes: [...span.attributes, { key: "http.response.status_code", value: { doubleValue: 1 } }]
    }).replace('"doubleValue":1', '"doubleValue":1e999'),
    200
  ),
  traces("an ID that is no hexadecimal", request({ ...span, spanId: "\u0000zz" }), 200),
  traces("protobuf that is none", Buffer.from([0xff, 0xff, 0xff]), 400, "application/x-protobuf"),
  traces("protobuf that is cut off", Buffer.from([0x0a, 0x7f, 0x01]), 400, "application/x-protobuf"),
  traces(
    "protobuf whose length is above 2^31",
    Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    400,
    "application/x-protobuf"
  ),
  traces("protobuf of groups that never end", Buffer.alloc(100_000, 0x0b), 400, "application/x-protobuf"),
  traces("an empty protobuf", "", 200, "application/x-protobuf"),
  traces("JSON under the name of protobuf", request(span), 400, "application/x-protobuf"),
  traces("gzip that nobody named", gzipSync(request(span)), 200),
  traces("gzip to 100 MiB", gzipSync(Buffer.alloc(100 * 1024 * 1024)), 413),
  ...["", "Authorization: Bearer nobody"].map((header): RequestCase => ({
    name: `no key: ${header}`,
    pieces: (to) => post(to, request(span), header === "" ? [] : [header], line),
    answers: [401],
    isElsewhere: true
  })),
  {
    name: "a browser's key",
    pieces: (to) => post(to, request(span), [`Authorization: Bearer ${to.key}`], line),
    answers: [403],
    isElsewhere: true
  }
]
