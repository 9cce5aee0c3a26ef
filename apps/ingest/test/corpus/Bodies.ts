import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib"
import { post, type RequestCase, type Sender } from "./RequestCase.ts"

const bytesMax = 1024 * 1024

/** The body as a case sends it, and what must be answered. */
const body = (
  name: string,
  make: (body: string, sender: Sender) => string | Uint8Array,
  status: number,
  headers: ReadonlyArray<string> = []
): RequestCase => ({
  name,
  pieces: (sender) => post(sender, make(sender.body, sender), headers),
  answers: [status]
})

/** In place of the batch's last brace. */
const with_ = (body: string, more: string): string => `${body.slice(0, -1)},${more}}`
/** A third event, whose time is corrected to one that nobody can write down, or to now. */
const withLost =
  (sentAt: string) =>
  (body: string): string => {
    const lost = { id: `by ${sentAt}`, visitorId: "v1", type: "VisitOnWebsite", at: "2026-11-24T10:00:00Z" }
    return `${body.slice(0, -2)},${JSON.stringify(lost)}],"sentAt":"${sentAt}"}`
  }
const encoding = (name: string): ReadonlyArray<string> => [`Content-Encoding: ${name}`]
const zeros = (length: number): Buffer => Buffer.alloc(length)
const padded = (body: string, length: number): string => with_(body, `"x":"${"x".repeat(length - body.length - 7)}"`)
const damaged = (bytes: Buffer): Buffer => {
  bytes.writeUInt32LE(0, bytes.length - 8)
  return bytes
}

const json: ReadonlyArray<RequestCase> = [
  body("nothing", () => "", 400),
  body("white space", () => " \r\n\t", 400),
  body("null", () => "null", 400),
  body("a list", (text) => `[${text}]`, 400),
  body("a text", () => '"batch"', 400),
  body("an empty object", () => "{}", 400),
  body("events are null", (_, { key }) => JSON.stringify({ writeKey: key, events: null }), 400),
  body("events are an object", (_, { key }) => JSON.stringify({ writeKey: key, events: {} }), 400),
  body("events are a text", (_, { key }) => JSON.stringify({ writeKey: key, events: "[]" }), 400),
  body("the key is a number", (text) => with_(text, '"writeKey":7'), 400),
  body("the key is an object", (text) => with_(text, '"writeKey":{"toString":"x"}'), 400),
  body("the key is empty", (text) => with_(text, '"writeKey":""'), 401),
  body("the key is __proto__", (text) => with_(text, '"writeKey":"__proto__"'), 401),
  body("sentAt is a word", (text) => with_(text, '"sentAt":"now"'), 400),
  body("sentAt is 1e999", (text) => with_(text, '"sentAt":1e999'), 400),
  body("sentAt is February 30", (text) => with_(text, '"sentAt":"2026-02-30T00:00:00Z"'), 400),
  body("sentAt is in the year 9999", (text) => with_(text, '"sentAt":"9999-12-31T00:00:00Z"'), 200),
  body("sentAt is in the year 1", (text) => with_(text, '"sentAt":"0001-01-01T00:00:00Z"'), 200),
  body("a clock that is wrong by centuries, and an event by a right one", withLost("9999-12-31T00:00:00Z"), 200),
  body("a clock that stands at the year 1, and an event by a right one", withLost("0001-01-01T00:00:00Z"), 200),
  body("cut off", (text) => text.slice(0, -1), 400),
  body("cut off in a text", (text) => text.slice(0, text.length / 2), 400),
  body("a comma too many", (text) => with_(text, '"x":1,'), 400),
  body("something after the end", (text) => `${text}x`, 400),
  body("two documents", (text) => text + text, 400),
  body("single quotes", (text) => text.replaceAll('"', "'"), 400),
  body("a comment", (text) => `/* hello */${text}`, 400),
  body("NaN", (text) => with_(text, '"x":NaN'), 400),
  body("a raw line break in a text", (text) => with_(text, '"x":"a\nb"'), 400),
  body("a raw NUL", (text) => `${text}\u0000`, 400),
  body("a form", (text) => `data=${encodeURIComponent(text)}`, 400, [
    "Content-Type: application/x-www-form-urlencoded"
  ]),
  body("lists 100,000 deep", () => "[".repeat(100_000), 400),
  body("a closed list 100,000 deep", () => "[".repeat(100_000) + "]".repeat(100_000), 400),
  body(
    "100,000 deep beside the events",
    (text) => with_(text, `"x":${"[".repeat(100_000)}${"]".repeat(100_000)}`),
    200
  ),
  body("the key twice", (text, { key }) => `{"writeKey":"wrong",${text.slice(1, -1)},"writeKey":"${key}"}`, 200),
  body("events twice", (text) => `{"events":[{"id":"lost"}],${text.slice(1)}`, 200),
  body(
    "fifty thousand unknown keys",
    (text) => with_(text, Array.from({ length: 50_000 }, (_, at) => `"k${at}":${at}`).join()),
    200
  ),
  body("__proto__ beside the events", (text) => with_(text, '"__proto__":{"events":[],"writeKey":"x"}'), 200),
  body("white space around", (text) => `\r\n\t ${text}\n\n`, 200),
  body("as large as may be", (text) => padded(text, bytesMax), 200),
  body("a byte larger", (text) => padded(text, bytesMax + 1), 413),
  body("ten times as large", (text) => padded(text, bytesMax * 10), 413),
  body("501 events", (text) => `${text.slice(0, -2)}${',{"id":"x"}'.repeat(499)}]}`, 413),
  body("500 events, most of them wrong", (text) => `${text.slice(0, -2)}${',{"id":"x"}'.repeat(498)}]}`, 200),
  body("300,000 empty events", (text) => `${text.slice(0, -2)}${",{}".repeat(300_000)}]}`, 413)
]

