import * as Chance from "@spoor/bench/chance"
import { WebhookMessage } from "@spoor/contracts"
import { Effect, Schema } from "effect"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { text } from "node:stream/consumers"
import { Webhook } from "standardwebhooks"

/** A message that was taken. *Shape*: `rowId` is the outcome's, `sessionId` as it was told with it. */
export interface Taken {
  readonly id: string
  readonly type: string
  readonly rowId: string
  readonly sessionId: string | null
}

/** A receiver of webhooks. *Shape*: `taken` in the order in which they came, repeats included. */
export interface Subscriber {
  readonly url: string
  readonly secret: string
  readonly taken: ReadonlyArray<Taken>
  /** What no subscriber should see. */
  readonly errors: ReadonlyArray<string>
}

/** Of the messages that come for the first time, this share is refused, and as many are taken and their answer is lost. */
const faultShare = 0.01

const secret = `whsec_${Buffer.alloc(32, "chaos").toString("base64")}`
const decode = Schema.decodeUnknownSync(WebhookMessage.WebhookMessage)

/** Listens until its scope ends. */
export const open = Effect.fnUntraced(function* (seed: number) {
  const chance = Chance.of(seed, 0x7fff_0011)
  const taken: Array<Taken> = []
  const errors: Array<string> = []
  const seen = new Set<string>()
  const hear = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request)
    const id = String(request.headers["webhook-id"])
    const message = decode(new Webhook(secret).verify(body, request.headers as Record<string, string>))
    if (message.type === "webhook.test") return void response.end()
    const fault = seen.has(id) ? 1 : Chance.next(chance) / faultShare
    seen.add(id)
    if (fault < 0.5) return void response.writeHead(500).end()
    taken.push({ id, type: message.type, rowId: message.data.id, sessionId: message.data.details.sessionId })
    if (fault < 1) response.socket?.resetAndDestroy()
    else response.writeHead(204).end()
  }
  const server = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer((request, response) => {
        hear(request, response).catch((error: unknown) => {
          // A request that breaks off is that of a worker that was killed.
          if (request.complete) errors.push(String(error))
          response.destroy()
        })
      })
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
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
  return { url: `http://127.0.0.1:${port}/hook`, secret, taken, errors } satisfies Subscriber
})
