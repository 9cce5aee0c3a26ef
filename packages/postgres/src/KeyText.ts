import { createHash, randomBytes } from "node:crypto"

/** What a key begins with says what it is for. */
const beginnings = { browser: "wk", server: "sk", api: "ak" }

/** 32 letters of 6 bits each. */
const bytes = 24

/** The part of a key that may be shown: enough to tell it from others, not enough to guess it. */
const shownLength = 9

/** A new key. *Shape*: `wk_`, `sk_` or `ak_` and 32 letters that need no escaping anywhere. */
export const make = (kind: keyof typeof beginnings): string =>
  `${beginnings[kind]}_${randomBytes(bytes).toString("base64url")}`

/** What is kept of every key. *Shape*: in hex. */
export const sha256 = (key: string): string => createHash("sha256").update(key).digest("hex")

/** What a webhook's messages are signed with. *Shape*: `whsec_` and 32 bytes in Base64. *Source*: Standard Webhooks 1.0.0: 24 to 64. */
export const makeSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`

/** A password that nobody guesses, to be handed over and changed. *Shape*: 20 letters of 6 bits each. */
export const makePassword = (): string => randomBytes(15).toString("base64url")

export const prefixOf = (key: string): string => key.slice(0, shownLength)
