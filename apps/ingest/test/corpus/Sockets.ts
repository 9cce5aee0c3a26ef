import { batch, post, type RequestCase, type Sender } from "./RequestCase.ts"
import type { Piece } from "./Wire.ts"

type Answers = RequestCase["answers"]

/** Bytes as they are, and the answers to them. */
const raw = (
  name: string,
  pieces: (sender: Sender) => ReadonlyArray<Piece>,
  answers: Answers,
  more: Partial<RequestCase> = {}
): RequestCase => ({ name, pieces, answers, ...more })

const head = ({ host }: Sender, ...lines: ReadonlyArray<string>): string =>
  `${["POST /v1/events HTTP/1.1", host, "Connection: close", ...lines].join("\r\n")}\r\n\r\n`
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
/** Its first bytes one by one. */
const drip = (text: string): ReadonlyArray<Piece> => [
  ...Array.from(text.slice(0, 12)).flatMap((byte): ReadonlyArray<Piece> => [byte, 100]),
  text.slice(12)
]
const chunked = "Transfer-Encoding: chunked"
const lengthOf = (body: string): string => `Content-Length: ${Buffer.byteLength(body)}`

const chunks: ReadonlyArray<RequestCase> = [
  raw("chunks", (to) => [head(to, chunked), chunk(to.body), "0\r\n\r\n"], [200]),
  raw("chunks of one byte", (to) => [head(to, chunked), [...to.body].map(chunk).join(""), "0\r\n\r\n"], [200]),
  raw(
    "a chunk with an extension",
    (to) => [head(to, chunked), chunk(to.body).replace("\r", ';a="b"\r'), "0\r\n\r\n"],
    [200]
  ),
  raw(
    "a chunk with 64 KiB of extensions",
    (to) => [head(to, chunked), chunk(to.body).replace("\r", `;${"a".repeat(65_536)}\r`), "0\r\n\r\n"],
    [[400, 413]]
  ),
  raw("chunks and a trailer", (to) => [head(to, chunked), chunk(to.body), "0\r\nX-Sum: 1\r\n\r\n"], [200]),
  raw("a size that is no number", (to) => [head(to, chunked), `zz\r\n${to.body}\r\n0\r\n\r\n`], [400]),
  raw("a size below zero", (to) => [head(to, chunked), `-1\r\n${to.body}\r\n0\r\n\r\n`], [400]),
  raw("a size above 2^64", (to) => [head(to, chunked), `fffffffffffffffff\r\n${to.body}\r\n0\r\n\r\n`], [[400, 413]]),
  raw("a size of 0x", (to) => [head(to, chunked), `0x10\r\n${to.body}\r\n0\r\n\r\n`], [400]),
  raw("a size that is too small", (to) => [head(to, chunked), `5\r\n${to.body}\r\n0\r\n\r\n`], [400]),
  raw("no last chunk", (to) => [head(to, chunked), chunk(to.body)], [[400]], { end: "finish" }),
  raw(
    "chunks of two mebibytes",
    (to) => [head(to, chunked), chunk("x".repeat(2 * 1024 * 1024)), "0\r\n\r\n"],
    [413],
    {}
  ),
  raw("a length and chunks", (to) => [head(to, lengthOf(to.body), chunked), chunk(to.body), "0\r\n\r\n"], [400]),
  raw("chunks and a length", (to) => [head(to, chunked, "Content-Length: 3"), chunk(to.body), "0\r\n\r\n"], [400]),
  raw(
    "gzip, chunked as transfer",
    (to) => [head(to, "Transfer-Encoding: gzip, chunked"), chunk(to.body), "0\r\n\r\n"],
    [[200, 400, 501]]
  ),
  raw(
    "chunked, gzip as transfer",
    (to) => [head(to, "Transfer-Encoding: chunked, gzip"), chunk(to.body), "0\r\n\r\n"],
    [400]
  ),
  raw("a transfer of nobody's", (to) => [head(to, "Transfer-Encoding: xchunked"), chunk(to.body), "0\r\n\r\n"], [400]),
  raw("chunked twice", (to) => [head(to, chunked, chunked), chunk(to.body), "0\r\n\r\n"], [400])
]

