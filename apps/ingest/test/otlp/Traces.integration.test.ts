import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import protobuf from "protobufjs"
import { gzipSync } from "node:zlib"
import * as LogRoutes from "../../src/door/LogRoutes.ts"
import { bytesMax } from "../../src/otlp/Traces.ts"
import { ask, faults, serve, taken } from "../DoorServer.ts"

/** The messages as an exporter has them, with fields that the door does not know. */
const { root } = protobuf.parse(`syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
  message Scope { string name = 1; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; fixed32 flags = 16;
  }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5;
    KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
  message Response { PartialSuccess partial_success = 1; }
  message PartialSuccess { int64 rejected_spans = 1; string error_message = 2; }
  message Status { int32 code = 1; string message = 2; }`)
const [Request, Response, Status] = ["Request", "Response", "Status"].map((name) => root.lookupType(name)) as [
  protobuf.Type,
  protobuf.Type,
  protobuf.Type
]

const traceId = "0af7651916cd43dd8448eb211c80319c"
const spanId = "b7ad6b7169203331"
const startedAt = Date.now() - 60_000
const now = {
  "http.request.method": { stringValue: "POST" },
  "url.path": { stringValue: "/orders" },
  "url.query": { stringValue: "token=t" },
  "http.response.status_code": { intValue: 201 },
  "client.address": { stringValue: "203.0.113.9" },
  "network.peer.address": { stringValue: "::ffff:10.0.0.7" },
  "user_agent.original": { stringValue: "curl/8" },
  "http.request.header.x-api-key": { arrayValue: { values: [{ stringValue: "AK_123" }] } },
  "sampling.weights": { arrayValue: { values: [{ doubleValue: 0.5 }, { boolValue: true }] } },
  "some.map": { kvlistValue: { values: [{ key: "a", value: { boolValue: true } }] } }
}
const before = {
  "http.method": { stringValue: "GET" },
  "http.target": { stringValue: "/customers?email=anna@sklep.pl" },
  "http.status_code": { intValue: "404" },
  "net.sock.peer.addr": { stringValue: "2001:DB8::7" },
  "http.user_agent": { stringValue: "old" },
  "http.request.header.x_request_id": { arrayValue: { values: [{ stringValue: "req-9" }] } }
}

const span = (attributes: object, more: object = {}) => ({
  traceId,
  spanId,
  name: "POST",
  kind: 2,
  startTimeUnixNano: `${startedAt}000250`,
  endTimeUnixNano: `${startedAt + 12}500250`,
  attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
  flags: 257,
  ...more
})
const batch = (...spans: ReadonlyArray<unknown>) => ({
  resourceSpans: [
    {
      resource: { attributes: [] },
      scopeSpans: [{ scope: { name: "http" }, spans }],
      schemaUrl: "https://schema.example"
    }
  ]
})
const encoded = (request: object) =>
  Request.encode(Request.fromObject(JSON.parse(JSON.stringify(request), toBytes))).finish()
const toBytes = (key: string, value: unknown) =>
  key === "traceId" || key === "spanId" ? Buffer.from(String(value), "hex").toString("base64") : value

const formats = {
  JSON: {
    contentType: "application/json",
    body: (request: object) => new TextEncoder().encode(JSON.stringify(request)),
    response: (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)),
    status: (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes))
  },
  protobuf: {
    contentType: "application/x-protobuf",
    body: encoded,
    response: (bytes: Uint8Array) => Response.toObject(Response.decode(bytes), { longs: String }),
    status: (bytes: Uint8Array) => Status.toObject(Status.decode(bytes))
  }
}

const good = { authorization: "Bearer sk_good" }
const post = (body: Uint8Array | string, headers: Record<string, string>) =>
  ask("/v1/traces", {
    method: "POST",
    body: new Blob([body as Uint8Array<ArrayBuffer>]),
    headers: { ...good, ...headers }
  })
const chunked = (body: Uint8Array) =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < body.length; at += 50) controller.enqueue(body.subarray(at, at + 50))
      controller.close()
    }
  })
const rows = Effect.map(taken, ({ sent }) => sent.flatMap(({ entries }): ReadonlyArray<object> => entries))

