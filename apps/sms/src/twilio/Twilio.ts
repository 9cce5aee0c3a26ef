import { parse, stringify } from "node:querystring"
import type { Plugin, RawRequest } from "../gateway/Plugin.ts"
import { mapping } from "../gateway/Mapping.ts"
import * as Digest from "../proof/Digest.ts"

/**
 * Twilio: a form, signed over the address and its fields. No time is signed: that a report comes again is seen by what it says.
 *
 * *Source*: https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks and
 * https://www.twilio.com/docs/usage/security, read 2026-11-23; npm twilio 6.3.1, webhooks.
 */
export const twilio: Plugin = {
  mapping: mapping({
    kind: "twilio",
    methods: ["GET", "POST"],
    map: {
      messageId: ["MessageSid", "SmsSid"],
      phone: ["To"],
      sender: ["From", "MessagingServiceSid"],
      status: ["MessageStatus", "SmsStatus"],
      reason: ["ErrorCode"],
      text: ["ErrorMessage"],
      at: ["RawDlrDoneDate"]
    },
    time: "receipt",
    key: ["MessageSid", "MessageStatus", "ErrorCode"]
  }),
  verify: (request, secret) => {
    const signature = request.headers["x-twilio-signature"]
    if (signature === undefined) return { _tag: "missing" }
    const algorithm = algorithmOf(request.headers["x-twilio-webhooks-signature-settings"] ?? "")
    if (algorithm === null || !isBodyProved(request)) return { _tag: "wrong" }
    const fields = signedFields(request)
    const isValid = addressesOf(request.url)
      .map((url) => Digest.isSame(Digest.hmac(algorithm, secret, "base64", url, fields), signature))
      .includes(true)
    return isValid ? { _tag: "valid", nonce: signature, signedAt: null } : { _tag: "wrong" }
  }
}

const algorithmOf = (settings: string): "sha1" | "sha256" | null => {
  const named = /(?:^|,)\s*algorithm=\s*(\w+)/u.exec(settings)?.[1]?.toUpperCase() ?? "HMAC_SHA1"
  return named === "HMAC_SHA1" ? "sha1" : named === "HMAC_SHA256" ? "sha256" : null
}

const isForm = ({ headers }: RawRequest): boolean =>
  (headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded")

/** A body that is no form is not among the signed fields: its digest stands in the address. */
const isBodyProved = (request: RawRequest): boolean => {
  if (request.body.length === 0 || isForm(request)) return true
  const digest = new URLSearchParams(request.query).get("bodySHA256")
  return digest !== null && Digest.isSame(digest, Digest.sha256(request.body))
}

/** Names in order, each with its values, in order and each once. */
const signedFields = (request: RawRequest): string => {
  if (!isForm(request)) return ""
  const form = new URLSearchParams(Buffer.from(request.body).toString("utf8"))
  const names = [...new Set(form.keys())].toSorted((one, other) => (one < other ? -1 : 1))
  return names.flatMap((name) => [...new Set(form.getAll(name))].toSorted().map((value) => `${name}${value}`)).join("")
}

/** The address as it may have been signed: with its port and without, and as older clients wrote it. */
const addressesOf = (url: string): ReadonlyArray<string> => {
  const normal = new URL(url).toString()
  return [url, normal, legacy(normal)].flatMap((one) => [withoutPort(one), withPort(one)])
}

const authority = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*?)(:\d+)?(?=[/?#]|$)/iu

const withoutPort = (url: string): string => url.replace(authority, "$1")

const withPort = (url: string): string =>
  url.replace(
    authority,
    (_, address: string, port: string | undefined) =>
      `${address}${port ?? (address.toLowerCase().startsWith("https:") ? ":443" : ":80")}`
  )

const legacy = (url: string): string => {
  const start = url.indexOf("?")
  return start < 0 ? url : `${url.slice(0, start)}?${stringify(parse(url.slice(start + 1)))}`
}
