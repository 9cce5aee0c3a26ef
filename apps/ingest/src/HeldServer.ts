import type { IncomingMessage, Server, ServerResponse } from "node:http"

/**
 * Holds the requests that arrive between listening and the moment the router attaches its handler, and hands them over
 * then. Without it they would never be answered: the platform's server listens as soon as it is built.
 */
export const heldServer = (server: Server): Server => {
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
