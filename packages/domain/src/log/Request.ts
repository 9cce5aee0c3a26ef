import { Schema } from "effect"
import { text } from "../session/Ids.ts"

/** A request's method, upper-cased. *Source*: RFC 9110, section 9.1 (any token is a method). */
export const Method = Schema.String.check(Schema.isPattern(/^[A-Z0-9!#$%&'*+.^_`|~-]{1,32}$/u)).pipe(
  Schema.brand("Method")
)
export type Method = typeof Method.Type

const octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
const v4 = `(?:${octet}\\.){3}${octet}`
const group = "[0-9a-f]{1,4}"
const v6 = [
  `(?:${group}:){7}${group}`,
  ...[1, 2, 3, 4, 5, 6, 7].map((left) => `(?:${group}:){${left}}(?::${group}){1,${8 - left}}`),
  `(?:${group}:){1,7}:`,
  `:(?::${group}){1,7}`,
  "::",
  `::ffff:${v4}`
].join("|")

/** IPv4 with dots, or IPv6 in lower case; without a zone and without a prefix length. */
export const Ip = Schema.String.check(Schema.isPattern(new RegExp(`^(?:${v4}|${v6})$`, "u"))).pipe(Schema.brand("Ip"))
export type Ip = typeof Ip.Type

/** What followed a request through all systems. */
export const RequestId = text(128).check(Schema.isMinLength(1)).pipe(Schema.brand("RequestId"))
export type RequestId = typeof RequestId.Type

/** An address or the part of one that was kept. */
export const Url = text(2_048)

/** How long a request took. *Units*: milliseconds, up to a day. */
export const ProcessingTime = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 86_400_000 }))

export const UserAgent = text(1_024)
