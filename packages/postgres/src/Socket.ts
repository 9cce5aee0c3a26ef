import * as net from "node:net"

/**
 * postgres.js' undocumented `socket` option, with a socket that has TCP_NODELAY set.
 *
 * Without it the last packet of every short COPY waits some 40 ms for a delayed acknowledgement (measured: 34,000 against
 * 145,000 rows per second in COPYs of 1,000 rows). Several hosts and Unix sockets are left to postgres.js, which knows how
 * to choose among the former and never delays on the latter.
 */
export const noDelaySocket = (url: string) => {
  const address = addressOf(url)
  return address === undefined ? {} : { socket: () => connect(address) }
}

/**
 * The socket is handed over before it is connected, so that a failure reaches postgres.js as the socket's own error. One
 * that it hears of from here instead leaves a connection of the pool that nobody will ever get again.
 *
 * *Shape*: TLS takes the server's name from `host`, as postgres.js notes it on sockets of its own.
 */
const connect = (address: Address): net.Socket => Object.assign(net.connect({ ...address, noDelay: true }), address)

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
