import { Effect } from "effect"
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from "node:http"

/**
 * What happens to one POST. *Shape*: `refuse` is answered here, the door never hears of it; `reset` ends the connection
 * `before` the door hears of it, or `after` it answered; `slow` holds the door's answer back.
 * *Units*: `retryAfter` in seconds, `delay` in milliseconds.
 */
export type Fault =
  | { readonly _tag: "refuse"; readonly status: 429 | 503; readonly retryAfter?: number }
  | { readonly _tag: "reset"; readonly when: "before" | "after" }
  | { readonly _tag: "slow"; readonly delay: number }

/** One POST as the client sent it. *Units*: `at` in milliseconds of a clock that only goes forward. */
export interface Sent {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly at: number
  readonly fault: Fault | null
}

/**
 * Stands in front of the doors on an address of its own and spoils the next POSTs, one by each of `faults`. All else passes
 * as it is: a browser's preflights and the answers to them, settings, and every POST when no fault is left.
 */
export const open = Effect.fnUntraced(function* (door: string, faults: ReadonlyArray<Fault> = []) {
  const left = [...faults]
  const sent: Array<Sent> = []
  const hear = (incoming: IncomingMessage, answer: ServerResponse) => {
    const fault = incoming.method === "POST" ? (left.shift() ?? null) : null
    if (incoming.method === "POST") {
      sent.push({ path: incoming.url ?? "", headers: incoming.headers, at: performance.now(), fault })
    }
    // A page may be left in the middle of what it sends; and who is not answered shall notice.
    treat(door, fault, incoming, answer).catch(() => answer.destroy())
  }
  const server = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer(hear)
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
      return server
    }),
    (server) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return { origin: `http://127.0.0.1:${port}`, sent }
})

const treat = async (door: string, fault: Fault | null, incoming: IncomingMessage, answer: ServerResponse) => {
  const body = await bodyOf(incoming)
  if (fault?._tag === "refuse") return refuse(fault, answer)
  if (fault?._tag === "reset" && fault.when === "before") return answer.socket?.resetAndDestroy()
  const reply = await ask(door, incoming, body)
  if (fault?._tag === "reset") return answer.socket?.resetAndDestroy()
  if (fault?._tag === "slow") await new Promise((done) => setTimeout(done, fault.delay))
  answer.writeHead(reply.status, reply.headers).end(reply.body)
}

/** As the door would: a page may read it, and when to try again. */
const refuse = ({ status, retryAfter }: Extract<Fault, { _tag: "refuse" }>, answer: ServerResponse) =>
  answer
    .writeHead(status, {
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "retry-after",
      ...(retryAfter !== undefined && { "retry-after": String(retryAfter) })
    })
    .end()

interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const ask = (door: string, { method, url, headers }: IncomingMessage, body: Buffer) =>
  new Promise<Reply>((resolve, reject) => {
    const asked = request(`${door}${url}`, { method, headers, agent: false }, (response) => {
      const { headers, statusCode: status = 0 } = response
      bodyOf(response).then((body) => resolve({ status, headers, body }), reject)
    })
    asked.on("error", reject).end(body)
  })

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks)
}
