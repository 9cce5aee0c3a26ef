// The panel's process: adapter-node's handler behind our own server, because plain http on loopback needs the protocol
// said aloud (adapter-node 6 takes https for granted), and because one place must close everything in order.
import * as Log from "@spoor/contracts/log"
import { Effect } from "effect"
import { createServer } from "node:http"
import { setFlagsFromString } from "node:v8"
import { load } from "./src/config.ts"

const CLOSE_GRACE_MS = 2_000

// Of itself V8 lets garbage pile up while the machine has memory: an export of a million rows then grew the process by 250 MiB. With
// these one of five million grew it by 112, and took as long.
setFlagsFromString("--heap-growing-percent=30")
setFlagsFromString("--max-semi-space-size=4")

const settings = await Effect.runPromise(load).catch((cause) => {
  console.error(`The panel cannot start: ${cause.message}`)
  process.exit(1)
})

process.env.PROTOCOL_HEADER = "x-forwarded-proto"
if (settings.isProxyTrusted) process.env.ADDRESS_HEADER = "x-forwarded-for"
const { handler } = await import("./build/handler.js")

const server = createServer((request, response) => {
  const { headers } = request
  if (!settings.isProxyTrusted || headers["x-forwarded-proto"] === undefined) headers["x-forwarded-proto"] = "http"
  if (settings.isProxyTrusted) headers["x-forwarded-for"] ??= request.socket.remoteAddress ?? ""
  handler(request, response, () => {
    response.statusCode = 404
    response.end()
  })
})

server.listen(settings.port, settings.host, () => {
  const host = settings.host.includes(":") ? `[${settings.host}]` : settings.host
  const entry = Effect.logInfo(`The panel listens on http://${host}:${settings.port}`)
  Effect.runSync(Effect.provide(entry, Log.layer(settings.log)))
})

let isClosing = false
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    if (isClosing) return
    isClosing = true
    // hooks.server.ts waits for this event to close the database connections.
    server.close(() => process.emit("sveltekit:shutdown", signal))
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS).unref()
  })
}
