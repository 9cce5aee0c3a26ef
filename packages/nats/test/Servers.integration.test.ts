import { assert, describe, it } from "@effect/vitest"
import type { Depth } from "@spoor/queue"
import { Effect, Exit, Fiber, Redacted, Schedule } from "effect"
import * as NatsServer from "./NatsServer.ts"
import { all, connect, drain, idsOf, insist, message, numbered, outcome } from "./Traffic.ts"

describe.skipIf(!NatsServer.isInstalled)("NATS: what the server keeps", () => {
  it.live("an id is known for the duplicate window, its message acknowledged or not", () =>
    Effect.gen(function* () {
      const { url } = yield* NatsServer.single()
      const queue = yield* connect({ url })
      yield* queue.append([message("a")])
      yield* queue.acknowledge(yield* queue.take(all))
      yield* queue.append([message("a"), message("b")])
      assert.deepStrictEqual(idsOf(yield* queue.take(all)), ["b"])
    })
  )

  it.live("an id whose message is held is known longer than that, and free when it is acknowledged", () =>
    Effect.gen(function* () {
      const { url } = yield* NatsServer.single()
      const queue = yield* connect({ url, duplicateWindow: "100 millis" })
      yield* queue.append([message("a", "first")])
      yield* Effect.sleep("400 millis")
      yield* queue.append([message("a", "second")])
      const deliveries = yield* queue.take(all)
      assert.deepStrictEqual(
        deliveries.map(({ body }) => body),
        ["first"]
      )
      yield* queue.acknowledge(deliveries)
      yield* Effect.sleep("400 millis")
      yield* queue.append([message("a", "third")])
      assert.strictEqual((yield* queue.take(all))[0].body, "third")
    })
  )

  it.live("an id is known no longer than the queue says, and a guest, who changes nothing, says the same", () =>
    Effect.gen(function* () {
      const { url } = yield* NatsServer.single()
      const early = yield* Effect.flip(Effect.scoped(connect({ url, isGuest: true, startWait: "100 millis" })))
      assert.strictEqual(early.reason, "io")
      const host = yield* connect({ url, duplicateWindow: "200 millis", messagesMax: 2 })
      const guest = yield* connect({ url, isGuest: true })
      assert.deepStrictEqual(guest.knownFor, host.knownFor)
      yield* host.append([message("a")])
      yield* host.acknowledge(yield* host.take(all))
      yield* Effect.sleep(guest.knownFor)
      yield* guest.append([message("a"), message("b")])
      assert.strictEqual(yield* outcome(guest.append([message("c")])), "full")
      assert.deepStrictEqual(idsOf(yield* host.take(all)), ["a", "b"])
    })
  )

  it.live("many doors at a full queue lose nothing and exceed nothing", () =>
    Effect.gen(function* () {
      const { url } = yield* NatsServer.single()
      const [door, other, worker] = [
        yield* connect({ url, messagesMax: 20 }),
        yield* connect({ url, messagesMax: 20 }),
        yield* connect({ url, messagesMax: 20 })
      ]
      const messages = numbered(200)
      const refused: Array<string> = []
      const appending = yield* Effect.forkChild(
        Effect.forEach(
          messages,
          (one, index) =>
            insist(
              Effect.tapError((index % 2 === 0 ? door : other).append([one]), ({ reason }) =>
                Effect.sync(() => refused.push(reason))
              )
            ),
          { concurrency: 40 }
        )
      )
      while (refused.length === 0) yield* Effect.sleep("10 millis")
      assert.deepInclude(yield* worker.depth("activity"), { waiting: 20, taken: 0 })
      const taken = yield* drain(worker, ({ length }) => length >= messages.length)
      yield* Fiber.join(appending)
      assert.deepStrictEqual(idsOf(taken).sort(), idsOf(messages).sort())
      assert.deepStrictEqual([...new Set(refused)], ["full"])
    })
  )

  it.live("a restart takes over what other settings made", () =>
    Effect.gen(function* () {
      const { url } = yield* NatsServer.single()
      yield* Effect.scoped(Effect.flatMap(connect({ url, messagesMax: 1 }), (queue) => queue.append([message("a")])))
      const queue = yield* connect({ url, messagesMax: 2, ackWait: "300 millis" })
      yield* queue.append([message("b")])
      assert.strictEqual(yield* outcome(queue.append([message("c")])), "full")
      assert.deepStrictEqual(idsOf(yield* queue.take(all)), ["a", "b"])
      assert.strictEqual((yield* queue.take(all))[0].attempt, 2)
    })
  )

  it.live("smaller bounds than what the queue holds refuse what is new and keep what is old", () =>
    Effect.gen(function* () {
      const { url } = yield* NatsServer.single()
      yield* Effect.scoped(Effect.flatMap(connect({ url }), (queue) => queue.append(numbered(5))))
      const queue = yield* connect({ url, messagesMax: 2, bytesMax: 100 })
      assert.strictEqual(yield* outcome(queue.append([message("new")])), "full")
      assert.deepStrictEqual(idsOf(yield* queue.take(all)), ["m0", "m1", "m2", "m3", "m4"])
    })
  )
})

