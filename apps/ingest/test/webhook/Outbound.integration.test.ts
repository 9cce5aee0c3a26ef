import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import type { LookupAddress } from "node:dns"
import { createServer, type Server, type Socket } from "node:net"
import type { AddressInfo } from "node:net"
import * as Network from "@spoor/contracts/network"
import { Outbound, type OutboundOptions } from "../../src/webhook/Outbound.ts"

const nowhere = Network.parseAllowed("")!
const loopback = Network.parseAllowed("127.0.0.0/8")!

/** A server that says what a test tells it to, in bytes; counts connections. */
const openServer = (handle: (socket: Socket) => void, host = "127.0.0.1") =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<{ readonly server: Server; readonly sockets: Set<Socket>; readonly port: number; opened: number }>(
          (resolve) => {
            const sockets = new Set<Socket>()
            const server = createServer((socket) => {
              opened.opened++
              sockets.add(socket)
              socket.on("error", () => {})
              handle(socket)
            })
            const opened = { server, sockets, port: 0, opened: 0 }
            server.listen(0, host, () =>
              resolve(Object.assign(opened, { port: (server.address() as AddressInfo).port }))
            )
          }
        )
    ),
    ({ server, sockets }) =>
      Effect.promise(
        () =>
          new Promise<void>((resolve) => {
            for (const socket of sockets) socket.destroy()
            server.close(() => resolve())
          })
      )
  )

const reply = (text: string) => (socket: Socket) => socket.once("data", () => socket.end(text))
const ok = reply("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")

const post = (url: string, options: OutboundOptions) =>
  Effect.gen(function* () {
    return yield* Effect.result((yield* Outbound).post(new URL(url), { "webhook-id": "msg_1" }, "{}"))
  }).pipe(Effect.provide(Outbound.layer(options)))

const refusalOf = (result: Effect.Success<ReturnType<typeof post>>) =>
  Result.isFailure(result) ? result.failure.reason : result.success

const named =
  (addresses: Record<string, ReadonlyArray<string>>) =>
  (name: string): Promise<ReadonlyArray<LookupAddress>> =>
    Promise.resolve((addresses[name] ?? []).map((address) => ({ address, family: address.includes(":") ? 6 : 4 })))

describe("what may be posted to", () => {
  const notations = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "①②⑦.0.0.1",
    "127.0.0.1.",
    "0.0.0.0",
    "0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[0:0:0:0:0:ffff:7f00:1]",
    "localhost",
    "LOCALHOST",
    "user@127.0.0.1"
  ]
  it.effect.each(notations)("refuses %s, and opens no connection", (host) =>
    Effect.gen(function* () {
      const four = yield* openServer(ok)
      const { port } = four
      for (const protocol of ["http", "https"]) {
        const result = yield* post(`${protocol}://${host}:${port}/`, { allowed: nowhere })
        assert.strictEqual(refusalOf(result), "inside")
      }
      assert.strictEqual(four.opened, 0)
    })
  )

  it.effect("refuses a name one of whose addresses leads inside", () =>
    Effect.gen(function* () {
      const server = yield* openServer(ok)
      const lookup = named({
        "rebind.example": ["127.0.0.1"],
        "mixed.example": ["93.184.215.14", "10.0.0.7"],
        "six.example": ["fd00::7"],
        "zone.example": ["fe80::1%eth0"],
        "mapped.example": ["::ffff:127.0.0.1"]
      })
      for (const name of ["rebind", "mixed", "six", "zone", "mapped"]) {
        const result = yield* post(`https://${name}.example:${server.port}/`, { allowed: nowhere, lookup })
        assert.strictEqual(refusalOf(result), "inside", name)
      }
      assert.strictEqual(server.opened, 0)
    })
  )

  it.effect("connects to the address that was looked at, though the name leads elsewhere a moment later", () =>
    Effect.gen(function* () {
      const [good, bad] = [yield* openServer(ok), yield* openServer(ok, "127.0.0.2")]
      let looks = 0
      const lookup = () => named({ name: [looks++ === 0 ? "127.0.0.1" : "127.0.0.2"] })("name")
      const allowed = Network.parseAllowed("127.0.0.1/32")!
      const result = yield* post(`http://rebind.example:${good.port}/`, { allowed, lookup })
      assert.deepEqual(Result.getOrThrow(result), { status: 200, retryAfter: null })
      assert.deepEqual([looks, good.opened, bad.opened], [1, 1, 0])
    })
  )

  it.effect("does not follow a redirect", () =>
    Effect.gen(function* () {
      const target = yield* openServer(ok)
      for (const status of [301, 302, 303, 307, 308]) {
        const head = `HTTP/1.1 ${status} X\r\nlocation: http://127.0.0.1:${target.port}/\r\ncontent-length: 0\r\n\r\n`
        const server = yield* openServer(reply(head))
        const result = yield* post(`http://127.0.0.1:${server.port}/`, { allowed: loopback })
        assert.deepEqual(Result.getOrThrow(result), { status, retryAfter: null })
      }
      assert.strictEqual(target.opened, 0)
    })
  )

  it.effect("sends nothing unencrypted to the public internet", () =>
    Effect.gen(function* () {
      const lookup = named({ "shop.example": ["93.184.215.14"] })
      assert.strictEqual(refusalOf(yield* post("http://shop.example/", { allowed: loopback, lookup })), "unencrypted")
      assert.strictEqual(refusalOf(yield* post("http://93.184.215.14/", { allowed: loopback })), "unencrypted")
    })
  )
})

