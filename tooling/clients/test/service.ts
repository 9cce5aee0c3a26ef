import { HttpInstrumentation } from "@opentelemetry/instrumentation-http"
import { NodeSDK } from "@opentelemetry/sdk-node"
import type * as Http from "node:http"
import { createRequire } from "node:module"

// A service as it stands behind an OpenTelemetry SDK: all that it is told of Spoor are the SDK's own settings. Every call
// makes one of its own to the service, so that served and made requests come in the same batches.
const captured = { server: { requestHeaders: ["x-api-key", "x-request-id"] } }
const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation({ headersToSpanAttributes: captured })] })
sdk.start()

// Instrumentations see what is required after they started.
const http: typeof Http = createRequire(import.meta.url)("node:http")

const server = http.createServer((request, response) => {
  request.resume()
  if (request.url === "/inner") return response.end()
  http.get({ port: portOf(), host: "127.0.0.1", path: "/inner" }, (inner) => {
    inner.resume().on("end", () => response.writeHead(request.method === "POST" ? 201 : 404).end())
  })
})

const portOf = (): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

server.listen(0, "127.0.0.1", () => process.send?.(portOf()))
process.once("message", () => {
  server.close()
  void sdk.shutdown().finally(() => process.exit(0))
})