layer(serve(LogRoutes.layer), { excludeTestServices: true })("POST /v1/traces", (it) => {
  for (const [name, { body, contentType, response, status }] of Object.entries(formats)) {
    const headers = { "content-type": contentType }

    it.effect(`makes rows of served requests and of nothing else, in ${name}`, () =>
      Effect.gen(function* () {
        const client = span(now, { kind: 3, spanId: "00f067aa0ba902b7" })
        const job = span({ "messaging.system": { stringValue: "kafka" } }, { spanId: "00f067aa0ba902b8" })
        const answer = yield* post(
          body(batch(span(now), client, job, span(before, { spanId: "1111111111111111" }))),
          headers
        )
        assert.strictEqual(answer.status, 200)
        assert.strictEqual(answer.headers.get("content-type"), contentType)
        assert.deepStrictEqual(response(answer.bytes), {})
        assert.deepStrictEqual(yield* rows, [
          {
            itemId: `${traceId}-${spanId}`,
            occurredAt: startedAt,
            url: "/orders",
            method: "POST",
            status: 201,
            apiKey: { name: "x-api-key", prefix: "AK_" },
            ip: "10.0.0.7",
            details: { requestId: traceId, processingMs: 12.5, userAgent: "curl/8" }
          },
          {
            itemId: `${traceId}-1111111111111111`,
            occurredAt: startedAt,
            url: "/customers",
            method: "GET",
            status: 404,
            apiKey: null,
            ip: "2001:db8::7",
            details: { requestId: "req-9", processingMs: 12.5, userAgent: "old" }
          }
        ])
      })
    )

    it.effect(`says in ${name} how many spans it rejected, and keeps their siblings`, () =>
      Effect.gen(function* () {
        const { "http.response.status_code": _, ...unanswered } = now
        const answer = yield* post(body(batch(span(unanswered), span(now, { spanId: "2222222222222222" }))), headers)
        assert.strictEqual(answer.status, 200)
        assert.deepStrictEqual(response(answer.bytes), {
          partialSuccess: { rejectedSpans: "1", errorMessage: "The first was rejected as missing at /status." }
        })
        const { sent } = yield* taken
        assert.lengthOf(sent[0]?.entries ?? [], 1)
        assert.notInclude(JSON.stringify(sent), "AK_123")
        assert.notInclude(JSON.stringify(sent), "token=t")
      })
    )

    it.effect(`takes ${name} compressed and in chunks, under any content type`, () =>
      Effect.gen(function* () {
        const bytes = body(batch(span(now)))
        const zipped = gzipSync(bytes)
        const sendings: ReadonlyArray<readonly [BodyInitLike, Record<string, string>]> = [
          [chunked(bytes), headers],
          [chunked(zipped), { ...headers, "content-encoding": "gzip" }],
          [chunked(zipped), headers],
          [chunked(bytes), { "content-type": "application/octet-stream" }]
        ]
        for (const [sent, more] of sendings) {
          const answer = yield* ask("/v1/traces", {
            method: "POST",
            body: sent,
            duplex: "half",
            headers: { ...good, ...more }
          })
          assert.strictEqual(answer.status, 200)
          assert.lengthOf(yield* rows, 1)
        }
      })
    )

    const refused: ReadonlyArray<readonly [string, Uint8Array | string, Record<string, string>, number, number]> = [
      ["what is in no encoding", "{]", headers, 400, 3],
      ["another message", '{"resourceSpans":7}', { ...headers, "content-type": "application/json" }, 400, 3],
      ["a missing key", body(batch()), { ...headers, authorization: "" }, 401, 16],
      ["a key that stands in pages", body(batch()), { ...headers, authorization: "Bearer wk_good" }, 403, 7],
      ["what is too large", gzipSync(Buffer.alloc(bytesMax + 1)), headers, 413, 8],
      ["what is encoded otherwise", "x", { ...headers, "content-encoding": "zstd" }, 415, 3]
    ]
    for (const [what, sent, more, code, rpcCode] of refused) {
      it.effect(`refuses ${what} with a status in ${name}`, () =>
        Effect.gen(function* () {
          const answer = yield* post(sent, more)
          assert.strictEqual(answer.status, code)
          const read = more["content-type"] === contentType ? status : formats.JSON.status
          const { message, ...rest } = read(answer.bytes)
          assert.deepStrictEqual(rest, { code: rpcCode })
          assert.isNotEmpty(message)
          const { own, sent: none } = yield* taken
          assert.isEmpty(none)
          assert.lengthOf(own, code === 401 ? 0 : 1)
        })
      )
    }

    it.effect(`answers 503 in ${name} while the queue takes nothing`, () =>
      Effect.gen(function* () {
        yield* faults.failAppends(1)
        const answer = yield* post(body(batch(span(now))), headers)
        assert.strictEqual(answer.status, 503)
        assert.strictEqual(answer.headers.get("retry-after"), "2")
        assert.deepInclude(status(answer.bytes), { code: 14 })
        yield* taken
      })
    )

    it.effect(`takes an export of nothing in ${name}`, () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* post(body({}), headers)).status, 200)
        yield* taken
      })
    )
  }

  const odd: ReadonlyArray<readonly [string, object, object]> = [
    [
      "times as numbers",
      span(now, { startTimeUnixNano: startedAt * 1e6, endTimeUnixNano: startedAt * 1e6 + 12.5e6 }),
      { occurredAt: startedAt }
    ],
    ["the name of a kind", span(now, { kind: "SPAN_KIND_SERVER" }), { status: 201 }],
    ["IDs in capitals", span(now, { traceId: traceId.toUpperCase() }), { itemId: `${traceId}-${spanId}` }],
    ["a number in a text", span({ ...now, "http.response.status_code": { stringValue: "201" } }), { status: 201 }],
    [
      "an unknown method",
      span({
        ...now,
        "http.request.method": { stringValue: "_OTHER" },
        "http.request.method_original": { stringValue: "purge" }
      }),
      { method: "PURGE" }
    ],
    ["a whole address", span({ ...before, "http.target": { stringValue: "https://a.pl/x?b#c" } }), { url: "/x" }],
    ["no address", span({ ...before, "http.target": { stringValue: "" } }), { url: "/" }],
    [
      "an address that is none",
      span({ ...now, "network.peer.address": { stringValue: "/var/run.sock" } }),
      { ip: null }
    ],
    ["an end before its start", span(now, { endTimeUnixNano: "1" }), {}],
    ["values that are none", span({ ...now, "user_agent.original": null, odd: { stringValue: 7 } }), { status: 201 }],
    ["texts that no database keeps", span({ ...now, "user_agent.original": { stringValue: "\u0000\ud800" } }), {}],
    ["texts without end", span({ ...now, "url.path": { stringValue: `/${"x".repeat(5_000)}` } }), { method: "POST" }]
  ]
  for (const [name, sent, expected] of odd) {
    it.effect(`takes a span with ${name}`, () =>
      Effect.gen(function* () {
        const answer = yield* post(JSON.stringify(batch(sent)), { "content-type": "application/json" })
        assert.strictEqual(answer.text, "{}")
        const all = yield* rows
        assert.lengthOf(all, 1)
        assert.deepInclude(all[0], expected)
      })
    )
  }

  it.effect("rejects what is no span, and spans without IDs", () =>
    Effect.gen(function* () {
      const spans = [7, null, "x", span(now, { traceId: "zz" }), span(now, { spanId: "" }), span(now)]
      const answer = yield* post(JSON.stringify(batch(...spans)), { "content-type": "application/json" })
      assert.strictEqual(JSON.parse(answer.text).partialSuccess.rejectedSpans, "5")
      assert.lengthOf(yield* rows, 1)
    })
  )

  it.effect("refuses protobuf that never ends, and answers 405 to GET", () =>
    Effect.gen(function* () {
      const nested = Buffer.concat(
        Array.from({ length: 3_000 }, (_, depth) => Buffer.from([0x0a, 0xff, 0xff, depth & 0x7f]))
      )
      assert.strictEqual((yield* post(nested, { "content-type": "application/x-protobuf" })).status, 400)
      assert.strictEqual((yield* ask("/v1/traces", { headers: good })).status, 405)
      yield* taken
    })
  )
})

type BodyInitLike = NonNullable<RequestInit["body"]>
