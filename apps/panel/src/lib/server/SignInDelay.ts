import type { Subject } from "@spoor/postgres"
import { createHash } from "node:crypto"
import { isIPv6 } from "node:net"

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** Failures that cost nothing: people mistype. */
export const freeFailures = 5

/** The wait doubles with every failure after the free ones, up to a limit: never a lock for ever (ASVS V6.3.1). */
const doubling = (limit: number) => (failures: number) =>
  failures < freeFailures ? 0 : Math.min(limit, SECOND * 2 ** (failures - freeFailures))

/** A stranger can slow an account's owner down, so here the limit is low. *Shape*: `email` already normalised. */
export const accountSubject = (email: string): Subject => ({
  name: `account:${createHash("sha256").update(email).digest("hex")}`,
  delay: doubling(MINUTE)
})

/** Only somebody who has the password can guess codes, so nobody else is slowed down. */
export const codeSubject = (userId: string): Subject => ({ name: `code:${userId}`, delay: doubling(15 * MINUTE) })

/** Whoever guesses from one address harms only themselves. */
export const addressSubject = (address: string): Subject => ({
  name: `address:${networkOf(address)}`,
  delay: doubling(15 * MINUTE)
})

/** One customer of a provider holds a whole IPv6 /64, so that is one address here. */
const networkOf = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped !== null) return mapped[1]!
  if (!isIPv6(address)) return address
  const [head = "", tail = ""] = address.toLowerCase().split("%", 1)[0]!.split("::")
  const left = head === "" ? [] : head.split(":")
  const right = tail === "" ? [] : tail.split(":")
  const gap = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0")
  return [...left, ...gap, ...right].slice(0, 4).join(":")
}