const characters: ReadonlyArray<RequestCase> = [
  body("a byte order mark before UTF-8", (text) => `\uFEFF${text}`, 200),
  body("UTF-16, little end first", (text) => Buffer.from(`\uFEFF${text}`, "utf16le"), 400),
  body("UTF-16, big end first", (text) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16(), 400),
  body("UTF-16 by its content type", (text) => Buffer.from(text, "utf16le"), 400, [
    "Content-Type: application/json; charset=utf-16"
  ]),
  body("UTF-32", (text) => Buffer.from([...text].flatMap((char) => [char.charCodeAt(0), 0, 0, 0])), 400),
  body(
    "a byte that is no UTF-8 in a text",
    (text) => Buffer.concat([Buffer.from(with_(text, '"x":"').slice(0, -1)), Buffer.from([0xff]), Buffer.from('"}')]),
    200
  ),
  body("a byte that is no UTF-8 between", (text) => Buffer.concat([Buffer.from([0xff]), Buffer.from(text)]), 400),
  body(
    "Windows-1250 in a text",
    (text) => Buffer.from(with_(text, '"x":"za\u00bf\u00f3\u00b3\u00e6"'), "latin1"),
    200,
    ["Content-Type: application/json; charset=windows-1250"]
  ),
  body(
    "NUL as two bytes, overlong",
    (text) =>
      Buffer.concat([Buffer.from(with_(text, '"x":"').slice(0, -1)), Buffer.from([0xc0, 0x80]), Buffer.from('"}')]),
    200
  ),
  body(
    "a surrogate as three bytes",
    (text) =>
      Buffer.concat([
        Buffer.from(with_(text, '"x":"').slice(0, -1)),
        Buffer.from([0xed, 0xa0, 0x80]),
        Buffer.from('"}')
      ]),
    200
  )
]

