import { connect } from "node:net"

/** Bytes to be sent; a number is a pause in milliseconds. */
export type Piece = string | Uint8Array | number

/** What came back, answer by answer, until the server closed the connection or was quiet for two seconds. */
export interface Exchange {
  readonly text: string
  readonly statuses: ReadonlyArray<number>
}

/** Sends bytes as they are. *Shape*: `end` says how our side ends: it waits for the server, or hangs up halfway. */
export const exchange = async (
  origin: string,
  pieces: ReadonlyArray<Piece>,
  end: "wait" | "finish" | "reset" = "wait",
  quietMax = 2_000
): Promise<Exchange> => {
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname).setNoDelay(true)
  const received: Array<Buffer> = []
  const closed = new Promise<void>((resolve) => {
    socket.setTimeout(quietMax, resolve)
    socket.on("data", (bytes) => received.push(bytes))
    // The server may close before all was sent; what it said counts.
    socket.on("error", () => resolve())
    socket.on("close", () => resolve())
  })
  for (const piece of pieces) {
    if (typeof piece === "number") await new Promise((resolve) => setTimeout(resolve, piece))
    else await new Promise<void>((resolve) => void socket.write(piece, () => resolve()))
  }
  if (end === "finish") socket.end()
  if (end === "reset") socket.resetAndDestroy()
  await closed
  socket.destroy()
  const text = Buffer.concat(received).toString("utf8")
  return { text, statuses: [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)) }
}
