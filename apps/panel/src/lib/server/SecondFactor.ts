import { createHash, randomBytes } from "node:crypto"
import { Secret, TOTP } from "otpauth"
import { renderSVG } from "uqr"

/**
 * Codes of an app, and codes for the day on which it is lost: what they look like. Who has which is the database's
 * (`SecondFactors`), how often somebody may guess is Auth.ts's.
 *
 * *Source*: RFC 6238 with its defaults, which every app knows: SHA-1, 6 digits, 30 seconds.
 */

/** *Units*: seconds. */
const period = 30

/** A clock may be wrong by so many periods, either way. */
const window = 1

/** Recovery codes that somebody gets at once. */
const codesCount = 10

const issuer = "Spoor"

const totpOf = (secret: string, label: string) =>
  new TOTP({ issuer, label, algorithm: "SHA1", digits: 6, period, secret: Secret.fromBase32(secret) })

/** 160 bits, as RFC 4226 recommends. *Shape*: Base32. */
export const makeSecret = (): string => new Secret({ size: 20 }).base32

/** The step whose code this is, now or nearly now; null when it is none. *Units*: `now` in UTC milliseconds. */
export const stepOf = (secret: string, code: string, now: number): number | null => {
  const token = code.replaceAll(/\s/g, "")
  if (!/^\d{6}$/.test(token)) return null
  const delta = totpOf(secret, "").validate({ token, window, timestamp: now })
  return delta === null ? null : Math.floor(now / 1000 / period) + delta
}

/** What an app scans, as a picture that needs no script and no foreign server. *Shape*: a data URL of an SVG. */
export const picture = (secret: string, email: string): string =>
  `data:image/svg+xml,${encodeURIComponent(renderSVG(totpOf(secret, email).toString(), { border: 2 }))}`

/** The secret as somebody types it who cannot scan. */
export const spelled = (secret: string): string => secret.replaceAll(/(.{4})(?=.)/g, "$1 ")

/** New recovery codes. *Shape*: 80 bits each, as four groups of lower-case Base32. */
export const makeCodes = (): ReadonlyArray<string> =>
  Array.from({ length: codesCount }, () =>
    new Secret({ buffer: new Uint8Array(randomBytes(10)).buffer }).base32
      .toLowerCase()
      .replaceAll(/(.{4})(?=.)/g, "$1-")
  )

/** What is kept of a recovery code, however it was typed. */
export const digestOfCode = (code: string): string =>
  createHash("sha256")
    .update(code.toLowerCase().replaceAll(/[^a-z2-7]/g, ""))
    .digest("hex")
