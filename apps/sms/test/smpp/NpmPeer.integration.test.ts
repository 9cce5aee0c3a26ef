import { assert, describe, it } from "@effect/vitest"
import type { SmsError } from "@spoor/domain"
import { Duration, Effect, Exit, Scope } from "effect"
import { once } from "node:events"
import smpp, { type Fields, type PDU, type Session } from "smpp"
import { Buffer } from "node:buffer"
import type { Tls } from "../../src/smpp/Settings.ts"
import * as Certificate from "./Certificate.ts"
import * as Esme from "./Esme.ts"
import * as Pdus from "./Pdus.ts"
import * as Smsc from "./Smsc.ts"

/** An SMSC on npm smpp, and who is bound to it. */
const listen = (options: Fields = {}) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const binds: Array<PDU> = []
      const sessions: Array<Session> = []
      const server = smpp.createServer(options, (session) => {
        session.on("error", () => {})
        for (const command of ["bind_receiver", "bind_transceiver"]) {
          session.on(command, (pdu: PDU) => {
            binds.push(pdu)
            session.send(pdu.response(), () => sessions.push(session))
          })
        }
        for (const command of ["unbind", "enquire_link"])
          session.on(command, (pdu: PDU) => session.send(pdu.response()))
        session.on("submit_sm", (pdu: PDU) =>
          session.send(pdu.response({ message_id: `id-${pdu["destination_addr"]}` }))
        )
      })
      await once(server.listen(0, "127.0.0.1"), "listening")
      return { server, binds, sessions, port: Smsc.portOf(server) }
    }),
    ({ server, sessions }) =>
      Effect.sync(() => {
        for (const session of sessions) session.destroy()
        server.close()
      })
  )

const ask = (session: Session, command: string, fields: Fields = {}) =>
  Effect.promise(() => new Promise<PDU>((resolve) => session.send(new smpp.PDU(command, fields), resolve)))

const text = (id: string, rest: string) =>
  `id:${id} sub:001 dlvrd:000 submit date:2611231200 done date:2611231205 ${rest} text:Twoja paczka`

const addresses = { source_addr: "48501234504", destination_addr: "SKLEP", esm_class: 4 }

/** Receipts in the forms of the acceptance list, with the id and the codes that they have. */
const receipts: ReadonlyArray<readonly [command: string, fields: Fields, id: string, codes: SmsError.Codes]> = [
  ["deliver_sm", { short_message: text("6", "stat:REJECTD err:088") }, "6", { reason: "088", status: "REJECTD" }],
  ["deliver_sm", { short_message: text("7", "stat:UNDELIV err:00B") }, "7", { reason: "00B", status: "UNDELIV" }],
  [
    "deliver_sm",
    { receipted_message_id: "10", message_state: 5, network_error_code: Buffer.from([3, 0, 13]) },
    "10",
    { reason: "13", status: "5" }
  ],
  ["deliver_sm", { short_message: "ID:15 Stat:UNDELIV Err:045" }, "15", { reason: "045", status: "UNDELIV" }],
  [
    "deliver_sm",
    { esm_class: 0, short_message: text("16", "stat:UNDELIV err:001") },
    "16",
    { reason: "001", status: "UNDELIV" }
  ],
  ["deliver_sm", { message_payload: text("17", "stat:UNKNOWN err:254") }, "17", { reason: "254", status: "UNKNOWN" }],
  ["data_sm", { message_payload: text("18", "stat:DELETED err:000") }, "18", { reason: "000", status: "DELETED" }]
]

