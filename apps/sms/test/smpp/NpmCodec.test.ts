import { assert, describe, it } from "@effect/vitest"
import { Redacted, Result } from "effect"
import smpp, { type Fields } from "smpp"
import * as Pdu from "../../src/smpp/Pdu.ts"
import * as Pdus from "./Pdus.ts"

const bindFields = {
  system_id: "spoor",
  password: "s3cret",
  system_type: "VMA",
  interface_version: 0x34,
  addr_ton: 1,
  addr_npi: 2,
  address_range: "^48"
}

const bindOf = (command: Pdu.Bind["command"]): Pdu.Bind => ({
  command,
  status: 0,
  sequence: 77,
  systemId: "spoor",
  password: Redacted.make("s3cret"),
  systemType: "VMA",
  interfaceVersion: 0x34,
  range: { ton: 1, npi: 2, digits: "^48" }
})

const text = "id:1 sub:001 dlvrd:000 submit date:2611231200 done date:2611231205 stat:UNDELIV err:001 text:"

const messageFields = {
  service_type: "CMT",
  source_addr_ton: 1,
  source_addr_npi: 1,
  source_addr: "48501234504",
  dest_addr_ton: 5,
  dest_addr_npi: 0,
  destination_addr: "SKLEP",
  esm_class: 4,
  registered_delivery: 1,
  data_coding: 0,
  receipted_message_id: "1e240",
  message_state: 5,
  network_error_code: Buffer.from([3, 0, 13])
}

const message = {
  status: 0,
  sequence: 77,
  serviceType: "CMT",
  source: { ton: 1, npi: 1, digits: "48501234504" },
  destination: { ton: 5, npi: 0, digits: "SKLEP" },
  esmClass: 4,
  registeredDelivery: 1,
  dataCoding: 0,
  tlvs: [
    { tag: 0x001e, value: Buffer.from("1e240\0") },
    { tag: 0x0427, value: Buffer.from([5]) },
    { tag: 0x0423, value: Buffer.from([3, 0, 13]) }
  ]
}

const shortFields = {
  ...messageFields,
  protocol_id: 2,
  priority_flag: 3,
  replace_if_present_flag: 1,
  sm_default_msg_id: 6,
  short_message: { message: text }
}

const shortOf = (command: Pdu.ShortMessage["command"]): Pdu.ShortMessage => ({
  ...message,
  command,
  protocolId: 2,
  priority: 3,
  scheduledAt: "",
  validUntil: "",
  replaces: 1,
  cannedMessage: 6,
  text: Buffer.from(text)
})

const answerOf = (command: Pdu.MessageAnswer["command"]): Pdu.MessageAnswer => ({
  command,
  status: 0,
  sequence: 77,
  messageId: "0e999f21",
  tlvs: []
})

const bare: ReadonlyArray<Pdu.Bare["command"]> = [
  "unbind",
  "unbind_resp",
  "enquire_link",
  "enquire_link_resp",
  "generic_nack"
]

/** Every command, as npm smpp and as we would write it. */
const pairs: ReadonlyArray<readonly [Fields, Pdu.Pdu]> = [
  [bindFields, bindOf("bind_receiver")],
  [bindFields, bindOf("bind_transmitter")],
  [bindFields, bindOf("bind_transceiver")],
  ...(["bind_receiver_resp", "bind_transmitter_resp", "bind_transceiver_resp"] as const).map(
    (command): readonly [Fields, Pdu.Pdu] => [
      { system_id: "smsc", sc_interface_version: 0x34 },
      { command, status: 0, sequence: 77, systemId: "smsc", tlvs: [{ tag: 0x0210, value: Buffer.from([0x34]) }] }
    ]
  ),
  [shortFields, shortOf("deliver_sm")],
  [shortFields, shortOf("submit_sm")],
  [messageFields, { ...message, command: "data_sm" }],
  [{ message_id: "0e999f21" }, answerOf("deliver_sm_resp")],
  [{ message_id: "0e999f21" }, answerOf("submit_sm_resp")],
  [{ message_id: "0e999f21" }, answerOf("data_sm_resp")],
  ...bare.map((command): readonly [Fields, Pdu.Pdu] => [{}, { command, status: 0, sequence: 77 }])
]

describe("the codec and npm smpp", () => {
  it("the table has every command", () => {
    assert.deepStrictEqual(pairs.map(([, { command }]) => command).sort(), [...Pdus.commands].sort())
  })

  for (const [fields, pdu] of pairs) {
    it(`${pdu.command}: we read what it writes, and write the same octets`, () => {
      const theirs = new smpp.PDU(pdu.command, { ...fields, sequence_number: 77 }).toBuffer()
      assert.deepStrictEqual(Pdus.plain(Result.getOrThrow(Pdu.decode(theirs))), Pdus.plain(pdu))
      assert.strictEqual(Pdu.encode(pdu).toString("hex"), theirs.toString("hex"))
    })

    it(`${pdu.command}: it reads what we write`, () => {
      const read = new smpp.PDU(Pdu.encode(pdu))
      assert.strictEqual(read.command, pdu.command)
      assert.strictEqual(read.sequence_number, 77)
      for (const [field, value] of Object.entries(fields)) assert.deepStrictEqual(read[field], value, field)
    })
  }

  it("we read its refusals, which have no body", () => {
    const theirs = new smpp.PDU("submit_sm_resp", { command_status: 0x58, sequence_number: 3 }).toBuffer()
    assert.strictEqual(theirs.length, 16)
    assert.deepStrictEqual(
      Pdu.decode(theirs),
      Result.succeed({ ...answerOf("submit_sm_resp"), status: 0x58, sequence: 3, messageId: "" })
    )
  })
})
