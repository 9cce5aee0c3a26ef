import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"

/**
 * How long a client may take; then it is answered 408 and cut off, so that connections which say nothing do not pile up.
 *
 * *Units*: milliseconds: for a head, for a whole request (a megabyte over a bad telephone line takes 20 seconds), and how
 * often that is looked at.
 */
const patience = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000 }

/**
 * The server. Holds the requests that arrive between listening and the moment the router attaches its handler, and hands them over
 * then. Without it they would never be answered: the platform's server listens as soon as it is built.
 */
export const heldServer = (): Server => {
  const server = createServer(patience)
  const held: Array<readonly [IncomingMessage, ServerResponse]> = []
  const hold = (request: IncomingMessage, response: ServerResponse): void => {
    held.push([request, response])
  }
  const handOver = (event: string | symbol, listener: unknown): void => {
    if (event !== "request" || listener === hold) return
    server.off("newListener", handOver)
    server.off("request", hold)
    process.nextTick(() => {
      for (const [request, response] of held.splice(0)) server.emit("request", request, response)
    })
  }
  server.on("request", hold)
  server.on("newListener", handOver)
  return server
}