describe("npm smpp as the gateway", () => {
  it.live("binds us, delivers in every form, hears our answers, and our goodbye", () =>
    Effect.gen(function* () {
      const smsc = yield* listen()
      const scope = yield* Scope.make()
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port, { systemType: "VMA" }) }).pipe(
        Scope.provide(scope)
      )
      yield* esme.phase("bound")
      const [bind] = smsc.binds
      assert.deepStrictEqual(
        [bind?.command, bind?.["system_id"], bind?.["password"], bind?.["system_type"], bind?.["interface_version"]],
        ["bind_receiver", "spoor", Esme.password, "VMA", 0x34]
      )
      const [session] = smsc.sessions
      const answers = yield* Effect.forEach(receipts, ([command, fields]) =>
        ask(session!, command, { ...addresses, ...fields })
      )
      assert.deepStrictEqual(
        answers.map(({ command, command_status }) => [command, command_status]),
        receipts.map(([command]) => [`${command}_resp`, 0])
      )
      assert.deepStrictEqual(
        esme
          .readings()
          .map((reading) => (reading.kind === "receipt" ? [reading.messageIds[0], reading.codes] : reading)),
        receipts.map(([, , id, codes]) => [id, codes])
      )
      const alive = yield* ask(session!, "enquire_link")
      assert.strictEqual(alive.command, "enquire_link_resp")
      const unbound = once(session!, "unbind")
      yield* Scope.close(scope, Exit.void)
      yield* Effect.promise(() => unbound)
    })
  )

  it.live("takes what we send as a transceiver", () =>
    Effect.gen(function* () {
      const smsc = yield* listen()
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port, { mode: "transceiver" }) })
      yield* esme.phase("bound")
      const { command: _, status: __, sequence: ___, ...submission } = Pdus.receipt("Hello", { esmClass: 0 })
      const answer = yield* esme.session.submit(submission)
      assert.isTrue(answer.command === "submit_sm_resp" && answer.messageId === "id-SKLEP")
    })
  )

  it.live("sends two thousand receipts at once, and each is taken once", () =>
    Effect.gen(function* () {
      const smsc = yield* listen()
      const esme = yield* Esme.open({ settings: Esme.settings(smsc.port) })
      yield* esme.phase("bound")
      const ids = Array.from({ length: 2_000 }, (_, index) => String(index))
      const answers = yield* Effect.forEach(
        ids,
        (id) => ask(smsc.sessions[0]!, "deliver_sm", { ...addresses, short_message: text(id, "stat:UNDELIV err:001") }),
        { concurrency: "unbounded" }
      )
      assert.isTrue(answers.every(({ command_status }) => command_status === 0))
      assert.deepStrictEqual(
        esme.readings().map((reading) => (reading.kind === "receipt" ? reading.messageIds[0] : null)),
        ids
      )
    })
  )

  describe("over TLS", () => {
    const own = Certificate.make("smsc.test")

    it.live("binds us if its certificate is of the authority in the settings", () =>
      Effect.gen(function* () {
        const smsc = yield* listen({ ...own })
        const esme = yield* Esme.open({
          settings: Esme.settings(smsc.port, { tls: { isVerified: true, ca: own.cert } })
        })
        yield* esme.phase("bound")
        const answer = yield* ask(smsc.sessions[0]!, "deliver_sm", {
          ...addresses,
          short_message: text("1", "stat:UNDELIV err:001")
        })
        assert.strictEqual(answer.command_status, 0)
        assert.strictEqual(esme.readings().length, 1)
      })
    )

    it.live("binds us if its certificate has the name in the settings", () =>
      Effect.gen(function* () {
        const smsc = yield* listen({ ...own })
        const tls = { isVerified: true, ca: own.cert, serverName: "smsc.test" }
        const esme = yield* Esme.open({ settings: Esme.settings(smsc.port, { tls }) })
        yield* esme.phase("bound")
      })
    )

    const refused: ReadonlyArray<readonly [why: string, served: Certificate.Certificate, tls: Tls]> = [
      ["nobody knows its authority", own, { isVerified: true }],
      ["its authority is another", Certificate.make("smsc.test"), { isVerified: true, ca: own.cert }],
      ["its name is another", own, { isVerified: true, ca: own.cert, serverName: "other.test" }]
    ]
    for (const [why, served, tls] of refused) {
      it.live(`gets nothing of us, not even a name, if ${why}`, () =>
        Effect.gen(function* () {
          const smsc = yield* listen({ ...served })
          const esme = yield* Esme.open({ settings: Esme.settings(smsc.port, { tls }) })
          yield* esme.ended("unreachable")
          assert.deepStrictEqual(smsc.binds, [])
        })
      )
    }

    it.live("gets nothing of us if its certificate is over", () =>
      Effect.gen(function* () {
        const old = Certificate.make("smsc.test", "250101000000Z")
        const smsc = yield* listen({ ...old })
        const esme = yield* Esme.open({
          settings: Esme.settings(smsc.port, { tls: { isVerified: true, ca: old.cert } })
        })
        yield* esme.ended("unreachable")
        const [state] = yield* esme.session.states
        assert.include(state!.ended!.message, "expired")
        assert.deepStrictEqual(smsc.binds, [])
      })
    )

    it.live("binds us unproven if the settings say so", () =>
      Effect.gen(function* () {
        const smsc = yield* listen({ ...own })
        const esme = yield* Esme.open({ settings: Esme.settings(smsc.port, { tls: { isVerified: false } }) })
        yield* esme.phase("bound")
      })
    )

    it.live("gets nothing of us in the clear", () =>
      Effect.gen(function* () {
        const smsc = yield* listen()
        const esme = yield* Esme.open({
          settings: Esme.settings(smsc.port, { tls: { isVerified: true, ca: own.cert } }),
          limits: { connectWait: Duration.millis(300) }
        })
        yield* esme.ended("unreachable")
        assert.deepStrictEqual(smsc.binds, [])
      })
    )
  })
})

