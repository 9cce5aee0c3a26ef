import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Redacted, Scope } from "effect"
import { Buffer } from "node:buffer"
import * as Esme from "./Esme.ts"
import * as Pdus from "./Pdus.ts"
import * as Perl from "./Perl.ts"
import * as Smsc from "./Smsc.ts"

/** So many lines. */
const linesOf = (script: Perl.Script, count: number) =>
  Effect.promise(async () => {
    const lines: Array<ReadonlyArray<string>> = []
    while (lines.length < count) lines.push(await script.next())
    return lines
  })

describe.skipIf(!Perl.isInstalled)("Net::SMPP", () => {
  it.live("as the gateway: binds us, delivers in every form, hears our answers, and our goodbye", () =>
    Effect.gen(function* () {
      const script = yield* Perl.run("smsc.pl")
      const [[port = ""] = []] = yield* linesOf(script, 1)
      const scope = yield* Scope.make()
      const settings = Esme.settings(Number(port), { mode: "transceiver", systemType: "VMA" })
      const esme = yield* Esme.open({ settings }).pipe(Scope.provide(scope))
      assert.deepStrictEqual(yield* linesOf(script, 9), [
        ["bind_transceiver", "spoor", Esme.password, "VMA", "52"],
        ["deliver_sm_resp", "0"],
        ["deliver_sm_resp", "0"],
        ["deliver_sm_resp", "0"],
        ["deliver_sm_resp", "0"],
        ["deliver_sm_resp", "0"],
        ["data_sm_resp", "0"],
        ["deliver_sm_resp", "0"],
        ["enquire_link_resp", "0"]
      ])
      assert.deepStrictEqual(
        esme
          .readings()
          .map((reading) => (reading.kind === "receipt" ? [reading.messageIds, reading.codes] : reading.kind)),
        [
          [["6"], { reason: "088", status: "REJECTD" }],
          [["15"], { reason: "045", status: "UNDELIV" }],
          [["10"], { reason: "13", status: "5" }],
          [["16"], { reason: "001", status: "UNDELIV" }],
          [["17"], { reason: "254", status: "UNKNOWN" }],
          [["18"], { reason: "000", status: "DELETED" }],
          "inbound"
        ]
      )
      const { command: _, status: __, sequence: ___, ...submission } = Pdus.receipt("Hello", { esmClass: 0 })
      const answer = yield* esme.session.submit(submission)
      assert.isTrue(answer.command === "submit_sm_resp" && answer.messageId === "0e999f21")
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual(yield* Effect.promise(() => script.ended), 0)
      const heard = yield* Effect.promise(async () => {
        const commands = new Map<string, ReadonlyArray<string>>()
        while (!commands.has("unbind")) {
          const [command = "", ...fields] = await script.next()
          commands.set(command, fields)
        }
        return commands
      })
      assert.deepStrictEqual(heard.get("submit_sm"), ["48501234504", "SKLEP", "Hello", ""])
    })
  )

  it.live("as the one who binds: understands all that our codec wrote, and is understood", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const script = yield* Perl.run("esme.pl", String(smsc.port))
      const peer = yield* Effect.promise(() => smsc.accept())
      const bind = yield* Effect.promise(() => peer.bound())
      assert.deepStrictEqual(
        [
          bind.command,
          bind.systemId,
          Redacted.value(bind.password),
          bind.systemType,
          bind.interfaceVersion,
          bind.range
        ],
        ["bind_transceiver", "perl", "pw", "VMA", 0x34, { ton: 1, npi: 1, digits: "^48" }]
      )
      yield* Effect.promise(async () => {
        const submitted = await peer.any()
        assert.isTrue(submitted.command === "submit_sm")
        assert.deepInclude(Pdus.plain(submitted), {
          source: { ton: 5, npi: 0, digits: "SKLEP" },
          destination: { ton: 1, npi: 1, digits: "48501234504" },
          registeredDelivery: 1,
          text: [...Buffer.from("Twoja paczka")],
          tlvs: [{ tag: 0x0204, value: [0, 7] }]
        })
        peer.send({
          command: "submit_sm_resp",
          status: 0,
          sequence: submitted.sequence,
          messageId: "0e999f21",
          tlvs: []
        })
        const sent = await peer.any()
        assert.deepInclude(Pdus.plain(sent), {
          command: "data_sm",
          tlvs: [{ tag: 0x0424, value: Array(1_000).fill(120) }]
        })
        peer.send({ command: "data_sm_resp", status: 0x58, sequence: sent.sequence, messageId: "", tlvs: [] })
        const tlvs = [
          { tag: 0x001e, value: Buffer.from("0e999f21\0") },
          { tag: 0x0427, value: Buffer.from([5]) },
          { tag: 0x0423, value: Buffer.from([3, 0, 13]) }
        ]
        peer.send(Pdus.receipt("id:244948769 stat:UNDELIV err:013", { sequence: 5, tlvs }))
        assert.deepInclude(await peer.any(), { command: "deliver_sm_resp", status: 0, sequence: 5 })
        const asked = await peer.any()
        peer.send({ command: "enquire_link_resp", status: 0, sequence: asked.sequence })
        await peer.next("unbind")
      })
      assert.deepStrictEqual(yield* linesOf(script, 6), [
        ["bind_transceiver_resp", "0", "smsc"],
        ["submit_sm_resp", "0", "0e999f21"],
        ["data_sm_resp", "88", ""],
        ["deliver_sm", "48501234504", "SKLEP", "4", "id:244948769 stat:UNDELIV err:013", "0e999f21", "05", "03000d"],
        ["enquire_link_resp", "0"],
        ["unbind_resp", "0"]
      ])
      assert.strictEqual(yield* Effect.promise(() => script.ended), 0)
    })
  )
})
