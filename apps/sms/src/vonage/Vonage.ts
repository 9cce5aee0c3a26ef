import { createHash } from "node:crypto"
import type { Plugin, Proof, RawRequest } from "../gateway/Plugin.ts"
import { mapping } from "../gateway/Mapping.ts"
import * as Digest from "../proof/Digest.ts"
import * as Body from "../report/Body.ts"
import * as Jwt from "../proof/Jwt.ts"

/**
 * Vonage's SMS API: a GET, a form or JSON, as the account is set; signed only on request. By which method is the account's setting, and shows in
 * the length of the signature.
 *
 * *Source*: Nexmo/nexmo-developer delivery-receipts.md and signing-messages.md at 4da2b396.
 */
export const vonage: Plugin = {
  mapping: mapping({
    kind: "vonage",
    methods: ["GET", "POST"],
    map: {
      messageId: ["messageId"],
      ref: ["client-ref"],
      phone: ["msisdn"],
      sender: ["to"],
      status: ["status"],
      reason: ["err-code"],
      at: ["scts"]
    },
    time: "receipt",
    key: ["messageId", "status", "err-code"],
    drop: ["api-key"]
  }),
  verify: (request, secret) => {
    const fields = Object.entries(Body.flatFields(request)).filter(([, value]) => typeof value !== "object")
    const said = new Map(fields.map(([name, value]) => [name, String(value)]))
    const signature = said.get("sig")
    if (signature === undefined) return { _tag: "missing" }
    said.delete("sig")
    const text = [...said]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => `&${name}=${value.replaceAll(/[&=]/gu, "_")}`)
      .join("")
    const isValid = digestsOf(text, secret)
      .map((digest) => Digest.isSame(digest, signature.toLowerCase()))
      .includes(true)
    const signedAt = Number(said.get("timestamp")) * 1_000
    if (!isValid || !Number.isFinite(signedAt)) return { _tag: "wrong" }
    return { _tag: "valid", nonce: signature, signedAt }
  }
}

const digestsOf = (text: string, secret: string): ReadonlyArray<string> => [
  createHash("md5").update(`${text}${secret}`).digest("hex"),
  ...(["md5", "sha1", "sha256", "sha512"] as const).map((algorithm) => Digest.hmac(algorithm, secret, "hex", text))
]

/**
 * Vonage's Messages API: JSON under a token that names its digest. Vonage says that a call may come unsigned by a fault of its own: it is asked
 * to send that again.
 *
 * *Source*: Nexmo/nexmo-developer messages/concepts/signed-webhooks.md at 4da2b396.
 */
export const vonageMessages: Plugin = {
  mapping: mapping({
    kind: "vonage",
    methods: ["POST"],
    map: {
      messageId: ["message_uuid"],
      ref: ["client_ref"],
      phone: ["to.number", "to"],
      sender: ["from.number", "from"],
      status: ["status"],
      reason: ["error.title", "error.code"],
      text: ["error.detail", "error.reason"],
      at: ["timestamp"]
    },
    key: ["message_uuid", "status", "error.title", "error.code"]
  }),
  verify: (request, secret) => verifyToken(request, secret),
  unsignedStatus: 503
}

const verifyToken = ({ body, headers }: RawRequest, secret: string): Proof => {
  const token = /^Bearer +(\S+)$/iu.exec(headers["authorization"] ?? "")?.[1]
  if (token === undefined) return { _tag: "missing" }
  const claims = Jwt.open(token, secret)
  if (claims?.iat === undefined || claims.payload_hash === undefined) return { _tag: "wrong" }
  if (!Digest.isSame(claims.payload_hash.toLowerCase(), Digest.sha256(body))) return { _tag: "wrong" }
  return { _tag: "valid", nonce: claims.jti ?? token, signedAt: claims.iat * 1_000 }
}
