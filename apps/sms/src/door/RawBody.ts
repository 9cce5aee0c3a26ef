import { SmsDoor } from "@spoor/contracts"
import { ByteSize, Effect, Result } from "effect"
import { HttpIncomingMessage, HttpServerRequest } from "effect/http"

/** Why a body was not read. */
export type Unreadable = "too-large" | "unsupported-encoding" | "malformed"

/** The bytes of a request as they came, because they may be signed. Nobody who reports packs them. */
export const read = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase()
  if (encoding !== "identity" && encoding !== "") return Result.fail<Unreadable>("unsupported-encoding")
  if (Number(request.headers["content-length"] ?? 0) > SmsDoor.bytesMax) return Result.fail<Unreadable>("too-large")
  const sent = yield* Effect.result(
    Effect.provideService(request.arrayBuffer, HttpIncomingMessage.MaxBodySize, ByteSize.bytes(SmsDoor.bytesMax))
  )
  if (Result.isFailure(sent)) return Result.fail<Unreadable>(isTooLarge(sent.failure) ? "too-large" : "malformed")
  return Result.succeed(new Uint8Array(sent.success))
})

export const messageOf: Record<Unreadable, string> = {
  "too-large": `A request may carry at most ${SmsDoor.bytesMax} bytes.`,
  "unsupported-encoding": "The body may not be packed: it is taken as it is signed.",
  malformed: "The request's body could not be read."
}

const isTooLarge = (error: { readonly reason: { readonly _tag: string; readonly reason?: unknown } }): boolean =>
  error.reason._tag === "RequestParseError" && error.reason.reason === "BodyTooLarge"
