import { createHmac } from "node:crypto"

/** A call of a vendor, as it signs it. */
export interface Call {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** *Source*: https://www.twilio.com/docs/usage/security: the address and the fields in order, by HMAC-SHA1. */
export const twilio = (url: string, secret: string, fields: Readonly<Record<string, string>>): Call => {
  const signed = Object.keys(fields)
    .sort()
    .map((name) => `${name}${fields[name]}`)
    .join("")
  return {
    url,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-twilio-signature": createHmac("sha1", secret).update(`${url}${signed}`).digest("base64")
    },
    body: new URLSearchParams(fields).toString()
  }
}

/**
 * *Source*: sinch-sdk-node authorization.helper.ts at affb35e5: body, nonce and time, by HMAC-SHA256. *Units*: `at` in epoch milliseconds.
 */
export const sinch = (
  url: string,
  secret: string,
  fields: object,
  { at, nonce }: { readonly at: number; readonly nonce: string }
): Call => {
  const body = JSON.stringify(fields)
  const timestamp = String(Math.floor(at / 1_000))
  return {
    url,
    headers: {
      "content-type": "application/json",
      "x-sinch-webhook-signature": createHmac("sha256", secret)
        .update(`${body}.${nonce}.${timestamp}`)
        .digest("base64"),
      "x-sinch-webhook-signature-nonce": nonce,
      "x-sinch-webhook-signature-timestamp": timestamp
    },
    body
  }
}