const lengths: ReadonlyArray<RequestCase> = [
  raw("a length below zero", (to) => [head(to, "Content-Length: -5"), to.body], [400]),
  raw("a length with a plus", (to) => [head(to, `Content-Length: +${to.body.length}`), to.body], [400]),
  raw("a length that is no number", (to) => [head(to, "Content-Length: many"), to.body], [400]),
  raw("a length above 2^64", (to) => [head(to, "Content-Length: 99999999999999999999"), to.body], [400]),
  raw("a length above 2^53", (to) => [head(to, "Content-Length: 9007199254740993"), to.body], [[413]]),
  raw("two lengths that differ", (to) => [head(to, lengthOf(to.body), "Content-Length: 3"), to.body], [400]),
  raw(
    "two lengths in one header",
    (to) => [head(to, `Content-Length: ${to.body.length}, ${to.body.length}`), to.body],
    [400]
  ),
  raw("no length and no chunks", (to) => [head(to), to.body], [400]),
  raw("a length that is too small", (to) => [head(to, "Content-Length: 10"), to.body], [400]),
  raw("a length that is too large", (to) => [head(to, `Content-Length: ${to.body.length + 1}`), to.body], [400], {
    end: "finish"
  })
]

const heads: ReadonlyArray<RequestCase> = [
  raw(
    "no host",
    ({ body }) => [`POST /v1/events HTTP/1.1\r\nConnection: close\r\n${lengthOf(body)}\r\n\r\n${body}`],
    [400]
  ),
  raw("two hosts", (to) => [head(to, "Host: other.example", lengthOf(to.body)), to.body], [[200, 400]], {}),
  raw("a space before the colon", (to) => [head(to, lengthOf(to.body).replace(":", " :")), to.body], [400]),
  raw("a header without a name", (to) => [head(to, ": x", lengthOf(to.body)), to.body], [400]),
  raw("a header on two lines", (to) => [head(to, "X-Long: a\r\n b", lengthOf(to.body)), to.body], [400]),
  raw("NUL in a header", (to) => [head(to, "X-Nul: a\u0000b", lengthOf(to.body)), to.body], [400]),
  raw("bytes above 127 in a header", (to) => [head(to, "X-Name: zażółć", lengthOf(to.body)), to.body], [200]),
  raw("lines that end in LF alone", (to) => [head(to, lengthOf(to.body)).replaceAll("\r\n", "\n"), to.body], [400]),
  raw("a header of 20 KiB", (to) => [head(to, `X-Large: ${"x".repeat(20_480)}`, lengthOf(to.body)), to.body], [431]),
  raw(
    "two hundred headers",
    (to) => [head(to, ...Array.from({ length: 200 }, (_, at) => `X-${at}: ${at}`), lengthOf(to.body)), to.body],
    [200]
  ),
  raw("__proto__ as a header", (to) => [head(to, "__proto__: x", "constructor: y", lengthOf(to.body)), to.body], [200]),
  raw("HTTP/1.0", (to) => post(to, to.body, [], "POST /v1/events HTTP/1.0"), [200]),
  raw("HTTP/0.9", () => ["GET /v1/events\r\n\r\n"], [[400, 404]]),
  raw("HTTP/2 without being asked", () => ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"], [[400]], { end: "finish" }),
  raw("HTTP/9.9", (to) => post(to, to.body, [], "POST /v1/events HTTP/9.9"), [400]),
  raw("TLS", () => [Buffer.from("16030100a5010000a1030300", "hex")], [400]),
  raw("no HTTP at all", () => ["hello\r\n\r\n"], [400]),
  raw(
    "an offer of h2c, as Java's client makes it",
    (to) =>
      post(to, to.body, [
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA"
      ]).map((piece) => (typeof piece === "string" ? piece.replace("Connection: close\r\n", "") : piece)),
    [200]
  ),
  raw(
    "an upgrade to WebSocket",
    (to) =>
      post(to, to.body, [
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
      ]),
    [[200, 400, 426, 501]]
  ),
  raw("expects 100-continue", (to) => post(to, to.body, ["Expect: 100-continue"]), [100, 200]),
  raw("expects what nobody knows", (to) => post(to, to.body, ["Expect: the-spanish-inquisition"]), [417])
]

const courses: ReadonlyArray<RequestCase> = [
  raw("a slow body", (to) => [head(to, lengthOf(to.body)), ...drip(to.body)], [200]),
  raw("a slow head", (to) => [...drip(head(to, lengthOf(to.body))), to.body], [200]),
  raw("hangs up halfway", (to) => [head(to, lengthOf(to.body)), to.body.slice(0, 20)], [400], {
    end: "finish"
  }),
  raw("resets halfway", (to) => [head(to, lengthOf(to.body)), to.body.slice(0, 20)], [], {
    end: "reset"
  }),
  raw("a head that never ends", (to) => [head(to).slice(0, -4)], [408], { quietMax: 15_000 }),
  raw("opens and says nothing", () => [], [], { end: "finish" }),
  raw("empty lines first", (to) => ["\r\n\r\n", ...post(to, to.body)], [200]),
  raw(
    "three requests at once, the second wrong",
    (to) => {
      const keep = (body: string) =>
        head(to, lengthOf(body)).replace("Connection: close", "Connection: keep-alive") + body
      return [keep(to.body) + keep("{") + head(to, lengthOf(to.body)) + to.body]
    },
    [200, 400, 200]
  ),
  raw(
    "a request hidden in the body of another",
    (to) => {
      const hidden = head(to, lengthOf(to.body)) + to.body
      return [head(to, lengthOf(hidden)) + hidden]
    },
    [400]
  )
]

const path = (line: string, answer: number | ReadonlyArray<number>): RequestCase => ({
  name: line.length > 60 ? `${line.slice(0, 60)}… (${line.length})` : line,
  pieces: (to) => post(to, to.body, [], `${line} HTTP/1.1`),
  answers: Array.isArray(answer) ? [answer] : [answer]
})

const paths: ReadonlyArray<RequestCase> = [
  path("POST /v1/events/", 200),
  path("POST //v1//events", 200),
  path("POST /v1/events?", 200),
  path("POST /v1/events?a=1&a=2&a[]=3&__proto__[x]=1", 200),
  path("POST /v1/events?%", 200),
  path("POST /v1/events?%00%ff", 200),
  path(`POST /v1/events?${"a=1&".repeat(3_000)}`, 200),
  path("POST /v1/%65vents", [200, 404]),
  path("POST /v1%2Fevents", 404),
  path("POST /v1/events%2F", 404),
  path("POST /v1/events%00", 404),
  path("POST /v1/events%zz", [400, 404]),
  path("POST /v1/%ff", [400, 404]),
  path("POST /v1/../v1/events", 404),
  path("POST /v1/./events", 404),
  path("POST /v1/events/..", 404),
  path("POST /v1/events/../../etc/passwd", 404),
  path("POST /V1/EVENTS", 200),
  path("POST /v1/events.json", 404),
  path("POST /v1/events/7", 404),
  path("POST /", 404),
  path("POST *", [400, 404]),
  path("POST v1/events", [400, 404]),
  path("POST http://127.0.0.1/v1/events", 200),
  path("POST http://elsewhere.example/v1/events", [200, 404]),
  path("POST http://user:secret@127.0.0.1/v1/events", [200, 404]),
  path("POST http://", [400, 404]),
  path("POST //elsewhere.example/v1/events", 404),
  path("POST /v1/events#fragment", [200, 400, 404]),
  path("POST /v1/ev ents", 400),
  path("POST /v1/zdarzenia-zażółć", [400, 404]),
  path(`POST /v1/${"x".repeat(8_000)}`, 404),
  path(`POST /v1/${"x".repeat(20_000)}`, 431),
  path(`POST /${"a/".repeat(4_000)}`, 404),
  path("POST /v1/projects/%2e%2e/settings", 404),
  ...["GET", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "LINK"].map((method) =>
    path(`${method} /v1/events`, [404, 405])
  ),
  path("HEAD /v1/events", [404, 405]),
  ...["FOO", "post", "POST\t", "P0ST"].map((method) => path(`${method} /v1/events`, 400)),
  raw("CONNECT", (to) => [`CONNECT elsewhere.example:443 HTTP/1.1\r\n${to.host}\r\n\r\n`], []),
  raw(
    "OPTIONS *",
    (to) => [`OPTIONS * HTTP/1.1\r\n${to.host}\r\nConnection: close\r\n\r\n`],
    [[200, 204, 400, 404]],
    {}
  ),
  raw(
    "OPTIONS without an origin",
    (to) => [`OPTIONS /v1/events HTTP/1.1\r\n${to.host}\r\nConnection: close\r\n\r\n`],
    [204]
  )
]

const credentials: ReadonlyArray<RequestCase> = [
  ["Authorization: Bearer", 200],
  ["Authorization: Bearer wrong", 401],
  ["Authorization: Basic !!!", 401],
  ["Authorization: Basic Og==", 401],
  ["Authorization: Digest x", 200],
  [`Authorization: Bearer ${"x".repeat(8_000)}`, 401],
  ["Authorization: Bearer __proto__", 401]
].map(([line, status]) => ({
  name: String(line).slice(0, 60),
  pieces: (to: Sender) => post(to, to.body, [String(line)]),
  answers: [Number(status)]
}))

export const sockets: ReadonlyArray<RequestCase> = [
  ...chunks,
  ...lengths,
  ...heads,
  ...courses,
  ...paths,
  ...credentials,
  raw(
    "the key of nobody in the query, a good one in the body",
    (to) => post(to, to.body, [], "POST /v1/events?writeKey=nobody HTTP/1.1"),
    [200]
  ),
  raw(
    "a good key in the query, nobody's in the body",
    (to) => post(to, batch("nobody", "nobody"), [], `POST /v1/events?writeKey=${to.key} HTTP/1.1`),
    [401]
  )
]
