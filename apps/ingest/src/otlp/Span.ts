import { Item } from "@spoor/contracts"
import { Option, Result, Schema } from "effect"
import * as ClientIp from "../ClientIp.ts"

/** JSON writes IDs in hexadecimal, protobuf as bytes. */
const Id = Schema.Union([Schema.String, Schema.Uint8Array])

/** 64-bit numbers are texts in ProtoJSON; exporters write numbers as well. */
const Long = Schema.Union([Schema.String, Schema.Finite])

/** *Shape*: only the sorts of values that the attributes we read have; others are empty here. */
const Value = Schema.Struct({
  stringValue: Schema.optionalKey(Schema.String),
  intValue: Schema.optionalKey(Long),
  doubleValue: Schema.optionalKey(Schema.Finite),
  arrayValue: Schema.optionalKey(
    Schema.Struct({
      values: Schema.optionalKey(Schema.Array(Schema.Struct({ stringValue: Schema.optionalKey(Schema.String) })))
    })
  )
})

/** *Units*: times in nanoseconds since 1970. *Source*: opentelemetry-proto 1.x, `trace/v1/trace.proto`. */
const Span = Schema.Struct({
  traceId: Schema.optionalKey(Id),
  spanId: Schema.optionalKey(Id),
  kind: Schema.optionalKey(Schema.Union([Schema.Finite, Schema.String])),
  startTimeUnixNano: Schema.optionalKey(Long),
  endTimeUnixNano: Schema.optionalKey(Long),
  attributes: Schema.optionalKey(Schema.Array(Schema.Unknown))
})

/** Read one by one: what an attribute that is not asked for looks like must not cost the row. */
const Attribute = Schema.Struct({ key: Schema.String, value: Value })

const decodeSpan = Item.decoder(Span)
const decodeAttribute = Item.decoder(Attribute)

/**
 * A span as an item of the API log (`LogDoor.ApiItem`), not yet decoded; null for what is no served HTTP request: client
 * spans come in the same batch and would double every call.
 *
 * *Shape*: new names of attributes go before old ones, the connection's address before the forwarded one, which a client
 * can forge. Of a captured key only a prefix is left.
 * *Source*: OpenTelemetry semantic conventions, HTTP spans, 1.23 and before it.
 */
export const toItem = (span: unknown): object | null => {
  const decoded = decodeSpan(span)
  // What is no span names nothing that could be right: it is rejected for what it lacks.
  if (Result.isFailure(decoded)) return {}
  const { attributes, endTimeUnixNano, kind, spanId, startTimeUnixNano, traceId } = decoded.success
  if (kind !== 2 && kind !== "SPAN_KIND_SERVER") return null
  const values = valuesOf(attributes ?? [])
  const text = textOf(values)
  const method = text("http.request.method", "http.method")
  if (method === undefined) return null
  const [start, end] = [nanosOf(startTimeUnixNano), nanosOf(endTimeUnixNano)]
  const trace = hexOf(traceId)
  const key = text("http.request.header.x-api-key", "http.request.header.x_api_key")
  return {
    ...given("id", trace && hexOf(spanId) && `${trace}-${hexOf(spanId)}`),
    ...given("at", start && Number((start + 500_000n) / 1_000_000n)),
    url: pathOf(text("url.path", "http.target", "url.full", "http.url") ?? "").slice(0, 2_048),
    method: method === "_OTHER" ? (text("http.request.method_original") ?? method) : method,
    ...given("status", numberOf(values, "http.response.status_code", "http.status_code")),
    ...given(
      "ip",
      ipOf(text("network.peer.address", "net.sock.peer.addr", "net.peer.ip", "client.address", "http.client_ip"))
    ),
    processingMs: start && end ? durationOf(start, end) : 0,
    ...given("userAgent", text("user_agent.original", "http.user_agent")?.slice(0, 1_024)),
    ...given(
      "requestId",
      (text("http.request.header.x-request-id", "http.request.header.x_request_id") ?? trace)?.slice(0, 128)
    ),
    ...given("apiKey", key && { name: "x-api-key", prefix: visiblePrefix(key) })
  }
}

type Values = ReadonlyMap<string, typeof Value.Type>

const valuesOf = (attributes: ReadonlyArray<unknown>): Values =>
  new Map(
    attributes
      .map((attribute) => decodeAttribute(attribute))
      .filter(Result.isSuccess)
      .map(({ success }) => [success.key, success.value])
  )

const given = <K extends string>(key: K, value: unknown) =>
  value === undefined || value === "" ? {} : { [key]: value }

/** The first of the attributes that says something. A captured header is an array. */
const textOf =
  (values: Values) =>
  (...names: ReadonlyArray<string>): string | undefined => {
    for (const name of names) {
      const value = values.get(name)
      const text = value?.stringValue ?? value?.arrayValue?.values?.[0]?.stringValue
      if (text !== undefined && text !== "") return text.toWellFormed().replaceAll("\u0000", "\uFFFD")
    }
    return undefined
  }

const numberOf = (values: Values, ...names: ReadonlyArray<string>): number | undefined => {
  for (const name of names) {
    const { doubleValue, intValue, stringValue } = values.get(name) ?? {}
    const given = intValue ?? doubleValue ?? stringValue
    if (given !== undefined) return Number(given)
  }
  return undefined
}

const nanosOf = (time: string | number | undefined): bigint | undefined => {
  if (typeof time === "number") return time > 0 ? BigInt(Math.round(time)) : undefined
  return time !== undefined && /^[1-9]\d{0,19}$/.test(time) ? BigInt(time) : undefined
}

/** *Units*: milliseconds; a day at most, as in a row. */
const durationOf = (start: bigint, end: bigint): number => Math.min(Math.max(Number(end - start) / 1e6, 0), 86_400_000)

const hexOf = (id: string | Uint8Array | undefined): string | undefined => {
  const hex = id === undefined || typeof id === "string" ? id : Buffer.from(id).toString("hex")
  return hex !== undefined && /^[0-9a-f]{16,32}$/i.test(hex) ? hex.toLowerCase() : undefined
}

/** The path says what the request was about. Its query is left out: nobody asked for it, and it holds secrets. */
const pathOf = (address: string): string =>
  address.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "") || "/"

const ipOf = (address: string | undefined) =>
  address === undefined ? undefined : Option.getOrUndefined(ClientIp.parse(address))

/** Never more than half of a key, and 8 characters of it. */
const visiblePrefix = (key: string): string => key.slice(0, Math.min(8, Math.floor(key.length / 2)))
