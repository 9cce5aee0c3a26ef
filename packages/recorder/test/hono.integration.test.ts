import { Hono } from "hono"
import { stream } from "hono/streaming"
import { record } from "../src/hono.ts"
import {
  contract,
  describeBy,
  endless,
  type Open,
  pause,
  serveWeb,
  streamed,
  untilLeft
} from "./Middleware.contract.ts"

const make = (recorded: Parameters<Open>[0]): Hono => {
  const app = new Hono()
  if (recorded !== undefined) {
    const { options, recorder } = recorded
    app.use(record(recorder, { ...options, describe: ({ req }) => describeBy(req.path, (name) => req.header(name)) }))
  }
  const orders = new Hono()
  orders.get("/", (context) => context.json([]))
  orders.post("/", (context) => context.json({}, 201))
  app.route("/orders", orders)
  app.get("/forbidden", (context) => context.body(null, 403))
  app.get("/throws", () => {
    throw new Error("handler")
  })
  app.get("/tagged", (context) => {
    context.header("set-cookie", "a=1")
    context.header("set-cookie", "b=2", { append: true })
    context.header("x-request-id", "from-host")
    return context.text("ok")
  })
  app.get("/whole", (context) => context.text("x".repeat(100_000)))
  app.get("/healthz", (context) => context.text("ok"))
  app.get("/stream", (context) =>
    stream(context, async (out) => {
      for (const piece of streamed) {
        await out.write(piece)
        await pause()
      }
    })
  )
  app.get("/endless", (context) =>
    stream(context, async (out) => {
      for await (const piece of endless()) {
        if (out.aborted) return
        await out.write(piece)
      }
    })
  )
  app.get("/slow", ({ req }) => untilLeft(req.raw.signal))
  app.onError((_, context) => context.text("sorry", 500))
  return app
}

contract("Hono on Node", (recorded) => {
  const app = make(recorded)
  return serveWeb(async (request, env) => app.fetch(request, env))
})

contract(
  "Hono elsewhere",
  (recorded) => {
    const app = make(recorded)
    return serveWeb(async (request) => app.fetch(request))
  },
  { hasNoIp: true }
)
