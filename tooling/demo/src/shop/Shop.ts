import { Clock, Data, Effect } from "effect"
import { randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import * as Cookies from "./Cookies.ts"
import { makeNumbers } from "./Order.ts"
import { answer, type Response } from "./Router.ts"
import { style } from "./Style.ts"

/** *Units*: bytes. No form of this shop comes near. */
const formBytesMax = 16 * 1024
const requestTimeoutMs = 10_000

export interface Settings {
  /** 0 takes any free port. */
  readonly port: number
  readonly host: string
  /** Where `/tracker.js` and `/v1/events` are, as a browser reaches them. */
  readonly ingestUrl: string
  readonly writeKey: string
  /** What `/healthz` tells beside `ok`. */
  readonly health?: () => Readonly<Record<string, unknown>>
}

/** The port could not be opened. */
export class ShopError extends Data.TaggedError("ShopError")<{ readonly cause: Error }> {}

/** A shop that answers until its scope closes. *Fails* with `ShopError` when the port is taken. */
export const serve = Effect.fn("Shop.serve")(function* (settings: Settings) {
  const clock = yield* Clock.Clock
  const numbers = makeNumbers()
  const orderNumber = () => numbers(clock.currentTimeMillisUnsafe())
  const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
    respond(request, settings, orderNumber).then(
      (ready) => send(response, ready),
      () => send(response, { status: 400, headers: {}, body: "" })
    )
  })
  yield* Effect.acquireRelease(listen(server, settings), () => close(server))
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : settings.port
  return { url: `http://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${port}` }
})

const listen = (server: Server, { host, port }: Settings) =>
  Effect.callback<void, ShopError>((resume) => {
    server.once("error", (cause) => resume(Effect.fail(new ShopError({ cause }))))
    server.listen(port, host, () => resume(Effect.void))
  })

const close = (server: Server) =>
  Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })

const respond = async (request: IncomingMessage, settings: Settings, orderNumber: () => string): Promise<Response> => {
  const method = request.method ?? "GET"
  const url = new URL(request.url ?? "/", "http://shop.invalid")
  if (url.pathname === "/healthz")
    return plain("application/json", JSON.stringify({ ok: true, ...settings.health?.() }))
  if (url.pathname === "/styl.css") return plain("text/css; charset=utf-8", style)
  const form = new URLSearchParams(method === "POST" ? await readForm(request) : "")
  const cookies = Cookies.parse(request.headers.cookie)
  const nonce = randomBytes(16).toString("base64")
  return answer({ method, url, cookies, form }, { ...settings, nonce, orderNumber })
}

const plain = (type: string, body: string): Response => ({
  status: 200,
  headers: { "content-type": type, "cache-control": "max-age=60", "x-content-type-options": "nosniff" },
  body
})

const readForm = async (request: IncomingMessage): Promise<string> => {
  let text = ""
  for await (const chunk of request) {
    text += chunk
    if (text.length > formBytesMax) throw new Error("The form is too large.")
  }
  return text
}

const send = (response: ServerResponse, { status, headers, body }: Response): void => {
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, typeof value === "string" ? value : [...value])
  }
  response.writeHead(status).end(body)
}
