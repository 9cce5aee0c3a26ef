import { ActivityDoor } from "@spoor/contracts"
import { HttpServerResponse } from "effect/http"
import type { Unreadable } from "./Body.ts"

/** The answer to a request that was refused as a whole: the client reads why, and nothing was kept. */
export const refuse = (error: ActivityDoor.Refusal["error"], message: string, requestId: string) =>
  HttpServerResponse.jsonUnsafe({ success: false, error, message, requestId } satisfies ActivityDoor.Refusal, {
    status: ActivityDoor.statusOf[error],
    headers: { "x-request-id": requestId, ...(error === "unavailable" && { "retry-after": "2" }) }
  })

export const refuseBody = (error: Unreadable, bytesMax: number, requestId: string) =>
  refuse(
    error,
    {
      "too-large": `A request may carry at most ${bytesMax} bytes, decoded.`,
      "unsupported-encoding": "The body may be encoded as gzip, deflate or br, or not at all.",
      malformed: "The request's body could not be read."
    }[error],
    requestId
  )

export const refuseKey = (requestId: string) =>
  refuse("unauthorized", "The write key is missing, not known or revoked.", requestId)

export const refuseUnkept = (requestId: string) =>
  refuse("unavailable", "Not kept; please send the same items again in a few seconds.", requestId)
