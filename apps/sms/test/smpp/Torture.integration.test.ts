import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Pdu from "../../src/smpp/Pdu.ts"
import type { Limits } from "../../src/smpp/Settings.ts"
import * as Esme from "./Esme.ts"
import * as Pdus from "./Pdus.ts"
import * as Smsc from "./Smsc.ts"

const failed = (id: number) => Pdus.receipt(`id:${id} stat:UNDELIV err:001`, { sequence: id })
const enquire = 0x15

const sceneWith = Effect.fnUntraced(function* (limits: Partial<Limits> = {}) {
  const smsc = yield* Smsc.listen()
  const esme = yield* Esme.open({ settings: Esme.settings(smsc.port), limits })
  const peer = yield* Effect.promise(() => smsc.bound())
  yield* esme.phase("bound")
  return { smsc, esme, peer }
})
const scene = sceneWith()
const impatientScene = sceneWith(Esme.impatient)

/** After whatever was done to it, a new bind takes a receipt. */
const recovers = Effect.fnUntraced(function* ({ esme, smsc }: Effect.Success<typeof scene>) {
  const again = yield* Effect.promise(() => smsc.bound())
  again.send(failed(99))
  const { status } = yield* Effect.promise(() => again.next("deliver_sm_resp"))
  assert.strictEqual(status, 0)
  const last = esme.readings().at(-1)
  assert.isTrue(last?.kind === "receipt" && last.messageIds[0] === "99")
})

