import { Duration } from "effect"
import * as net from "node:net"

/**
 * postgres.js' undocumented `socket` option, with a socket that has TCP_NODELAY set.
 *
 * Without it the last packet of every short COPY waits some 40 ms for a delayed acknowledgement (measured: 34,000 against
 * 145,000 rows per second in COPYs of 1,000 rows). Several hosts and Unix sockets are left to postgres.js, which knows how
 * to choose among the former and never delays on the latter.
 */
export const noDelaySocket = (url: string, timeout: Duration.Duration) => {
  const address = addressOf(url)
  return address === undefined ? {} : { socket: () => connect(address, Duration.toMillis(timeout)) }
}

interface Address {
  readonly host: string
  readonly port: number
}

const addressOf = (url: string): Address | undefined => {
  if (!URL.canParse(url)) return undefined
  const { hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, "")
  return host === "" || /[,/%]/.test(host) ? undefined : { host, port: Number(port === "" ? 5432 : port) }
}

/** postgres.js starts its own timer only once it has the socket, so connecting needs one here. */
const connect = (address: Address, timeoutMs: number): Promise<net.Socket> =>
  new Promise((resolve, reject) => {
    const socket = net.connect({ ...address, noDelay: true })
    const timer = setTimeout(() => socket.destroy(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs)
    socket.once("error", reject)
    socket.once("close", () => clearTimeout(timer))
    socket.once("connect", () => {
      clearTimeout(timer)
      socket.off("error", reject)
      // TLS takes the server's name from here (as postgres.js notes it on sockets of its own).
      resolve(Object.assign(socket, { host: address.host, port: address.port }))
    })
  })
