import { mark } from "#lib/value/Masked.ts"

/** What stands for each kind of personal value. Always the same, so that two rows cannot be told to be of one person. */
const stands = { email: `${mark}@${mark}`, phone: `+${mark}`, any: mark }

/** Fields that are personal whatever they hold. */
const byName: Readonly<Record<string, string>> = {
  email: stands.email,
  emails: stands.email,
  visitorEmail: stands.email,
  userEmail: stands.email,
  ownerEmail: stands.email,
  phone: stands.phone,
  phones: stands.phone,
  rawPhone: stands.any,
  payload: stands.any,
  ip: stands.any,
  apiKey: stands.any
}

/** Names of programs have versions that look like addresses: "Chrome/120.0.0.0". */
const ofPrograms = new Set(["userAgent", "device"])

/**
 * A value as an analyst sees it: no e-mail, phone, IP or key, wherever in it they stand, also inside of addresses and texts.
 *
 * The one place where that is decided, applied to whatever leaves the server for an analyst (`Rights.seenBy`).
 *
 * *Shape*: as before, with texts replaced; what is promised is masked when it comes. Numbers, times and IDs stay.
 */
export const mask = <A>(value: A): A => masked(value, "") as A

const masked = (value: unknown, name: string): unknown => {
  if (typeof value === "string") return byName[name] ?? scrub(value, name)
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) {
    const parts = value.map((part: unknown) => masked(part, name))
    // Values that became the same are one.
    return name in byName ? [...new Set(parts)] : parts
  }
  if (value instanceof Promise) return value.then((kept: unknown) => masked(kept, name))
  if (name === "apiKey") return { name: mark, prefix: mark }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, masked(part, key)]))
}

const email = /[^\s"'<>(),;:/?&=#[\]]{1,320}(?:@|%40)[^\s"'<>(),;:/?&=#[\]@]{1,253}/giu
const phone = /(?:\+|%2B)(?:[\s().-]?\d){7,15}/gi
const key = /\b(?:ak|sk|wk)_[\w-]{4,}/g
const ipv4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g
const ipv6 =
  /(?<![\w:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|(?:[0-9a-f]{1,4}:){1,7}:|:(?::[0-9a-f]{1,4}){1,7})(?![\w:])/gi

/** What a gateway says of a message may name its number as it likes. */
const digits = /\d(?:[\s().-]?\d){6,14}/g

/** A text without what is personal in it. */
const scrub = (text: string, name: string): string => {
  let kept = text
  if (kept.includes("@") || kept.includes("%40")) kept = kept.replace(email, stands.email)
  if (kept.includes("+") || /%2b/i.test(kept)) kept = kept.replace(phone, stands.phone)
  if (kept.includes("k_")) kept = kept.replace(key, mark)
  if (name === "text") kept = kept.replace(digits, mark)
  if (ofPrograms.has(name)) return kept
  if (kept.includes(".")) kept = kept.replace(ipv4, mark)
  return kept.includes(":") ? kept.replace(ipv6, mark) : kept
}