describe("a gateway that goes wrong", () => {
  for (const length of [0, 1, 15, 65_537, 1_048_576, 0xffff_ffff]) {
    it.live(`with a length of ${length} is told so and left, and what came before it is answered`, () =>
      Effect.gen(function* () {
        const at = yield* scene
        const bad = Pdus.frame(enquire, Buffer.alloc(0), { length, sequence: 7 })
        at.peer.socket.write(Buffer.concat([Pdu.encode({ command: "enquire_link", status: 0, sequence: 6 }), bad]))
        const [answer, nack] = yield* Effect.promise(() => Promise.all([at.peer.any(), at.peer.any()]))
        assert.deepStrictEqual(answer, { command: "enquire_link_resp", status: 0, sequence: 6 })
        assert.deepStrictEqual(nack, { command: "generic_nack", status: 2, sequence: 7 })
        yield* Effect.promise(() => at.peer.closed)
        yield* at.esme.ended("malformed")
        yield* recovers(at)
      })
    )
  }

  it.live("with a length of a megabyte and the megabyte too is left all the same", () =>
    Effect.gen(function* () {
      const at = yield* scene
      at.peer.socket.write(Pdus.frame(0x05, Buffer.alloc(1_048_576), { sequence: 7 }))
      yield* Effect.promise(() => at.peer.closed)
      yield* recovers(at)
    })
  )

  it.live("with commands that we do not know is told so each time, and stays", () =>
    Effect.gen(function* () {
      const { esme, peer } = yield* scene
      const unknown = [0x0000_0003, 0x0000_0102, 0x0000_000b, 0x1234_5678]
      peer.socket.write(
        Buffer.concat(unknown.map((id, index) => Pdus.frame(id, Buffer.alloc(5), { sequence: index + 1 })))
      )
      const answers = yield* Effect.promise(() => Promise.all(unknown.map(() => peer.any())))
      assert.deepStrictEqual(
        answers,
        unknown.map((_, index) => ({ command: "generic_nack", status: 3, sequence: index + 1 }))
      )
      yield* esme.phase("bound")
    })
  )

  it.live("with answers to nothing, known or not, is not answered", () =>
    Effect.gen(function* () {
      const { peer } = yield* scene
      const answers = [0x8000_0000, 0x8000_0004, 0x8000_0005, 0x8000_0015, 0x8000_0003, 0xffff_ffff]
      peer.socket.write(Buffer.concat(answers.map((id) => Pdus.frame(id, Buffer.alloc(0), { sequence: 500 }))))
      peer.send({ command: "enquire_link", status: 0, sequence: 6 })
      const answer = yield* Effect.promise(() => peer.any())
      assert.deepStrictEqual(answer, { command: "enquire_link_resp", status: 0, sequence: 6 })
    })
  )

  it.live("with requests that only we may make is refused them, and stays", () =>
    Effect.gen(function* () {
      const { esme, peer } = yield* scene
      const requests = [0x01, 0x02, 0x09, 0x04]
      const body = Buffer.alloc(40)
      peer.socket.write(Buffer.concat(requests.map((id, index) => Pdus.frame(id, body, { sequence: index + 1 }))))
      const answers = yield* Effect.promise(() => Promise.all(requests.map(() => peer.any())))
      assert.deepStrictEqual(
        answers.map(({ command, sequence, status }) => [command, sequence, status]),
        [
          ["bind_receiver_resp", 1, 4],
          ["bind_transmitter_resp", 2, 4],
          ["bind_transceiver_resp", 3, 4],
          ["submit_sm_resp", 4, 4]
        ]
      )
      peer.socket.write(Pdus.frame(0x04, Buffer.alloc(2), { sequence: 9 }))
      assert.deepStrictEqual(yield* Effect.promise(() => peer.any()), {
        command: "generic_nack",
        status: 2,
        sequence: 9
      })
      yield* esme.phase("bound")
    })
  )

  it.live("with bodies cut anywhere has each kept and answered", () =>
    Effect.gen(function* () {
      const { esme, peer } = yield* scene
      const whole = Pdu.encode(failed(1)).subarray(16)
      for (let length = 0; length <= whole.length; length++) {
        peer.socket.write(Pdus.frame(0x05, whole.subarray(0, length), { sequence: length + 1 }))
      }
      const answers = yield* Effect.promise(() =>
        Promise.all(Array.from({ length: whole.length + 1 }, () => peer.any()))
      )
      assert.deepStrictEqual(
        answers.map(({ command, sequence, status }) => [command, sequence, status]),
        answers.map((_, index) => ["deliver_sm_resp", index + 1, 0])
      )
      assert.strictEqual(esme.readings().at(-1)?.kind, "receipt")
      assert.strictEqual(esme.readings()[0]?.kind, "unreadable")
    })
  )

  it.live("with parameters past the end has its receipt read from what is there", () =>
    Effect.gen(function* () {
      const { esme, peer } = yield* scene
      const body = Pdu.encode(Pdus.receipt("")).subarray(16)
      const past = Buffer.concat([body, Buffer.from("042700010500", "hex"), Buffer.from("1e00ff37", "hex")])
      peer.socket.write(Pdus.frame(0x05, past, { sequence: 1 }))
      yield* esme.readingsOf(1)
      const [reading] = esme.readings()
      assert.isTrue(reading?.kind === "receipt")
      assert.deepStrictEqual(reading?.kind === "receipt" && [reading.messageIds, reading.codes], [
        ["7"],
        { status: "5" }
      ])
    })
  )

  it.live("with one octet at a time is understood", () =>
    Effect.gen(function* () {
      const { esme, peer } = yield* scene
      peer.socket.setNoDelay(true)
      yield* Effect.promise(async () => {
        for (const octet of Pdu.encode(failed(1))) {
          await new Promise<void>((resolve) => peer.socket.write(Buffer.from([octet]), () => setImmediate(resolve)))
        }
        await peer.next("deliver_sm_resp")
      })
      assert.strictEqual(esme.readings().length, 1)
    })
  )

  it.live("that is silent in the middle of a frame is given up, though octets came", () =>
    Effect.gen(function* () {
      const at = yield* impatientScene
      at.peer.isPolite = false
      at.peer.socket.write(Pdu.encode(failed(1)).subarray(0, 30))
      yield* at.esme.ended("silent")
      assert.deepStrictEqual(at.esme.readings(), [])
      yield* recovers(at)
    })
  )

  it.live("that never answers enquire_link is given up", () =>
    Effect.gen(function* () {
      const at = yield* impatientScene
      yield* Effect.promise(() => at.peer.next("enquire_link"))
      yield* at.esme.ended("silent")
      yield* recovers(at)
    })
  )

  it.live("that never answers a bind is given up", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port), limits: Esme.impatient })
      yield* Effect.promise(() => smsc.accept())
      yield* esme.ended("silent")
      yield* recovers({ smsc, esme, peer: smsc.peers[0]! })
    })
  )

  it.live("that sends and never reads is given up", () =>
    Effect.gen(function* () {
      const at = yield* sceneWith({ ...Esme.impatient, windowMax: 200 })
      at.peer.socket.pause()
      // More than an operating system keeps for a socket that nobody reads.
      const long = Pdus.receipt("", { tlvs: [{ tag: 0x0424, value: new Uint8Array(65_000) }] })
      yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 200 }, () => at.esme.session.submit(long)),
          { concurrency: "unbounded" }
        )
      )
      const talking = setInterval(() => at.peer.send(failed(1)), 20)
      yield* at.esme.ended("silent").pipe(Effect.ensuring(Effect.sync(() => clearInterval(talking))))
      yield* recovers(at)
    })
  )

  it.live("that closes in the middle of everything gets what it did not hear again", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      let calls = 0
      const esme = yield* Esme.open({
        settings: Esme.settings(smsc.port),
        receive: () => Effect.suspend(() => (calls++ === 0 ? Effect.never : Effect.void))
      })
      const peer = yield* Effect.promise(() => smsc.bound())
      peer.send(failed(1))
      yield* Esme.eventually(Effect.sync(() => calls === 1))
      peer.socket.destroy()
      yield* recovers({ smsc, esme, peer })
    })
  )
})
