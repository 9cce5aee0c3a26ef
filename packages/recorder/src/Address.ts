/**
 * The address that a request came from.
 *
 * *Shape*: `peer` is the other end of the connection; `forwardedFor` the header X-Forwarded-For; `hops` how many proxies of one's
 * own stand before the service. Each of them adds the address that it was asked from at the right, so as many from the right are to be
 * believed, and what stands before them is whatever the client wrote.
 */
export const clientOf = (
  peer: string | undefined,
  forwardedFor: string | undefined,
  hops: number
): string | undefined => {
  const own = peer === undefined ? undefined : normalise(peer)
  if (hops <= 0 || forwardedFor === undefined || forwardedFor === "") return own
  const chain = forwardedFor.split(",")
  return normalise(chain[Math.max(chain.length - hops, 0)] ?? "") ?? own
}

const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)"
const v4 = new RegExp(`^(?:::ffff:)?((?:${octet}\\.){3}${octet})(?::\\d+)?$`, "i")
const v6 = /^(?:\[([0-9a-f:.]{2,45})\](?::\d+)?|([0-9a-f:.]{2,45})(?:%.*)?)$/i

/** Without port, zone and brackets; an IPv4 address in IPv6's clothes as what it is. Undefined where it is no address. */
const normalise = (text: string): string | undefined => {
  const address = text.trim()
  const [, plain] = v4.exec(address) ?? []
  if (plain !== undefined) return plain
  const [, inBrackets, bare = inBrackets] = v6.exec(address) ?? []
  if (bare === undefined || !URL.canParse(`http://[${bare}]`)) return undefined
  return new URL(`http://[${bare}]`).hostname.slice(1, -1)
}
