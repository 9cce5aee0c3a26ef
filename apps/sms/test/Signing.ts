import { verifySignature } from "@vonage/jwt"
import { createHash, createHmac, createSecretKey } from "node:crypto"
import { createRequire } from "node:module"
import { join } from "node:path"
import twilio from "twilio"
import { publicUrl, secret, type Sent } from "./Doors.ts"

/** Requests as vendors sign them; each is held against the vendor's own library, where there is one. */

const require = createRequire(import.meta.url)
const messagebird: {
  readonly verify: (url: string, body: Buffer, jwt: string, key: unknown) => Promise<boolean>
} = require("messagebird/lib/webhook-signature-jwt")

// The package as a whole asks for another one that it does not bring.
const sinch: {
  readonly validateWebhookSignature: (secret: string, headers: object, body: string) => boolean
} = require(join(import.meta.dirname, "../../../node_modules/@sinch/sdk-client/dist/utils/authorization.helper.js"))

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")

const tokenOf = (claims: object, key: string): string => {
  const head = `${base64url({ typ: "JWT", alg: "HS256" })}.${base64url(claims)}`
  return `${head}.${createHmac("sha256", key).update(head).digest("base64url")}`
}

export interface Signing {
  readonly path: string
  readonly body: string
  /** *Units*: UTC milliseconds. */
  readonly at: number
  readonly nonce: string
  readonly key?: string
}

const formType = "application/x-www-form-urlencoded"

const check = (isRight: boolean): void => {
  if (!isRight) throw new Error("The vendor's library does not take this request.")
}

export const twilioForm = ({ body, key = secret, path }: Signing): Sent => {
  const url = `${publicUrl}${path}`
  const fields = Object.fromEntries(new URLSearchParams(body))
  const signature = twilio.getExpectedTwilioSignature(key, url, fields)
  check(twilio.validateRequest(key, signature, url, fields))
  return { method: "POST", path, body, headers: { "content-type": formType, "x-twilio-signature": signature } }
}

export const sinchJson = ({ at, body, key = secret, nonce, path }: Signing): Sent => {
  const timestamp = String(Math.floor(at / 1_000))
  const headers = {
    "content-type": "application/json",
    "x-sinch-webhook-signature": createHmac("sha256", key).update(`${body}.${nonce}.${timestamp}`).digest("base64"),
    "x-sinch-webhook-signature-nonce": nonce,
    "x-sinch-webhook-signature-timestamp": timestamp,
    "x-sinch-webhook-signature-algorithm": "HmacSHA256"
  }
  check(sinch.validateWebhookSignature(key, headers, body))
  return { method: "POST", path, body, headers }
}

export const vonageToken = ({ at, body, key = secret, nonce, path }: Signing): Sent => {
  const iat = Math.floor(at / 1_000)
  const token = tokenOf({ iat, jti: nonce, iss: "Vonage", payload_hash: sha256(body), api_key: "a1b2c3d" }, key)
  check(verifySignature(token, key))
  return {
    method: "POST",
    path,
    body,
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` }
  }
}

/** *Shape*: the body is the query. By the method `SHA-256 HMAC` of Vonage's documentation. */
export const vonageQuery = ({ at, body, key = secret, path }: Signing): Sent => {
  const fields: ReadonlyArray<[string, string]> = [
    ...new URLSearchParams(body),
    ["timestamp", String(Math.floor(at / 1_000))]
  ]
  const text = fields
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `&${name}=${value.replaceAll(/[&=]/g, "_")}`)
    .join("")
  const sig = createHmac("sha256", key).update(text).digest("hex")
  const query = new URLSearchParams([...fields, ["sig", sig]])
  return { method: "GET", path: `${path}?${query}` }
}

/** *Shape*: the body is the query. Its library can only verify, and by today's clock alone. */
export const messagebirdQuery = async ({ at, body, key = secret, nonce, path }: Signing): Promise<Sent> => {
  const whole = `${path}?${body}`
  const nbf = Math.floor(at / 1_000)
  const claims = {
    iss: "MessageBird",
    iat: nbf,
    nbf,
    exp: nbf + 60,
    jti: nonce,
    url_hash: sha256(`${publicUrl}${whole}`)
  }
  const token = tokenOf(claims, key)
  if (Math.abs(at - Date.now()) < 30_000) {
    check(await messagebird.verify(`${publicUrl}${whole}`, Buffer.alloc(0), token, createSecretKey(Buffer.from(key))))
  }
  return { method: "GET", path: whole, headers: { "messagebird-signature-jwt": token } }
}

export const birdJson = ({ at, body, key = secret, path }: Signing): Sent => {
  const timestamp = String(Math.floor(at / 1_000))
  const digest = createHash("sha256").update(body).digest()
  const text = Buffer.concat([Buffer.from(`${timestamp}\n${publicUrl}${path}\n`), digest])
  const headers = {
    "content-type": "application/json",
    "messagebird-signature": createHmac("sha256", key).update(text).digest("base64"),
    "messagebird-request-timestamp": timestamp
  }
  return { method: "POST", path, body, headers }
}
