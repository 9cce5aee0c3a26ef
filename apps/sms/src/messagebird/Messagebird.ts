import type { Plugin } from "../gateway/Plugin.ts"
import { mapping } from "../gateway/Mapping.ts"
import * as Digest from "../proof/Digest.ts"
import * as Jwt from "../proof/Jwt.ts"

/** How far the vendor's clock may be from ours, as its own library has it. *Units*: milliseconds. */
const skew = 5_000

/**
 * MessageBird: a GET under a token that names the digests of address and body. The sender is not told.
 *
 * *Source*: nyaruka/courier handlers/messagebird/handler.go at 350e9350; messagebird-nodejs lib/webhook-signature-jwt.js at 2d8b7de1.
 */
export const messagebird: Plugin = {
  mapping: mapping({
    kind: "messagebird",
    methods: ["GET"],
    map: {
      messageId: ["id"],
      ref: ["reference"],
      phone: ["recipient"],
      sender: ["originator"],
      status: ["status"],
      reason: ["statusErrorCode"],
      text: ["statusReason"],
      at: ["statusDatetime"]
    },
    key: ["id", "recipient", "status"]
  }),
  verify: ({ body, headers, url }, secret, now) => {
    const token = headers["messagebird-signature-jwt"]
    if (token === undefined) return { _tag: "missing" }
    const claims = Jwt.open(token, secret)
    const { exp, iat, iss, jti, nbf, payload_hash, url_hash } = claims ?? {}
    if (iss !== "MessageBird" || jti === undefined || url_hash === undefined) return { _tag: "wrong" }
    const isAddressed = Digest.isSame(url_hash.toLowerCase(), Digest.sha256(url))
    const isWhole =
      payload_hash === undefined ? body.length === 0 : Digest.isSame(payload_hash.toLowerCase(), Digest.sha256(body))
    if (!isAddressed || !isWhole) return { _tag: "wrong" }
    const isNow = (exp === undefined || exp * 1_000 > now - skew) && (nbf === undefined || nbf * 1_000 <= now + skew)
    // What is out of its own time counts as signed long ago.
    return { _tag: "valid", nonce: jti, signedAt: isNow ? (iat === undefined ? null : iat * 1_000) : 0 }
  }
}

/**
 * Bird, MessageBird's successor: JSON, signed over time, address and the body's digest.
 *
 * *Source*: https://docs.bird.com/api/notifications-api/api-reference/webhooks/verifying-a-webhook, read 2026-11-23.
 */
export const bird: Plugin = {
  mapping: mapping({
    kind: "bird",
    methods: ["POST"],
    map: {
      messageId: ["payload.id", "id"],
      ref: ["payload.reference", "reference"],
      phone: ["payload.receiver.contacts.0.identifierValue", "receiver.contacts.0.identifierValue"],
      sender: ["payload.sender.connector.identifierValue", "sender.connector.identifierValue"],
      status: ["payload.status", "status"],
      reason: ["payload.failure.source.code", "failure.source.code", "payload.failure.code", "failure.code"],
      text: ["payload.failure.description", "failure.description", "payload.reason", "reason"],
      at: ["payload.updatedAt", "updatedAt"]
    },
    outcome: {
      accepted: "intermediate",
      processing: "intermediate",
      sent: "intermediate",
      delivered: "delivered",
      read: "delivered",
      rejected: "failed",
      sending_failed: "failed",
      delivery_failed: "failed"
    },
    key: ["payload.id", "id", "payload.status", "status"]
  }),
  verify: ({ body, headers, url }, secret) => {
    const signature = headers["messagebird-signature"]
    const timestamp = headers["messagebird-request-timestamp"]
    if (signature === undefined || timestamp === undefined) return { _tag: "missing" }
    const digest = Buffer.from(Digest.sha256(body), "hex")
    const expected = Digest.hmac("sha256", secret, "base64", `${timestamp}\n${url}\n`, digest)
    const signedAt = Number(timestamp) * 1_000
    if (!Digest.isSame(expected, signature) || !Number.isFinite(signedAt)) return { _tag: "wrong" }
    return { _tag: "valid", nonce: signature, signedAt }
  }
}
