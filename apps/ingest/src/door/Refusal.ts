import { ActivityDoor } from "@spoor/contracts"
import * as Log from "@spoor/contracts/log"
import type { QueueUnavailable } from "@spoor/queue"
import { Effect } from "effect"
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

const say = Log.nowAndThen("The queue does not take what the doors are sent; senders are asked to send it again")

/** Says now and then that something was not kept, and why; of a queue that is full nothing but that. */
export const sayUnkept = (error: QueueUnavailable) =>
  say({ reason: error.reason }, ...(error.reason === "full" ? [] : [error]))

export const refuseUnkept = (error: QueueUnavailable, requestId: string) =>
  Effect.as(
    sayUnkept(error),
    refuse("unavailable", "Not kept; please send the same items again in a few seconds.", requestId)
  )
