import { createServer } from "node:http"
import express from "express"
import { record } from "../src/express.ts"
import { contract, describeBy, endless, listen, type Open, pause, streamed } from "./Middleware.contract.ts"

const open: Open = (recorded) => {
  const app = express()
  if (recorded !== undefined) {
    const { options, recorder } = recorded
    app.use(
      record(recorder, { ...options, describe: (request) => describeBy(request.path, (name) => request.get(name)) })
    )
  }
  // Routers shorten what `url` says.
  const orders = express.Router()
  orders.get("/", (_, response) => void response.json([]))
  orders.post("/", (_, response) => void response.status(201).json({}))
  app.use("/orders", orders)
  app.get("/forbidden", (_, response) => void response.sendStatus(403))
  app.get("/throws", () => {
    throw new Error("handler")
  })
  app.get("/tagged", (_, response) => {
    response.cookie("a", "1").cookie("b", "2").set("x-request-id", "from-host").send("ok")
  })
  app.get("/whole", (_, response) => void response.send("x".repeat(100_000)))
  app.get("/healthz", (_, response) => void response.send("ok"))
  app.get("/stream", async (_, response) => {
    for (const piece of streamed) {
      response.write(piece)
      await pause()
    }
    response.end()
  })
  app.get("/endless", async (_, response) => {
    for await (const piece of endless()) {
      if (response.destroyed) return
      response.write(piece)
    }
  })
  app.get("/slow", () => undefined)
  const silent: express.ErrorRequestHandler = (_error, _request, response, _next) =>
    void response.status(500).send("sorry")
  app.use(silent)
  return listen(createServer(app))
}

contract("Express", open)