describe("what comes back", () => {
  const hello = (text: string) => (socket: Socket) => void socket.once("data", () => socket.write(text))
  const broken: ReadonlyArray<readonly [string, (socket: Socket) => void]> = [
    ["a reset", (socket) => void socket.once("data", () => socket.resetAndDestroy())],
    ["an end without a word", (socket) => void socket.once("data", () => socket.end())],
    ["no HTTP", reply("SSH-2.0-OpenSSH_9.2\r\n")],
    ["another protocol", reply("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n")],
    ["a head without end", hello(`HTTP/1.1 200 OK\r\nx: ${"x".repeat(100_000)}`)]
  ]
  it.effect.each(broken)("is broken with %s", ([, handle]) =>
    Effect.gen(function* () {
      const server = yield* openServer(handle)
      const result = yield* post(`http://127.0.0.1:${server.port}/`, { allowed: loopback })
      assert.strictEqual(refusalOf(result), "broken")
    })
  )

  it.effect("is broken where nobody listens, and unknown where the name has no address", () =>
    Effect.gen(function* () {
      const { port } = yield* Effect.scoped(openServer(ok))
      assert.strictEqual(refusalOf(yield* post(`http://127.0.0.1:${port}/`, { allowed: loopback })), "broken")
      const lookup = () => Promise.reject(new Error("getaddrinfo ENOTFOUND"))
      assert.strictEqual(
        refusalOf(yield* post("https://nobody.example/", { allowed: loopback, lookup })),
        "unknown-host"
      )
    })
  )

  /** Answers the first request with this, and tells when it came. */
  const silent = Effect.fnUntraced(function* (words: string) {
    let heard: () => void = () => {}
    const isHeard = new Promise<void>((resolve) => (heard = resolve))
    const server = yield* openServer(
      (socket) => void socket.once("data", () => socket.write(words, () => setTimeout(heard, 50)))
    )
    return { server, isHeard }
  })

  it.effect("is waited for no longer than 15 seconds", () =>
    Effect.gen(function* () {
      const { server, isHeard } = yield* silent("HTTP/1.1 ")
      const fiber = yield* Effect.forkChild(post(`http://127.0.0.1:${server.port}/`, { allowed: loopback }))
      yield* Effect.promise(() => isHeard)
      yield* TestClock.adjust("14999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(refusalOf(yield* Fiber.join(fiber)), "timed-out")
    })
  )

  it.effect("counts although its body does not end, and is not read without end", () =>
    Effect.gen(function* () {
      const { server, isHeard } = yield* silent("HTTP/1.1 204 No\r\nretry-after: 7\r\ncontent-length: 10\r\n\r\nx")
      const slow = yield* silent("HTTP/1.1 503 No\r\nretry-after: 7\r\ncontent-length: 10\r\n\r\nx")
      const quick = yield* post(`http://127.0.0.1:${server.port}/`, { allowed: loopback })
      assert.deepEqual(Result.getOrThrow(quick), { status: 204, retryAfter: "7" })
      yield* Effect.promise(() => isHeard)
      const fiber = yield* Effect.forkChild(post(`http://127.0.0.1:${slow.server.port}/`, { allowed: loopback }))
      yield* Effect.promise(() => slow.isHeard)
      yield* TestClock.adjust("15 seconds")
      assert.deepEqual(Result.getOrThrow(yield* Fiber.join(fiber)), { status: 503, retryAfter: "7" })

      let written = 0
      const endless = yield* openServer((socket) => {
        const more = () => {
          while (!socket.destroyed && socket.write("x".repeat(65_536))) written += 65_536
        }
        socket.once("data", () => {
          socket.write("HTTP/1.1 200 OK\r\n\r\n")
          socket.on("drain", more)
          more()
        })
      })
      const result = yield* post(`http://127.0.0.1:${endless.port}/`, { allowed: loopback })
      assert.deepEqual(Result.getOrThrow(result), { status: 200, retryAfter: null })
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 100)))
      // What the two sockets hold is more than what is read.
      assert.isBelow(written, 16 * 1024 * 1024)
    })
  )
})
