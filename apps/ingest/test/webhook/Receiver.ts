import { WebhookMessage } from "@spoor/contracts"
import { Effect, Schema } from "effect"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { text } from "node:stream/consumers"
import { Webhook } from "standardwebhooks"
import { vi } from "vitest"

/** A request as a subscriber sees it, verified with the library that subscribers use. *Units*: `sentAt` in UTC milliseconds. */
export interface Received {
  readonly id: string
  readonly sentAt: number
  readonly body: string
  readonly message: WebhookMessage.WebhookMessage
}

type Answer = (received: Received, response: ServerResponse) => void

/** A subscriber's server. *Shape*: `connections` counts those that were opened, whatever was said on them. */
export interface Receiver {
  readonly url: string
  readonly port: number
  readonly received: ReadonlyArray<Received>
  readonly connections: () => number
  /** How it answers from now on; until then with 200. */
  readonly answer: (answer: Answer) => void
  /** Waits until so many requests have come. */
  readonly hasReceived: (count: number) => Effect.Effect<void>
}

export const secret = `whsec_${Buffer.alloc(32, "spoor").toString("base64")}`

const decode = Schema.decodeUnknownSync(WebhookMessage.WebhookMessage)

export const open = Effect.acquireRelease(
  Effect.promise(() => listen()),
  ({ close }) => Effect.promise(close)
).pipe(Effect.map(({ receiver }) => receiver))

const listen = async () => {
  const received: Array<Received> = []
  const sockets = new Set<Socket>()
  let connections = 0
  let waiting: ReadonlyArray<() => void> = []
  let answer: Answer = (_, response) => response.end("{}")
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const one = verified(request, body)
      received.push(one)
      for (const wake of waiting) wake()
      return answer(one, response)
    })
  })
  server.on("connection", (socket) => {
    connections++
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    received,
    connections: () => connections,
    answer: (next) => {
      answer = next
    },
    hasReceived: (count) =>
      Effect.promise(
        () =>
          new Promise((resolve) => {
            const look = () => received.length >= count && resolve()
            waiting = [...waiting, look]
            look()
          })
      )
  }
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => resolve())
    })
  return { receiver, close }
}

/** Throws where a subscriber would refuse. The test's clock may be days ahead; the subscriber's is where the sender's is. */
const verified = ({ headers }: IncomingMessage, body: string): Received => {
  const sentAt = Number(headers["webhook-timestamp"]) * 1_000
  vi.useFakeTimers({ toFake: ["Date"], now: sentAt })
  try {
    const message = decode(new Webhook(secret).verify(body, headers as Record<string, string>))
    return { id: String(headers["webhook-id"]), sentAt, body, message }
  } finally {
    vi.useRealTimers()
  }
}
