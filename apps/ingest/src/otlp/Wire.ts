import protobuf from "protobufjs/light.js"

/**
 * The part of OTLP's messages that we read and write; all other fields are skipped while decoding.
 *
 * *Source*: opentelemetry-proto 1.x, `collector/trace/v1/trace_service.proto`, `trace/v1/trace.proto`, `common/v1/common.proto`;
 * googleapis `google/rpc/status.proto`.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    Request: { fields: { resourceSpans: { rule: "repeated", type: "ResourceSpans", id: 1 } } },
    ResourceSpans: { fields: { scopeSpans: { rule: "repeated", type: "ScopeSpans", id: 2 } } },
    ScopeSpans: { fields: { spans: { rule: "repeated", type: "Span", id: 2 } } },
    Span: {
      fields: {
        traceId: { type: "bytes", id: 1 },
        spanId: { type: "bytes", id: 2 },
        kind: { type: "int32", id: 6 },
        startTimeUnixNano: { type: "fixed64", id: 7 },
        endTimeUnixNano: { type: "fixed64", id: 8 },
        attributes: { rule: "repeated", type: "KeyValue", id: 9 }
      }
    },
    KeyValue: { fields: { key: { type: "string", id: 1 }, value: { type: "AnyValue", id: 2 } } },
    AnyValue: {
      fields: {
        stringValue: { type: "string", id: 1 },
        intValue: { type: "int64", id: 3 },
        arrayValue: { type: "ArrayValue", id: 5 }
      },
      oneofs: { value: { oneof: ["stringValue", "intValue", "arrayValue"] } }
    },
    // A captured header is an array of texts; deeper values are of no use to us.
    ArrayValue: { fields: { values: { rule: "repeated", type: "Element", id: 1 } } },
    Element: { fields: { stringValue: { type: "string", id: 1 } } },
    Response: { fields: { partialSuccess: { type: "PartialSuccess", id: 1 } } },
    PartialSuccess: { fields: { rejectedSpans: { type: "int64", id: 1 }, errorMessage: { type: "string", id: 2 } } },
    Status: { fields: { code: { type: "int32", id: 1 }, message: { type: "string", id: 2 } } }
  }
})
const Request = root.lookupType("Request")
const Response = root.lookupType("Response")
const Status = root.lookupType("Status")

/** An answer's `partialSuccess`. */
export interface Answer {
  readonly partialSuccess?: { readonly rejectedSpans: number; readonly errorMessage: string }
}

/** *Shape*: `code` as in gRPC. *Source*: `google/rpc/code.proto`. */
export interface Status {
  readonly code: number
  readonly message: string
}

/** One of OTLP's two encodings. *Shape*: `decode` gives what OTLP's JSON would be, but IDs as bytes; it throws for what is in no such encoding. */
export interface Format {
  readonly contentType: string
  readonly decode: (body: Uint8Array) => unknown
  readonly answer: (answer: Answer) => Uint8Array
  readonly status: (status: Status) => Uint8Array
}

const utf8 = new TextDecoder()
const jsonBytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

export const json: Format = {
  contentType: "application/json",
  decode: (body) => JSON.parse(utf8.decode(body)),
  // ProtoJSON writes 64-bit numbers as text.
  answer: ({ partialSuccess: partial }) =>
    jsonBytes(partial ? { partialSuccess: { ...partial, rejectedSpans: String(partial.rejectedSpans) } } : {}),
  status: jsonBytes
}

export const proto: Format = {
  contentType: "application/x-protobuf",
  decode: (body) => Request.toObject(Request.decode(body), { longs: String, arrays: true }),
  answer: (answer) => Response.encode(Response.fromObject(answer)).finish(),
  status: (status) => Status.encode(Status.fromObject(status)).finish()
}

/** The encoding that a body is in: as the type says, else as the body looks. No message of OTLP begins with a brace. */
export const formatOf = (contentType: string | undefined, firstByte?: number): Format => {
  const type = (contentType ?? "").toLowerCase()
  if (type.includes("protobuf")) return proto
  return type.includes("json") || firstByte === undefined || firstByte === 0x7b ? json : proto
}
