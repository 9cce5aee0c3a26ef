import type { NodeConnectionOptions } from "@nats-io/transport-node"

type Address = Pick<NodeConnectionOptions, "servers" | "user" | "pass" | "token" | "tls">

/**
 * What a NATS address says: servers after commas, credentials and TLS by the first of them.
 *
 * Throws an error that names what is wrong and repeats no secret.
 */
export const parse = (url: string): Address => {
  const [first, ...others] = url.split(",").map(parseServer)
  if (first === undefined) throw new Error("NATS_URL names no server.")
  const [user, pass] = [decodeURIComponent(first.username), decodeURIComponent(first.password)]
  return {
    servers: [first, ...others].map(({ host }) => host),
    // A name without a password is a token, as in every NATS client.
    ...(pass !== "" ? { user, pass } : user !== "" ? { token: user } : {}),
    ...(first.protocol === "tls:" ? { tls: {} } : {})
  }
}

const parseServer = (server: string): URL => {
  const text = server.trim()
  const url = URL.parse(text.includes("://") ? text : `nats://${text}`)
  if (url === null || url.host === "" || !["nats:", "tls:"].includes(url.protocol)) {
    throw new Error("NATS_URL must be nats://host:port or tls://host:port, more of them after commas.")
  }
  return url
}
