import { Readable } from "node:stream"
import fastify from "fastify"
import { record } from "../src/fastify.ts"
import { contract, describeBy, endless, type Open, pieces } from "./Middleware.contract.ts"

const open: Open = async (recorded) => {
  const app = fastify({ forceCloseConnections: true })
  if (recorded !== undefined) {
    const { options, recorder } = recorded
    await app.register(
      record(recorder, {
        ...options,
        describe: ({ headers, url }) => describeBy(url, (name) => headers[name]?.toString())
      })
    )
  }
  // Plugins have hooks of their own; the recorder's is to hold in them, too.
  await app.register(
    async (orders) => {
      orders.get("", async () => [])
      orders.post("", async (_, reply) => reply.code(201).send({}))
    },
    { prefix: "/orders" }
  )
  app.get("/forbidden", async (_, reply) => reply.code(403).send())
  app.get("/throws", async () => {
    throw new Error("handler")
  })
  app.get("/tagged", async (_, reply) =>
    reply.header("set-cookie", ["a=1", "b=2"]).header("x-request-id", "from-host").send("ok")
  )
  app.get("/whole", async () => "x".repeat(100_000))
  app.get("/healthz", async () => "ok")
  app.get("/stream", async (_, reply) => reply.send(Readable.from(pieces())))
  app.get("/endless", async (_, reply) => reply.send(Readable.from(endless())))
  app.get("/slow", () => new Promise(() => undefined))
  const url = await app.listen({ port: 0, host: "127.0.0.1" })
  return { url, [Symbol.asyncDispose]: () => app.close() }
}

contract("Fastify", open)
