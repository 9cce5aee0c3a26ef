import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer, ManagedRuntime, Stream } from "effect"
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { annotate, record } from "../src/effect.ts"
import { contract, describeBy, endless, type Open, pieces, serveWeb } from "./Middleware.contract.ts"

const streaming = (source: () => AsyncGenerator<string>) =>
  HttpServerResponse.stream(Stream.fromAsyncIterable(source(), (error) => error).pipe(Stream.encodeText))

/** The key is what a handler finds out: it cannot be seen from outside. */
const orders = Effect.gen(function* () {
  const { headers } = yield* HttpServerRequest.HttpServerRequest
  const name = headers["x-key"]
  if (name !== undefined) yield* annotate({ apiKey: { name, prefix: "ak_1" } })
  return HttpServerResponse.jsonUnsafe([])
})

const routes = Layer.mergeAll(
  HttpRouter.add("GET", "/orders", orders),
  HttpRouter.add("POST", "/orders", HttpServerResponse.jsonUnsafe({}, { status: 201 })),
  HttpRouter.add("GET", "/forbidden", HttpServerResponse.empty({ status: 403 })),
  HttpRouter.add("GET", "/throws", Effect.die(new Error("handler"))),
  HttpRouter.add(
    "GET",
    "/tagged",
    HttpServerResponse.text("ok", { headers: { "x-request-id": "from-host" } }).pipe(
      HttpServerResponse.setCookieUnsafe("a", "1"),
      HttpServerResponse.setCookieUnsafe("b", "2")
    )
  ),
  HttpRouter.add("GET", "/whole", HttpServerResponse.text("x".repeat(100_000))),
  HttpRouter.add("GET", "/healthz", HttpServerResponse.text("ok")),
  HttpRouter.add(
    "GET",
    "/stream",
    Effect.sync(() => streaming(pieces))
  ),
  HttpRouter.add(
    "GET",
    "/endless",
    Effect.sync(() => streaming(endless))
  ),
  HttpRouter.add("GET", "/slow", Effect.never)
)

type Recorded = NonNullable<Parameters<Open>[0]>

const recordBy = ({ options, recorder }: Recorded) =>
  record(recorder, {
    ...options,
    describe: ({ headers, url }) => describeBy(url, (name) => (name === "x-key" ? undefined : headers[name]))
  })

contract("effect/http on Node", async (recorded) => {
  const runtime = ManagedRuntime.make(
    (recorded === undefined
      ? HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })
      : HttpRouter.serve(routes, { middleware: recordBy(recorded), disableLogger: true, disableListenLog: true })
    ).pipe(
      Layer.provideMerge(
        NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1", gracefulShutdownTimeout: "100 millis" })
      )
    )
  )
  const url = await runtime.runPromise(HttpServer.addressFormattedWith((address) => Effect.succeed(address)))
  return { url, [Symbol.asyncDispose]: () => runtime.dispose() }
})

contract(
  "effect/http elsewhere",
  async (recorded) => {
    const { dispose, handler } =
      recorded === undefined
        ? HttpRouter.toWebHandler(routes, { disableLogger: true })
        : HttpRouter.toWebHandler(routes, { middleware: recordBy(recorded), disableLogger: true })
    const host = await serveWeb((request) => handler(request))
    return {
      ...host,
      [Symbol.asyncDispose]: async () => {
        await host[Symbol.asyncDispose]()
        await dispose()
      }
    }
  },
  { hasNoIp: true }
)