describe("npm smpp as the one who binds", () => {
  it.live("binds, sends, is asked, gets a receipt and says goodbye to what our codec wrote", () =>
    Effect.gen(function* () {
      const smsc = yield* Smsc.listen()
      const session = yield* Effect.acquireRelease(
        Effect.promise(
          () =>
            new Promise<Session>((resolve) => {
              const session = smpp.connect({ host: "127.0.0.1", port: smsc.port }, () => resolve(session))
            })
        ),
        (session) => Effect.sync(() => session.destroy())
      )
      const peer = yield* Effect.promise(() => smsc.accept())
      const [bound, bind] = yield* Effect.all(
        [ask(session, "bind_transceiver", { system_id: "esme", password: "pw" }), Effect.promise(() => peer.bound())],
        { concurrency: 2 }
      )
      assert.deepStrictEqual([bound.command_status, bound["system_id"], bind.systemId], [0, "smsc", "esme"])

      const submitting = ask(session, "submit_sm", { destination_addr: "48501234504", short_message: "Cześć" })
      const answering = Effect.promise(async () => {
        const { sequence } = await peer.next("submit_sm")
        peer.send({ command: "submit_sm_resp", status: 0, sequence, messageId: "0e999f21", tlvs: [] })
      })
      const [submitted] = yield* Effect.all([submitting, answering], { concurrency: 2 })
      assert.strictEqual(submitted["message_id"], "0e999f21")

      const delivered = once(session, "deliver_sm")
      peer.send(Pdus.receipt(text("1", "stat:UNDELIV err:001"), { tlvs: [{ tag: 0x0427, value: Buffer.from([5]) }] }))
      const [receipt] = yield* Effect.promise(() => delivered)
      assert.deepStrictEqual([receipt.source_addr, receipt.esm_class, receipt.message_state], ["48501234504", 4, 5])
      session.send(receipt.response())
      assert.strictEqual((yield* Effect.promise(() => peer.next("deliver_sm_resp"))).sequence, 1)

      const asked = once(session, "enquire_link")
      peer.send({ command: "enquire_link", status: 0, sequence: 2 })
      yield* Effect.promise(() => asked)

      assert.strictEqual((yield* ask(session, "unbind")).command, "unbind_resp")
    })
  )
})
