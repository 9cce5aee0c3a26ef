import { ByteSize, Effect, Result } from "effect"
import { HttpIncomingMessage, HttpServerRequest } from "effect/http"
import { promisify } from "node:util"
import { brotliDecompress, gunzip, inflate } from "node:zlib"

/** Why a body was not read. */
export type Unreadable = "too-large" | "unsupported-encoding" | "malformed"

/**
 * A request's body, inflated: by its content where the content shows it (a gzip that nobody named), else by its
 * `Content-Encoding`. The limit counts decoded bytes and is kept while inflating, whatever the ratio.
 *
 * *Source*: clients.md 7.2 and 7.7 have the clients that need this; RFC 9110, section 8.4.
 */
export const bytes = Effect.fnUntraced(function* (
  bytesMax: number
): Effect.fn.Return<Result.Result<Uint8Array, Unreadable>, never, HttpServerRequest.HttpServerRequest> {
  const request = yield* HttpServerRequest.HttpServerRequest
  // Nobody need wait for bytes that will be refused.
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) return Result.fail("too-large")
  const sent = yield* Effect.result(
    Effect.provideService(request.arrayBuffer, HttpIncomingMessage.MaxBodySize, ByteSize.bytes(bytesMax))
  )
  if (Result.isFailure(sent)) return Result.fail(isTooLarge(sent.failure) ? "too-large" : "malformed")
  const body = new Uint8Array(sent.success)
  const inflater = inflaterOf(body, (request.headers["content-encoding"] ?? "identity").trim().toLowerCase())
  if (inflater === "identity") return Result.succeed(body)
  if (inflater === "unknown") return Result.fail("unsupported-encoding")
  return yield* Effect.result(
    Effect.tryPromise({
      try: (): Promise<Uint8Array> => inflater(body, { maxOutputLength: bytesMax }),
      catch: (error): Unreadable => (error instanceof RangeError ? "too-large" : "malformed")
    })
  )
})

/** The same as text. Bytes that are no UTF-8 become U+FFFD, so that they spoil one field and not a batch. */
export const text = (bytesMax: number) =>
  Effect.map(
    bytes(bytesMax),
    Result.map((body) => utf8.decode(body))
  )

const utf8 = new TextDecoder()

const inflaters = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress)
}

const inflaterOf = (body: Uint8Array, encoding: string) => {
  if (body[0] === 0x1f && body[1] === 0x8b) return inflaters.gzip
  if (body.length === 0 || encoding === "identity" || encoding === "") return "identity"
  // A proxy that inflates and leaves the header: what says gzip and is none was inflated on its way.
  if (encoding === "gzip" || encoding === "x-gzip") return "identity"
  return encoding === "deflate" || encoding === "br" ? inflaters[encoding] : "unknown"
}

const isTooLarge = (error: { readonly reason: { readonly _tag: string; readonly reason?: unknown } }): boolean =>
  error.reason._tag === "RequestParseError" && error.reason.reason === "BodyTooLarge"
