import { createHash, createHmac, timingSafeEqual } from "node:crypto"

/** Compares in a time that tells nothing of either text, not even their lengths. */
export const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(createHash("sha256").update(one).digest(), createHash("sha256").update(other).digest())

export const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex")

/** A keyed digest of these pieces, one after the other. */
export const hmac = (
  algorithm: "md5" | "sha1" | "sha256" | "sha384" | "sha512",
  secret: string,
  encoding: "hex" | "base64" | "base64url",
  ...pieces: ReadonlyArray<string | Uint8Array>
): string => {
  const mac = createHmac(algorithm, secret)
  for (const piece of pieces) mac.update(piece)
  return mac.digest(encoding)
}
