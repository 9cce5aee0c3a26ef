import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { ConfigProvider, Console, Effect, Layer, Option, Redacted, Ref } from "effect"
import { FetchHttpClient, HttpRouter, HttpServerResponse } from "effect/http"
import { createServer } from "node:http"
import { seed, settings, siteId } from "./config.ts"
import * as Office from "./office/Office.ts"
import * as Smsc from "./office/Smsc.ts"
import * as Texts from "./office/Texts.ts"
import * as Shop from "./shop/Shop.ts"
import * as Fortnight from "./visitors/Fortnight.ts"
import * as Trickle from "./visitors/Trickle.ts"

/** How far the fortnight has been sent; the launcher asks for it at `/history`. */
interface History {
  readonly sent: number
  readonly of: number
  readonly isDone: boolean
}

const app = Layer.unwrap(
  Effect.gen(function* () {
    const found = yield* settings
    const { host, port, ingestUrl, writeKey, serverKey, apiKey, historyUntil } = found
    const shopUrl = `http://${host}:${port}`
    const isDue = Option.isSome(serverKey) && Option.isSome(historyUntil)
    const history = yield* Ref.make<History>({ sent: 0, of: 0, isDone: !isDue })

    const send = Effect.gen(function* () {
      if (Option.isNone(serverKey) || Option.isNone(historyUntil)) return
      const tally = yield* Fortnight.send({
        ingestUrl,
        shopUrl,
        serverKey: Redacted.value(serverKey.value),
        seed,
        now: historyUntil.value,
        onProgress: (sent, of) => Ref.set(history, { sent, of, isDone: false })
      })
      yield* Ref.update(history, (last) => ({ ...last, isDone: true }))
      yield* Console.log(`The demo fortnight is sent: ${tally.stored} events, ${tally.duplicate} of them known before.`)
    })
    const office = Option.match(apiKey, {
      onNone: () => Effect.void,
      onSome: (key) => Office.run({ ingestUrl, apiKey: key, siteId, seed })
    })
    const isSent = Effect.repeat(Effect.delay(Ref.get(history), "500 millis"), { until: ({ isDone }) => isDone })
    const operator = Option.all([found.smscPort, found.smsSecret])
    // It listens before the shop answers: whoever waits for the shop finds it there.
    const texts = Option.isNone(operator)
      ? Effect.void
      : yield* Effect.map(
          Smsc.listen({ host, port: operator.value[0], password: operator.value[1] }),
          // Whoever waits for the fortnight waits for nothing else.
          (smsc) =>
            Effect.andThen(isSent, Texts.run({ smsUrl: found.smsUrl, secret: operator.value[1], seed }, smsc, isDue))
        )
    const visitors = Effect.andThen(send, Trickle.run({ ingestUrl, shopUrl, writeKey, seed }))

    return Layer.mergeAll(
      HttpRouter.serve(
        Layer.mergeAll(
          Shop.routes({ ingestUrl, writeKey }),
          HttpRouter.add("GET", "/history", Effect.map(Ref.get(history), HttpServerResponse.jsonUnsafe))
        ),
        { disableLogger: true, disableListenLog: true }
      ).pipe(Layer.provide(NodeHttpServer.layer(createServer, { host, port }))),
      Layer.effectDiscard(Effect.forkScoped(visitors)),
      Layer.effectDiscard(Effect.forkScoped(office)),
      Layer.effectDiscard(Effect.forkScoped(texts))
    )
  })
)

NodeRuntime.runMain(
  Layer.launch(
    app.pipe(Layer.provide(FetchHttpClient.layer), Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv())))
  )
)