describe.skipIf(!NatsServer.isInstalled)("NATS: a server that ends", () => {
  it.live("everything whose append returned is there after kill -9", () =>
    Effect.gen(function* () {
      const server = yield* NatsServer.single()
      const queue = yield* connect({ url: server.url, answerWait: "500 millis" })
      const kept: Array<string> = []
      const appending = yield* Effect.forkChild(
        Effect.forEach(
          numbered(100_000),
          (one) =>
            Effect.andThen(
              queue.append([one]),
              Effect.sync(() => kept.push(one.id))
            ),
          { concurrency: 8 }
        )
      )
      while (kept.length < 300) yield* Effect.sleep("1 millis")
      yield* Effect.promise(() => server.kill("SIGKILL"))
      assert.isTrue(Exit.isFailure(yield* Fiber.await(appending)))
      yield* Effect.promise(() => server.start())
      const { waiting } = yield* insist(queue.depth("activity"))
      const taken = new Set(idsOf(yield* drain(queue, ({ length }) => length >= waiting)))
      assert.deepStrictEqual(
        kept.filter((id) => !taken.has(id)),
        []
      )
      // What was kept and not yet answered is at most what was in flight.
      assert.isAtMost(taken.size - kept.length, 8)
    })
  )

  it.live("doors and takers that were there before a restart go on after it, and lose nothing", () =>
    Effect.gen(function* () {
      const server = yield* NatsServer.single()
      const settings = { url: server.url, answerWait: "1 second", ackWait: "1 second" } as const
      const door = yield* connect(settings)
      const worker = yield* connect(settings)
      const messages = numbered(300)
      const taking = yield* Effect.forkChild(drain(worker, (taken) => new Set(idsOf(taken)).size === messages.length))
      const appending = yield* Effect.forkChild(
        Effect.forEach(messages, (one) => Effect.andThen(insist(door.append([one])), Effect.sleep("2 millis")))
      )
      for (const signal of ["SIGTERM", "SIGKILL"] as const) {
        yield* Effect.sleep("200 millis")
        yield* Effect.promise(() => server.kill(signal))
        assert.strictEqual(yield* outcome(worker.depth("activity")), "io")
        yield* Effect.promise(() => server.start())
      }
      yield* Fiber.join(appending)
      const taken = yield* Fiber.join(taking)
      assert.deepStrictEqual([...new Set(idsOf(taken))].sort(), idsOf(messages).sort())
      // What a killed server forgot was acknowledged comes once more.
      yield* Effect.forkChild(drain(worker, () => false))
      const isEmpty = ({ waiting, taken }: Depth) => waiting + taken === 0
      yield* Effect.repeat(insist(door.depth("activity")), {
        until: isEmpty,
        schedule: Schedule.spaced("50 millis")
      }).pipe(Effect.timeout("30 seconds"))
    })
  )

  it.live("a server that is silent fails an append in time, and has it or not when it is back", () =>
    Effect.gen(function* () {
      const server = yield* NatsServer.single()
      const queue = yield* connect({ url: server.url, answerWait: "300 millis" })
      server.freeze(true)
      const messages = numbered(1000)
      const sent: Array<string> = []
      // The signal takes a moment to work.
      const reason = yield* Effect.flip(
        Effect.forEach(messages, (one) => {
          sent.push(one.id)
          return queue.append([one])
        })
      )
      assert.strictEqual(reason.reason, "io")
      server.freeze(false)
      yield* insist(queue.append(messages.slice(0, sent.length)))
      assert.deepStrictEqual(idsOf(yield* queue.take(all)), sent)
    })
  )

  it.live("a take that waits while there is no server can be interrupted at once", () =>
    Effect.gen(function* () {
      const server = yield* NatsServer.single()
      const queue = yield* connect({ url: server.url })
      const taker = yield* Effect.forkChild(queue.take(all), { startImmediately: true })
      yield* Effect.sleep("50 millis")
      yield* Effect.promise(() => server.kill("SIGKILL"))
      yield* Effect.sleep("50 millis")
      yield* Fiber.interrupt(taker).pipe(Effect.timeout("3 seconds"))
    })
  )
})

describe.skipIf(!NatsServer.isInstalled)("NATS: what is refused at the start", () => {
  const refused = (settings: Parameters<typeof connect>[0]) =>
    Effect.map(Effect.flip(connect({ startWait: "100 millis", ...settings })), ({ cause }) => String(cause))

  it.live("a server that takes too small messages", () =>
    Effect.gen(function* () {
      const { url } = yield* NatsServer.single()
      assert.include(yield* refused({ url, bodyBytesMax: 8 * 1024 ** 2 }), "max_payload is 8388608")
    })
  )

  it.live("three replicas on one server", () =>
    Effect.gen(function* () {
      const { url } = yield* NatsServer.single()
      assert.include(yield* refused({ url, replicas: 3 }), "replicas > 1 not supported")
    })
  )

  it.live("an address that is none, and one where nobody listens", () =>
    Effect.gen(function* () {
      const said = yield* refused({ url: Redacted.make("http://user:secret@127.0.0.1") })
      assert.include(said, "NATS_URL must be")
      assert.notInclude(said, "secret")
      assert.include(yield* refused({ url: Redacted.make("nats://127.0.0.1:9") }), "connection refused")
    })
  )

  it.live("credentials that are wrong, and none other", () =>
    Effect.gen(function* () {
      const { url } = yield* NatsServer.single(`max_payload: 8MB\nauthorization { user: "sp@or", password: "p/w" }`)
      const at = Redacted.value(url).replace("nats://", "")
      assert.include(yield* refused({ url }), "Authorization Violation")
      const queue = yield* connect({ url: Redacted.make(`nats://sp%40or:p%2Fw@${at}`) })
      yield* queue.append([message("a")])
    })
  )

  it.live("a token that is wrong, and none other", () =>
    Effect.gen(function* () {
      const { url } = yield* NatsServer.single(`max_payload: 8MB\nauthorization { token: "t0ken" }`)
      const at = Redacted.value(url).replace("nats://", "")
      assert.include(yield* refused({ url: Redacted.make(`nats://other@${at}`) }), "Authorization Violation")
      const queue = yield* connect({ url: Redacted.make(`nats://t0ken@${at}`) })
      yield* queue.append([message("a")])
    })
  )
})
