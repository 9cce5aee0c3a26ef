import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { TrackedEvent } from "../src/Wire.ts"

export interface Received {
  readonly method: string
  readonly path: string
  readonly bytes: number
  readonly sentAt: number
  readonly events: ReadonlyArray<TrackedEvent>
}

/** A loopback door that records what it hears and answers as told. Another origin than the page, as in production. */
export class Sink {
  readonly received: Array<Received> = []
  answer: { readonly status: number; readonly json?: unknown } = { status: 200 }
  #server: Server | undefined
  readonly #script: string

  constructor(script: string) {
    this.#script = script
  }

  async open(port = 0): Promise<string> {
    const server = createServer((request, response) => this.#hear(request, response))
    this.#server = server
    await new Promise<void>((done) => server.listen(port, "127.0.0.1", done))
    return originOf(server)
  }

  async close(): Promise<void> {
    const server = this.#server
    server?.closeAllConnections()
    await new Promise((done) => (server ? server.close(done) : done(undefined)))
  }

  get posts(): ReadonlyArray<Received> {
    return this.received.filter((request) => request.method === "POST")
  }

  /** Each event once, as the server's own deduplication would leave it. */
  get events(): ReadonlyArray<TrackedEvent> {
    const all = this.posts.flatMap((request) => request.events).map((event) => [event.id, event] as const)
    return [...new Map(all).values()].sort((a, b) => a.at - b.at || a.sequence - b.sequence)
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? ""
    if (path === "/tracker.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(this.#script)
      return
    }
    const chunks: Array<Buffer> = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const body = text === "" ? { events: [], sentAt: 0 } : JSON.parse(text)
    const { status, json = {} } = this.answer
    this.received.push({ method: request.method ?? "", path, bytes: Buffer.byteLength(text), ...body })
    response.writeHead(status, { "content-type": "application/json", "access-control-allow-origin": "*" })
    response.end(JSON.stringify(json))
  }
}

/** A shop's own server: pages by path, under a content security policy that allows no inline style and no eval. */
export const openPages = async (pages: Readonly<Record<string, string>>, sink: string) => {
  const csp = `default-src 'none'; script-src 'nonce-shop' ${sink}; connect-src ${sink}; form-action 'self'`
  const server = createServer((request, response) => {
    const path = (request.url ?? "").replace(/\?.*/, "")
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": csp })
    response.end(pages[path] ?? pages["/"])
  })
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { origin: originOf(server), close }
}

const originOf = (server: Server): string => {
  const address = server.address()
  return typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : ""
}
