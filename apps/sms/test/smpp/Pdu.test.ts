import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Redacted, Result, Schema } from "effect"
import { inspect } from "node:util"
import * as Command from "../../src/smpp/Command.ts"
import * as Pdu from "../../src/smpp/Pdu.ts"
import * as Pdus from "./Pdus.ts"

const runs = { arbitrary: { runs: 500 } }

const decoded = (frame: Uint8Array): Pdu.Pdu => Result.getOrThrow(Pdu.decode(frame))

describe("Pdu", () => {
  it.prop(
    "reads what it wrote, whatever the command and its fields",
    [Pdus.any],
    ([pdu]) => {
      const frame = Pdu.encode(pdu)
      assert.strictEqual(frame.readUInt32BE(0), frame.length)
      assert.deepStrictEqual(Pdus.plain(decoded(frame)), Pdus.plain(pdu))
    },
    runs
  )

  it.effect("random units are of every command", () =>
    Effect.gen(function* () {
      const drawn = yield* Arbitrary.sampleEffect(Pdus.any, { count: 500, seed: 7 })
      assert.deepStrictEqual([...new Set(drawn.map(({ command }) => command))].sort(), [...Pdus.commands].sort())
    })
  )

  it.prop(
    "reads any octets behind any command without throwing, and writes again what it read",
    [
      Schema.Literals(Object.values(Command.ids)),
      Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))).check(Schema.isMaxLength(200))
    ],
    ([id, body]) => {
      const read = Pdu.decode(Pdus.frame(id, Uint8Array.from(body)))
      if (Result.isFailure(read)) return assert.deepStrictEqual(read.failure, { reason: "truncated", id, sequence: 1 })
      assert.deepStrictEqual(Pdus.plain(decoded(Pdu.encode(read.success))), Pdus.plain(read.success))
    },
    runs
  )

  it("says which command it does not know", () => {
    for (const id of [0x0000_0102, 0x0000_000b, 0x8000_0003, 0xdead_beef]) {
      const read = Pdu.decode(Pdus.frame(id, Buffer.alloc(3), { sequence: 9 }))
      assert.deepStrictEqual(read, Result.fail({ reason: "unknown-command", id, sequence: 9 }))
    }
  })

  it("calls a message truncated wherever its mandatory part ends early", () => {
    const whole = Pdu.encode(Pdus.receipt(""))
    for (let length = 16; length < whole.length; length++) {
      const read = Pdu.decode(whole.subarray(0, length))
      assert.deepStrictEqual(read, Result.fail({ reason: "truncated", id: Command.ids.deliver_sm, sequence: 1 }))
    }
  })

  it("takes an answer without its body", () => {
    const read = decoded(Pdus.frame(Command.ids.submit_sm_resp, Buffer.alloc(0)))
    assert.deepStrictEqual(read, { command: "submit_sm_resp", status: 0, sequence: 1, messageId: "", tlvs: [] })
  })

  it("takes a text without its NUL", () => {
    const read = decoded(Pdus.frame(Command.ids.submit_sm_resp, Buffer.from("12ab")))
    assert.isTrue(read.command === "submit_sm_resp" && read.messageId === "12ab")
  })

  it("gives a parameter that claims more than is left what is left", () => {
    const body = Buffer.concat([Buffer.from([0]), Buffer.from("001e00ff616263", "hex")])
    const read = decoded(Pdus.frame(Command.ids.deliver_sm_resp, body))
    assert.isTrue(read.command === "deliver_sm_resp")
    assert.deepStrictEqual(Pdus.plain(read), {
      command: "deliver_sm_resp",
      status: 0,
      sequence: 1,
      messageId: "",
      tlvs: [{ tag: 0x1e, value: [...Buffer.from("abc")] }]
    })
  })

  it("drops octets that are too few for a parameter", () => {
    const read = decoded(Pdus.frame(Command.ids.deliver_sm_resp, Buffer.from([0, 0, 0x1e, 0])))
    assert.isTrue(read.command === "deliver_sm_resp" && read.tlvs.length === 0)
  })

  it("gives a text that claims more than is left what is left", () => {
    const frame = Buffer.concat([Pdu.encode(Pdus.receipt("")).subarray(0, -1), Buffer.from("\u00c8id:7", "latin1")])
    const read = decoded(frame)
    assert.deepStrictEqual(Pdus.plain(read), Pdus.plain(Pdus.receipt("id:7")))
  })

  it("moves a text of more than 254 octets into message_payload", () => {
    const text = Buffer.alloc(255, "x")
    const read = decoded(Pdu.encode({ ...Pdus.receipt(""), text }))
    assert.deepStrictEqual(Pdus.plain(read), Pdus.plain({ ...Pdus.receipt(""), tlvs: [{ tag: 0x0424, value: text }] }))
  })

  it("shows no password", () => {
    const bind: Pdu.Bind = {
      command: "bind_receiver",
      status: 0,
      sequence: 1,
      systemId: "spoor",
      password: Redacted.make("s3cret"),
      systemType: "",
      interfaceVersion: 0x34,
      range: { ton: 0, npi: 0, digits: "" }
    }
    const read = decoded(Pdu.encode(bind))
    for (const shown of [inspect(read, { depth: null }), JSON.stringify(read)]) assert.notInclude(shown, "s3cret")
  })
})
