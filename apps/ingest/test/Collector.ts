import { Effect } from "effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

/** One request of an exporter. */
export interface Export {
  readonly path: string
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly body: Buffer
}

/** What is known of a span in OTLP's JSON. */
export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly links: ReadonlyArray<{ readonly traceId: string; readonly spanId: string }>
}

/** A collector for OTLP/HTTP that keeps all it gets, until its scope ends. */
export const collector = Effect.gen(function* () {
  const exports: Array<Export> = []
  const server = createServer((request, response) => {
    const parts: Array<Buffer> = []
    request.on("data", (part: Buffer) => parts.push(part))
    request.on("end", () => {
      exports.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(parts) })
      response.writeHead(200, { "content-type": "application/json" }).end("{}")
    })
  })
  yield* Effect.acquireRelease(
    Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
    () => Effect.sync(() => (server.closeAllConnections(), server.close()))
  )
  const of = (path: string) => exports.filter((sent) => sent.path === path)
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, of }
})

/** The spans of exports in JSON. */
export const spansOf = (exports: ReadonlyArray<Export>): ReadonlyArray<Span> =>
  exports.flatMap(({ body }) =>
    JSON.parse(body.toString()).resourceSpans.flatMap(
      (resource: { scopeSpans: ReadonlyArray<{ spans: Array<Span> }> }) =>
        resource.scopeSpans.flatMap(({ spans }) => spans)
    )
  )