const encodings: ReadonlyArray<RequestCase> = [
  body("gzip", (text) => gzipSync(text), 200, encoding("gzip")),
  body("gzip in capitals", (text) => gzipSync(text), 200, encoding("GZIP")),
  body("x-gzip", (text) => gzipSync(text), 200, encoding("x-gzip")),
  body("gzip that nobody named", (text) => gzipSync(text), 200),
  body("gzip under the name of br", (text) => gzipSync(text), 200, encoding("br")),
  body(
    "gzip in two members",
    (text) => Buffer.concat([gzipSync(text.slice(0, 9)), gzipSync(text.slice(9))]),
    200,
    encoding("gzip")
  ),
  body("gzip that was inflated on its way", (text) => text, 200, encoding("gzip")),
  body(
    "gzip with something after it",
    (text) => Buffer.concat([gzipSync(text), Buffer.from("trailing")]),
    400,
    encoding("gzip")
  ),
  body("gzip in gzip", (text) => gzipSync(gzipSync(text)), 400, encoding("gzip")),
  body("gzip in gzip by its name", (text) => gzipSync(gzipSync(text)), 400, encoding("gzip, gzip")),
  body("gzip cut off", (text) => gzipSync(text).subarray(0, -9), 400, encoding("gzip")),
  body("gzip of nothing but its first bytes", () => Buffer.from([0x1f, 0x8b]), 400, encoding("gzip")),
  body("gzip whose sum is wrong", (text) => damaged(gzipSync(text)), 400, encoding("gzip")),
  body("gzip of nothing", () => gzipSync(""), 400, encoding("gzip")),
  body("gzip to 100 MiB", () => gzipSync(zeros(100 * bytesMax)), 413, encoding("gzip")),
  body("gzip to a byte too many", (text) => gzipSync(padded(text, bytesMax + 1)), 413, encoding("gzip")),
  body("gzip to as large as may be", (text) => gzipSync(padded(text, bytesMax)), 200, encoding("gzip")),
  body("deflate", (text) => deflateSync(text), 200, encoding("deflate")),
  body("deflate without its head", (text) => deflateRawSync(text), 400, encoding("deflate")),
  body("deflate that is none", (text) => text, 400, encoding("deflate")),
  body("deflate to 100 MiB", () => deflateSync(zeros(100 * bytesMax)), 413, encoding("deflate")),
  body(
    "deflate with something after it",
    (text) => Buffer.concat([deflateSync(text), Buffer.from("trailing")]),
    200,
    encoding("deflate")
  ),
  body("br", (text) => brotliCompressSync(text), 200, encoding("br")),
  body("br that is none", (text) => text, 400, encoding("br")),
  body("br cut off", (text) => brotliCompressSync(text).subarray(0, -5), 400, encoding("br")),
  body(
    "br to 100 MiB",
    () => brotliCompressSync(zeros(100 * bytesMax), { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
    413,
    encoding("br")
  ),
  body("zstd", (text) => zstdCompressSync(text), 415, encoding("zstd")),
  body("compress", (text) => text, 415, encoding("compress")),
  body("an encoding of nobody's", (text) => text, 415, encoding("__proto__")),
  body("two encodings", (text) => deflateSync(text), 415, encoding("deflate, br")),
  body("identity", (text) => text, 200, encoding("identity")),
  body("no encoding by an empty header", (text) => text, 200, ["Content-Encoding:"])
]

const types: ReadonlyArray<RequestCase> = [
  "application/json",
  "APPLICATION/JSON; charset=UTF-8",
  "application/json; charset=klingon",
  "text/plain",
  "text/html",
  "application/xml",
  "application/octet-stream",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "multipart/form-data",
  "application/vnd.api+json",
  "junk",
  ";;;",
  ""
].map((type) => body(`content type “${type}”`, (text) => text, 200, [`Content-Type: ${type}`]))

export const bodies: ReadonlyArray<RequestCase> = [
  ...json,
  ...characters,
  ...encodings,
  ...types,
  body("two content types", (text) => text, 200, ["Content-Type: text/plain", "Content-Type: application/json"])
]
