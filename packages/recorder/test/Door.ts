import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { LogDoor } from "@spoor/contracts"
import { Result } from "effect"

/** What the door does instead of answering as usual. `lost` takes the batch and dies before its answer. */
export type Fault =
  | { readonly status: number; readonly retryAfter?: string }
  | { readonly location: string }
  | "reset"
  | "lost"
  | "silent"

export interface Received {
  readonly at: number
  readonly path: string
  readonly sentAt: number
  readonly bytes: number
  readonly ids: ReadonlyArray<string>
}

export const key = "sk_test_0123456789abcdef"

type Stored = typeof LogDoor.ApiItem.Encoded & typeof LogDoor.PanelItem.Encoded

/** A loopback door with the contract of `POST /v1/logs/{api|panel}`: the real decoders, limits, verdicts and duplicates. */
export class Door implements AsyncDisposable {
  readonly received: Array<Received> = []
  /** By ID, as after the server's own deduplication. */
  readonly rows = new Map<string, Stored>()
  duplicates = 0
  bytesMax = LogDoor.bytesMax
  /** One for each request to come, in order; afterwards all is well. */
  faults: Array<Fault> = []
  /** For every request, as long as it is set. */
  outage: Fault | undefined
  readonly port: number
  readonly url: string
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    this.url = `http://127.0.0.1:${this.port}`
    server.on("request", (request, response) => void this.#hear(request, response))
  }

  static async open(port = 0): Promise<Door> {
    const server = createServer()
    await new Promise<void>((done) => server.listen(port, "127.0.0.1", done))
    return new Door(server)
  }

  /** The rows in the order of their requests. */
  get list(): ReadonlyArray<Stored> {
    return [...this.rows.values()]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Array<Buffer> = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const { items, sentAt } = JSON.parse(body.toString())
    const ids = items.map((item: { readonly id: string }) => item.id)
    this.received.push({ at: performance.now(), path: request.url ?? "", sentAt, bytes: body.length, ids })
    const fault = this.faults.shift() ?? this.outage
    if (fault === "silent") return
    if (fault === "lost") this.#take(request.url ?? "", items)
    if (fault === "reset" || fault === "lost") return void request.socket.resetAndDestroy()
    if (fault !== undefined && "location" in fault) return void response.writeHead(302, fault).end()
    const [status, answer] = fault === undefined ? this.#answer(request, body.length, items) : [fault.status, {}]
    const retryAfter = fault?.retryAfter
    response.writeHead(status, retryAfter === undefined ? {} : { "retry-after": retryAfter })
    response.end(JSON.stringify(answer))
  }

  #answer({ headers, url = "" }: IncomingMessage, bytes: number, items: ReadonlyArray<unknown>): [number, object] {
    if (headers.authorization !== `Bearer ${key}`) return [401, { success: false, error: "unauthorized" }]
    if (bytes > this.bytesMax || items.length > LogDoor.itemsMax) return [413, { success: false, error: "too-large" }]
    const verdicts = this.#take(url, items)
    return [200, { success: true, verdicts }]
  }

  #take(path: string, items: ReadonlyArray<unknown>): ReadonlyArray<object> {
    const decode = path.endsWith("/panel") ? LogDoor.decode.panel : LogDoor.decode.api
    return items.map((item) => {
      const decoded = decode(item)
      if (Result.isFailure(decoded)) return { verdict: "rejected", ...decoded.failure }
      const row = item as Stored
      if (this.rows.has(row.id)) {
        this.duplicates += 1
        return { verdict: "duplicate" }
      }
      this.rows.set(row.id, row)
      return { verdict: "stored" }
    })
  }
}
