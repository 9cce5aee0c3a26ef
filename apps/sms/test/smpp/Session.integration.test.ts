import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Exit, Fiber, Redacted, Scope } from "effect"
import { Ended } from "../../src/smpp/Ended.ts"
import * as Link from "../../src/smpp/Link.ts"
import * as Pdu from "../../src/smpp/Pdu.ts"
import { limits } from "../../src/smpp/Settings.ts"
import * as Esme from "./Esme.ts"
import * as Pdus from "./Pdus.ts"
import * as Smsc from "./Smsc.ts"

const failed = (id: number) => Pdus.receipt(`id:${id} stat:UNDELIV err:001`, { sequence: id })

const idsOf = (readings: ReadonlyArray<unknown>) =>
  readings.flatMap((reading) =>
    typeof reading === "object" && reading !== null && "messageIds" in reading ? [reading.messageIds] : []
  )

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe("Session", () => {
  it.live("binds as a receiver, with what the settings say", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port, { systemType: "VMA" }) })
      const bind = yield* Effect.promise(async () => (await smsc.accept()).bound())
      assert.deepStrictEqual(
        [bind.command, bind.systemId, Redacted.value(bind.password), bind.systemType, bind.interfaceVersion],
        ["bind_receiver", "spoor", Esme.password, "VMA", 0x34]
      )
      yield* esme.phase("bound")
    })
  )

  it.live("hands over receipts in their order, and answers them so", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port) })
      const peer = yield* Effect.promise(() => smsc.bound())
      peer.send(...range(500).map(failed))
      const answers = yield* Effect.promise(() => Promise.all(range(500).map(() => peer.next("deliver_sm_resp"))))
      assert.deepStrictEqual(
        answers.map(({ sequence, status }) => [sequence, status]),
        range(500).map((id) => [id, 0])
      )
      assert.deepStrictEqual(
        idsOf(esme.readings()),
        range(500).map((id) => [String(id)])
      )
      const [state] = yield* esme.session.states
      assert.isNotNull(state!.receivedAt)
    })
  )

  it.live("answers data_sm by data_sm_resp, and keeps a message that breaks off", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port) })
      const peer = yield* Effect.promise(() => smsc.bound())
      const { command: _, text, ...message } = failed(1)
      peer.send({ ...message, command: "data_sm", tlvs: [{ tag: 0x0424, value: text }] })
      const body = Buffer.from("0001", "hex")
      peer.socket.write(Pdus.frame(0x05, body, { sequence: 2 }))
      const answered = yield* Effect.promise(async () => [await peer.any(), await peer.any()])
      assert.deepStrictEqual(
        answered.map(({ command, sequence, status }) => [command, sequence, status]),
        [
          ["data_sm_resp", 1, 0],
          ["deliver_sm_resp", 2, 0]
        ]
      )
      const octets = Pdus.frame(0x05, body, { sequence: 2 }).toString("hex")
      assert.deepStrictEqual(esme.readings()[1], { kind: "unreadable", reason: "truncated", octets })
    })
  )

  it.live("answers only after it was kept", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const kept = yield* Deferred.make<void>()
      yield* Esme.open({ settings: Esme.settings(smsc.port), receive: () => Deferred.await(kept) })
      const peer = yield* Effect.promise(() => smsc.bound())
      peer.send(failed(1))
      const answer = yield* Effect.forkChild(
        Effect.promise(() => peer.next("deliver_sm_resp")),
        {
          startImmediately: true
        }
      )
      // The answer to this one overtakes, so that the other has had its time.
      peer.send({ command: "enquire_link", status: 0, sequence: 2 })
      yield* Effect.sleep("100 millis")
      assert.isUndefined(answer.pollUnsafe())
      yield* Deferred.succeed(kept, undefined)
      assert.deepStrictEqual((yield* Fiber.join(answer)).status, 0)
    })
  )

  it.live("answers 0x64 while nothing can be kept, says so once, and takes it when it comes again", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      let refusals = 3
      const esme = yield* Esme.open({
        settings: Esme.settings(smsc.port),
        limits: { refusalPause: Duration.millis(50) },
        receive: () => Effect.suspend(() => (refusals-- > 0 ? Effect.fail("full") : Effect.void))
      })
      const peer = yield* Effect.promise(() => smsc.bound())
      const asking = Effect.promise(async () => {
        const statuses: Array<number> = []
        while (statuses.at(-1) !== 0) {
          peer.send(failed(1))
          statuses.push((await peer.next("deliver_sm_resp")).status)
        }
        return statuses
      })
      const [took, statuses] = yield* Effect.timed(asking)
      assert.deepStrictEqual(statuses, [0x64, 0x64, 0x64, 0])
      // A refusal takes its time, or the gateway would ask as fast as it can.
      assert.isAtLeast(Duration.toMillis(took), 140)
      assert.deepStrictEqual(idsOf(esme.readings()), [["1"]])
      assert.strictEqual(esme.lines.filter((line) => line.includes("cannot be taken")).length, 1)
    })
  )

  it.live("reads no further while too many wait, loses none, and is not taken for dead meanwhile", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const gate = yield* Deferred.make<void>()
      const esme = yield* Esme.open({
        settings: Esme.settings(smsc.port),
        limits: { ...Esme.impatient, waitingMax: 20, batchMax: 5 },
        receive: () => Deferred.await(gate)
      })
      const peer = yield* Effect.promise(() => smsc.bound())
      const ids = range(40)
      peer.send(...ids.map(failed), { command: "enquire_link", status: 0, sequence: 41 })
      const answer = yield* Effect.forkChild(
        Effect.promise(() => peer.next("enquire_link_resp")),
        { startImmediately: true }
      )
      // Longer than a gateway may be silent.
      yield* Effect.sleep("900 millis")
      assert.isUndefined(answer.pollUnsafe())
      yield* esme.phase("bound")
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(answer)
      yield* esme.readingsOf(ids.length)
      assert.deepStrictEqual(
        idsOf(esme.readings()),
        ids.map((id) => [String(id)])
      )
      assert.isAtMost(Math.max(...esme.batches.map((batch) => batch.length)), 5)
      assert.strictEqual(smsc.peers.length, 1)
    })
  )

  it.live(
    "lets a gateway write no more than the network keeps while too many wait",
    () =>
      Effect.gen(function* () {
        const smsc = yield* Smsc.listen()
        const esme = yield* Esme.open({
          settings: Esme.settings(smsc.port),
          limits: { waitingMax: 20, batchMax: 5 },
          receive: () => Effect.never
        })
        const peer = yield* Effect.promise(() => smsc.bound())
        yield* esme.phase("bound")
        const frame = Pdu.encode({ ...failed(1), tlvs: [{ tag: 0x1400, value: new Uint8Array(65_000) }] })
        // Together more than an operating system keeps for two sockets (Linux: up to 36 MiB).
        const count = 800
        let written = 0
        const write = () => peer.socket.write(frame, () => (++written < count ? write() : true))
        write()
        let before = -1
        while (before !== written) {
          before = written
          yield* Effect.sleep("400 millis")
        }
        assert.isAbove(written, 20)
        assert.isBelow(written, count)
        peer.socket.destroy()
      }),
    30_000
  )

  it.live("answers enquire_link at once, also while receipts wait", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      yield* Esme.open({ settings: Esme.settings(smsc.port), receive: () => Effect.never })
      const peer = yield* Effect.promise(() => smsc.bound())
      peer.send(failed(1), { command: "enquire_link", status: 0, sequence: 2 })
      const answer = yield* Effect.promise(() => peer.next("enquire_link_resp"))
      assert.strictEqual(answer.sequence, 2)
    })
  )

  it.live("asks a silent gateway whether it is there, and stays while it answers", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port), limits: Esme.impatient })
      const peer = yield* Effect.promise(() => smsc.bound())
      yield* Effect.promise(async () => {
        for (const _ of range(3)) {
          const { sequence } = await peer.next("enquire_link")
          peer.send({ command: "enquire_link_resp", status: 0, sequence })
        }
      })
      yield* esme.phase("bound")
      assert.strictEqual(smsc.peers.length, 1)
    })
  )

  it.live("unbinds at the end of its scope, after it answered what it was given", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const scope = yield* Scope.make()
      yield* Esme.open({
        settings: Esme.settings(smsc.port),
        receive: () => Effect.sleep("100 millis")
      }).pipe(Scope.provide(scope))
      const peer = yield* Effect.promise(() => smsc.bound())
      peer.send(failed(1), failed(2))
      yield* Effect.sleep("30 millis")
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
      const heard = yield* Effect.promise(async () => [await peer.any(), await peer.any(), await peer.any()])
      assert.deepStrictEqual(
        heard.map(({ command }) => command),
        ["deliver_sm_resp", "deliver_sm_resp", "unbind"]
      )
      peer.send({ command: "unbind_resp", status: 0, sequence: heard[2]!.sequence })
      yield* Effect.promise(() => peer.closed)
      yield* Fiber.join(closing)
    })
  )

  it.live("ends at once though receipts keep coming, and answers each that it took", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const scope = yield* Scope.make()
      const esme = yield* Esme.open({
        settings: Esme.settings(smsc.port),
        limits: { unbindWait: Duration.seconds(6), batchMax: 1 },
        receive: () => Effect.sleep("5 millis")
      }).pipe(Scope.provide(scope))
      const peer = yield* Effect.promise(() => smsc.bound())
      let sent = 0
      const coming = setInterval(() => peer.send(failed(++sent)), 2)
      yield* esme.readingsOf(5)
      const [took] = yield* Effect.timed(Scope.close(scope, Exit.void))
      clearInterval(coming)
      assert.isBelow(Duration.toMillis(took), 3_000)
      yield* Effect.promise(() => peer.closed)
      const answered = yield* Effect.promise(async () => {
        let answered = 0
        while ((await peer.any()).command === "deliver_sm_resp") answered++
        return answered
      })
      assert.isAtLeast(answered, 5)
    })
  )

  it.live("does not wait for a farewell that does not come, nor for what cannot be kept", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const scope = yield* Scope.make()
      const options = { settings: Esme.settings(smsc.port, { binds: 3 }), receive: () => Effect.never }
      const esme = yield* Esme.open(options).pipe(Scope.provide(scope))
      const peers = yield* Effect.promise(() => Promise.all(range(3).map(() => smsc.bound())))
      yield* esme.phase("bound")
      for (const peer of peers) peer.isPolite = false
      peers[0]!.send(failed(1))
      yield* Effect.sleep("50 millis")
      const [took] = yield* Effect.timed(Scope.close(scope, Exit.void))
      assert.isBelow(Duration.toMillis(took), 1_500)
      const farewells = yield* Effect.promise(() => Promise.all(peers.map((peer) => peer.next("unbind"))))
      assert.strictEqual(farewells.length, 3)
      const states = yield* esme.session.states
      assert.deepStrictEqual(
        states.map(({ phase }) => phase),
        ["closed", "closed", "closed"]
      )
    })
  )

  it.live("says goodbye when the gateway does, and comes back", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port) })
      const peer = yield* Effect.promise(() => smsc.bound())
      peer.send({ command: "unbind", status: 0, sequence: 8 })
      const farewell = yield* Effect.promise(() => peer.next("unbind_resp"))
      assert.strictEqual(farewell.sequence, 8)
      yield* Effect.promise(() => peer.closed)
      yield* Effect.promise(() => smsc.bound())
      yield* esme.ended("unbound")
      yield* esme.phase("bound")
    })
  )

  it.live("comes back when the connection breaks or nobody listens", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const { port } = smsc
      const esme = yield* Esme.open({ settings: Esme.settings(port) })
      const peer = yield* Effect.promise(() => smsc.bound())
      smsc.server.close()
      peer.socket.resetAndDestroy()
      yield* esme.ended("lost")
      yield* esme.ended("unreachable")
      smsc.server.listen(port, "127.0.0.1")
      const again = yield* Effect.promise(() => smsc.bound())
      yield* esme.phase("bound")
      again.send(failed(1))
      yield* esme.readingsOf(1)
    })
  )

  for (const [status, reason] of [
    [0x0d, "unauthorized"],
    [0x0e, "unauthorized"],
    [0x0f, "unauthorized"],
    [0x05, "refused"]
  ] as const) {
    it.live(`says that a bind was ${reason} by status ${status}, and tries again`, () =>
      Effect.gen(function* () {
        const smsc = yield* Smsc.listen()
        const esme = yield* Esme.open({ settings: Esme.settings(smsc.port) })
        yield* Effect.promise(async () => (await smsc.accept()).bound(status))
        yield* esme.ended(reason)
        const [state] = yield* esme.session.states
        assert.strictEqual(state!.ended?.status, status)
        const level = reason === "unauthorized" ? "Error" : "Warn"
        assert.strictEqual(esme.lines.filter((line) => line.startsWith(level)).length, 1)
        yield* Effect.promise(() => smsc.bound())
        yield* esme.phase("bound")
      })
    )
  }

  it.live("binds with the other password where one is refused, and goes on with it", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const otherPassword = Redacted.make("new")
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port, { otherPassword }) })
      const offered = (status: number) =>
        Effect.promise(async () => {
          const peer = await smsc.accept()
          const { password } = await peer.bound(status)
          return { peer, password: Redacted.value(password) }
        })
      assert.strictEqual((yield* offered(0x0e)).password, Esme.password)
      const { password, peer } = yield* offered(0)
      assert.strictEqual(password, "new")
      yield* esme.phase("bound")
      peer.socket.destroy()
      assert.strictEqual((yield* offered(0)).password, "new")
    })
  )

  it.live("is not bound by a generic_nack", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port) })
      yield* Effect.promise(async () => {
        const peer = await smsc.accept()
        const { sequence } = await peer.any()
        peer.send({ command: "generic_nack", status: 0, sequence })
      })
      yield* esme.ended("refused")
    })
  )

  it.live("holds as many binds as it is told, and each works by itself", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port, { binds: 3 }) })
      const peers = yield* Effect.promise(() => Promise.all(range(3).map(() => smsc.bound())))
      yield* esme.phase("bound")
      peers[0]!.socket.destroy()
      peers[1]!.send(failed(1))
      peers[2]!.send(failed(2))
      yield* esme.readingsOf(2)
      yield* Effect.promise(() => smsc.bound())
      yield* esme.phase("bound")
      assert.strictEqual(smsc.peers.length, 4)
    })
  )

  it.live("sends as a transceiver, ten at a time, and gives the answer whatever it is", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port, { mode: "transceiver" }) })
      const peer = yield* Effect.promise(async () => {
        const peer = await smsc.accept()
        assert.strictEqual((await peer.bound()).command, "bind_transceiver")
        return peer
      })
      yield* esme.phase("bound")
      const sending = yield* Effect.forkChild(
        Effect.forEach(range(12), () => esme.session.submit(Pdus.receipt("Hello")), { concurrency: "unbounded" }),
        { startImmediately: true }
      )
      const first = yield* Effect.promise(() => Promise.all(range(10).map(() => peer.any())))
      const eleventh = peer.any()
      const early = yield* Effect.promise(() =>
        Promise.race([eleventh.then(() => "sent"), new Promise((resolve) => setTimeout(resolve, 60, "held back"))])
      )
      assert.strictEqual(early, "held back")
      const answer = (sequence: number, status: number) =>
        peer.send({ command: "submit_sm_resp", status, sequence, messageId: `m${sequence}`, tlvs: [] })
      for (const { sequence } of first.toReversed()) answer(sequence, 0x58)
      yield* Effect.promise(async () => {
        answer((await eleventh).sequence, 0)
        answer((await peer.any()).sequence, 0)
      })
      const answers = yield* Fiber.join(sending)
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [...range(10).map(() => 0x58), 0, 0]
      )
    })
  )

  it.live("gives up what was sent and not answered, as soon as the connection breaks", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port, { mode: "transceiver" }) })
      const peer = yield* Effect.promise(() => smsc.bound())
      yield* esme.phase("bound")
      const sending = yield* Effect.forkChild(Effect.flip(esme.session.submit(Pdus.receipt("Hello"))))
      yield* Effect.promise(() => peer.next("submit_sm"))
      peer.socket.destroy()
      // "silent" would mean that it waited for the answer, for ten seconds.
      assert.strictEqual((yield* Fiber.join(sending)).reason, "lost")
    })
  )

  it.live("sends nothing while there is no bind", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port) })
      const ended = yield* Effect.flip(esme.session.submit(Pdus.receipt("Hello")))
      assert.strictEqual(ended.reason, "unbound")
    })
  )

  it.live("tells a fault of our own, and binds again", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      let faults = 1
      const esme = yield* Esme.open({
        settings: Esme.settings(smsc.port),
        receive: () => Effect.suspend(() => (faults-- > 0 ? Effect.die(new Error("a fault")) : Effect.void))
      })
      const peer = yield* Effect.promise(() => smsc.bound())
      peer.send(failed(1))
      const again = yield* Effect.promise(() => smsc.bound())
      yield* esme.ended("failed")
      again.send(failed(1))
      yield* esme.readingsOf(1)
      assert.strictEqual(esme.lines.filter((line) => line.startsWith("Error")).length, 1)
    })
  )

  it.live("never shows the password", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port) })
      yield* Effect.promise(async () => (await smsc.accept()).bound(0x0e))
      yield* esme.ended("unauthorized")
      const peer = yield* Effect.promise(() => smsc.bound())
      peer.socket.write(Buffer.from("ffffffff", "hex"))
      yield* esme.ended("malformed")
      const states = yield* esme.session.states
      assert.isAbove(esme.lines.length, 2)
      assert.notInclude(esme.lines.join("\n") + JSON.stringify(states), Esme.password)
    })
  )
})

describe("Link.pause", () => {
  const pause = (failures: number, reason: Ended["reason"], chance: number) =>
    Duration.toSeconds(Link.pause(failures, new Ended({ reason, message: "" }), limits, chance))

  it("doubles from a second to a minute", () => {
    assert.deepStrictEqual(
      [1, 2, 3, 6, 7, 8, 2_000].map((failures) => pause(failures, "lost", 1)),
      [1, 2, 4, 32, 60, 60, 60]
    )
  })

  it("goes on to five minutes where name or password are refused", () => {
    assert.deepStrictEqual(
      [1, 7, 9, 10, 2_000].map((failures) => pause(failures, "unauthorized", 1)),
      [1, 64, 256, 300, 300]
    )
  })

  it("begins again after a bind that lasted a minute, and not after one that comes and goes", () => {
    assert.deepStrictEqual(
      [0, 59_000, 60_000, 60_001].map((lasted) => Link.failuresAfter(6, lasted, limits)),
      [7, 7, 7, 1]
    )
  })

  it("is any part of that, by chance", () => {
    assert.deepStrictEqual(
      [0, 0.25, 0.5].map((chance) => pause(3, "lost", chance)),
      [0, 1, 2]
    )
  })
})
