import { Option, Result } from "effect"
import { IpNetwork, NetAddress } from "effect/net"

/** A network as CIDR, or one address; null when it is neither. */
export const parse = (text: string): IpNetwork.IpNetwork | null => {
  const whole = text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`
  return Option.getOrNull(Result.getSuccess(IpNetwork.fromString(whole)))
}

/** Networks with commas between them; null when one of them is none. */
export const parseList = (text: string): ReadonlyArray<IpNetwork.IpNetwork> | null => {
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
  const networks = parts.flatMap((part) => parse(part) ?? [])
  return networks.length === parts.length ? networks : null
}

/** Whether an address, as sockets write it, is in one of the networks. */
export const contain = (networks: ReadonlyArray<IpNetwork.IpNetwork>, address: string): boolean => {
  const read = Option.getOrNull(Result.getSuccess(NetAddress.ipFromString(address.replace(/%.*$/, ""))))
  if (read === null) return false
  const plain = NetAddress.isIpv6Address(read) ? Option.getOrElse(NetAddress.fromIpv4Mapped(read), () => read) : read
  return networks.some((network) => IpNetwork.contains(network, plain))
}
