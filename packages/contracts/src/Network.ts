import { BlockList, isIP, isIPv6 } from "node:net"

/**
 * IPv4 that is not the public internet's.
 *
 * *Source*: IANA IPv4 Special-Purpose Address Registry, entries that are not globally reachable, and multicast.
 */
const special4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4"
]

/** IPv6 that is assigned to the public internet; everything else is loopback, local, mapped IPv4, multicast or nobody's. */
const global6 = ["2000::/3"]

/**
 * Parts of it that are not: protocol assignments (Teredo among them), documentation, and 6to4, which carries any IPv4.
 *
 * *Source*: IANA IPv6 Special-Purpose Address Registry.
 */
const special6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]

/** Networks of one or both families, to ask whether an address is in one of them. */
export type Networks = BlockList

/** *Shape*: networks in CIDR notation. Null where one of them is none. */
export const parse = (networks: ReadonlyArray<string>): Networks | null => {
  const list = new BlockList()
  for (const network of networks) {
    const [address = "", prefix = "", ...rest] = network.split("/")
    const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Infinity
    const family = isIP(address)
    if (rest.length > 0 || family === 0 || bits > (family === 4 ? 32 : 128)) return null
    list.addSubnet(address, bits, family === 4 ? "ipv4" : "ipv6")
  }
  return list
}

const everywhere = parse(["0.0.0.0/0", "::/0"])!
const [internal4, public6, internal6] = [parse(special4)!, parse(global6)!, parse(special6)!]

/** Whether an address is in one of these networks; IPv4 in IPv6's clothes is judged as IPv4. */
export const contain = (networks: Networks, address: string): boolean =>
  networks.check(address, isIPv6(address) ? "ipv6" : "ipv4")

/** Whether an address is one of the public internet. *Shape*: an IP address without a zone. */
export const isPublic = (address: string): boolean =>
  isIPv6(address)
    ? contain(public6, address) && !contain(internal6, address)
    : isIP(address) === 4 && !contain(internal4, address)

/** What `SPOOR_WEBHOOK_ALLOW_PRIVATE` says: nothing, `true` for all, or networks separated by commas; null for anything else. */
export const parseAllowed = (setting: string): Networks | null => {
  const text = setting.trim()
  if (text === "true") return everywhere
  return parse(text === "" || text === "false" ? [] : text.split(",").map((network) => network.trim()))
}

/** Why nothing is sent to an address. *Shape*: `at` is the address inside that its name leads to. */
export type Refusal = { readonly reason: "inside"; readonly at: string } | { readonly reason: "unencrypted" }

/**
 * Whether a URL may be posted to, by all addresses that its name has; null when it may.
 *
 * One address that leads inside is enough: whoever mixes them with others is up to something. *Source*: ADR 0028.
 */
export const refusalOf = (url: URL, addresses: ReadonlyArray<string>, allowed: Networks): Refusal | null => {
  const foreign = addresses.map((address) => address.replace(/%.*$/, "")).filter((a) => !contain(allowed, a))
  const at = foreign.find((address) => !isPublic(address))
  if (at !== undefined) return { reason: "inside", at }
  return url.protocol === "https:" || foreign.length === 0 ? null : { reason: "unencrypted" }
}

/** A URL's host without the brackets of IPv6; an address is in its usual form already, in whatever notation it was written. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "")
