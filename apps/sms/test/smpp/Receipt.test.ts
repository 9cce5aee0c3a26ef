import { assert, describe, it } from "@effect/vitest"
import { SmsError } from "@spoor/domain"
import { DateTime, Schema } from "effect"
import * as Pdu from "../../src/smpp/Pdu.ts"
import * as Receipt from "../../src/smpp/Receipt.ts"
import * as ReceiptText from "../../src/smpp/ReceiptText.ts"
import * as Pdus from "./Pdus.ts"

const zone = DateTime.zoneMakeNamedUnsafe("Europe/Warsaw")
const read = (message: Pdu.ShortMessage | Pdu.DataMessage, pattern: RegExp | null = null) =>
  Receipt.read(message, Pdu.encode(message), pattern)

const receiptOf = (message: Pdu.ShortMessage | Pdu.DataMessage, pattern: RegExp | null = null): Receipt.Receipt => {
  const reading = read(message, pattern)
  if (reading.kind !== "receipt") throw new Error(`This is ${reading.kind}.`)
  return reading
}

const meaningOf = ({ codes, profile }: Receipt.Receipt, setting: SmsError.ErrProfile) =>
  SmsError.classify("smpp", codes, profile ?? setting)

/** Its ids, its code as the log shows it, and whether it failed. */
const verdict = (message: Pdu.ShortMessage | Pdu.DataMessage, profile: SmsError.ErrProfile = "none") => {
  const receipt = receiptOf(message)
  const { code, isFailure, name } = meaningOf(receipt, profile)
  return [receipt.messageIds.join(" "), code, isFailure, name]
}

const dates = "submit date:2611231200 done date:2611231205"
const failed = `id:7 sub:001 dlvrd:000 ${dates} stat:UNDELIV err:001 text:Twoja paczka`

const state = (value: number) => ({ tag: 0x0427, value: Uint8Array.of(value) })
const networkError = (...value: ReadonlyArray<number>) => ({ tag: 0x0423, value: Uint8Array.from(value) })
const receiptedId = (id: string) => ({ tag: 0x001e, value: Buffer.from(`${id}\0`) })

const scenarios: ReadonlyArray<
  readonly [name: string, message: Pdu.ShortMessage, id: string, code: string, isFailure: boolean, means: string]
> = [
  [
    "001, delivered",
    Pdus.receipt(`id:1 sub:001 dlvrd:001 ${dates} stat:DELIVRD err:000 text:x`),
    "1",
    "DELIVRD",
    false,
    "DELIVERED"
  ],
  [
    "004, text and parameters",
    Pdus.receipt(`id:4 ${dates} stat:UNDELIV err:001`, { tlvs: [receiptedId("4"), state(5), networkError(3, 0, 1)] }),
    "4",
    "1",
    true,
    "unknownSubscriber"
  ],
  ["005", Pdus.receipt(`id:5 ${dates} stat:EXPIRED err:027 text:`), "5", "027", true, "EXPIRED"],
  ["006", Pdus.receipt(`id:6 ${dates} stat:REJECTD err:088 text:`), "6", "088", true, "REJECTED"],
  ["007, first accepted", Pdus.receipt(`id:7 ${dates} stat:ACCEPTD err:000 text:`), "7", "ACCEPTD", false, "ACCEPTED"],
  [
    "007, then undelivered",
    Pdus.receipt(`id:7 ${dates} stat:UNDELIV err:00B text:`),
    "7",
    "00B",
    true,
    "UNDELIVERABLE"
  ],
  [
    "009, decimal id",
    Pdus.receipt(`id:0000123456 ${dates} stat:UNDELIV err:011 text:`),
    "0000123456",
    "011",
    true,
    "UNDELIVERABLE"
  ],
  [
    "010, parameters alone",
    Pdus.receipt("", { tlvs: [receiptedId("a0"), state(5), networkError(3, 0, 13)] }),
    "a0",
    "13",
    true,
    "callBarred"
  ],
  ["012", Pdus.receipt(`id:12 ${dates} stat:UNDELIV err:XYZ text:`), "12", "XYZ", true, "UNDELIVERABLE"],
  [
    "015, other case",
    Pdus.receipt(`ID:15 SUB:001 Submit Date:2611231200 Stat:UNDELIV Err:045 TEXT:`),
    "15",
    "045",
    true,
    "UNDELIVERABLE"
  ],
  ["016, not declared", Pdus.receipt(failed, { esmClass: 0 }), "7", "001", true, "UNDELIVERABLE"],
  ["017", Pdus.receipt(`id:17 ${dates} stat:UNKNOWN err:254 text:`), "17", "254", true, "UNKNOWN"],
  ["018", Pdus.receipt(`id:18 ${dates} stat:DELETED err:000 text:`), "18", "DELETED", true, "DELETED"]
]

/** What receipts are made of, and what breaks them. */
const fragment = Schema.Union([
  Schema.Literals([
    "id:",
    "stat:",
    "err:",
    "done date:",
    "text:",
    "UNDELIV",
    "DELIVRD",
    " ",
    "0",
    "7",
    ",",
    "2611231205"
  ]),
  Schema.String
])

describe("Receipt", () => {
  for (const [name, message, ...expected] of scenarios) {
    it(`scenario ${name}`, () => assert.deepStrictEqual(verdict(message), expected))
  }

  const forms: ReadonlyArray<readonly [name: string, text: string, id: string, code: string]> = [
    ["no counts", `id:1 stat:UNDELIV err:2`, "1", "2"],
    ["another order", `stat:UNDELIV err:2 done date:2611231205 id:1`, "1", "2"],
    ["blanks behind the colons", `id: 1 stat: UNDELIV err: 2 text: `, "1", "2"],
    ["status and error in full", `id:1 status:UNDELIV error:2`, "1", "2"],
    ["keys with underscores", `id:1 submit_date:2611231200 done_date:2611231205 stat:UNDELIV err:2`, "1", "2"],
    ["a state without its key", `id:1 sub:000 dlvrd:000 ${dates} UNDELIV err:2 Text:`, "1", "2"],
    ["letters for a code", `id:1 stat:UNDELIV err:Absent Subscriber text:`, "1", "Absent Subscriber"],
    ["a foreign key", `id:1 stat:UNDELIV err:2 mcc:260 mnc:01 text:`, "1", "2"],
    ["a code of zeros", `id:1 stat:UNDELIV err:000`, "1", "UNDELIV"],
    ["no code", `id:1 stat:UNDELIV`, "1", "UNDELIV"],
    ["a word of its own", `id:1 stat:NOROUTE err:0`, "1", "NOROUTE"],
    ["no id", `stat:UNDELIV err:2`, "", "2"],
    ["a NUL at the end", `id:1 stat:UNDELIV err:2\0`, "1", "2"],
    ["lines", `id:1\r\nstat:UNDELIV\r\nerr:2\r\n`, "1", "2"],
    ["the text first", `text:Hello id:1 ${dates} stat:UNDELIV err:2`, "1", "2"],
    ["commas", `02,2611231205,2611231200,,48501234504,10110200000000,ref`, "10110200000000", "02"]
  ]
  for (const [name, text, id, code] of forms) {
    it(`reads a receipt with ${name}`, () => {
      const [readId, readCode, isFailure] = verdict(Pdus.receipt(text))
      assert.deepStrictEqual([readId, readCode, isFailure], [id, code, true])
    })
  }

  it("reads phone and sender with their roles turned round", () => {
    const { phone, sender } = receiptOf(Pdus.receipt(failed))
    assert.deepStrictEqual([phone, sender], ["48501234504", "SKLEP"])
  })

  it("takes the phone from a list where the source is empty", () => {
    const message = Pdus.receipt("02,,,,48501234504,7,ref", { source: { ton: 0, npi: 0, digits: "" } })
    assert.strictEqual(receiptOf(message).phone, "48501234504")
  })

  it("takes the text from message_payload, in deliver_sm and in data_sm", () => {
    const tlvs = [{ tag: 0x0424, value: Buffer.from(failed) }]
    const { command: _, text: __, ...message } = Pdus.receipt("", { tlvs })
    const expected = ["7", "001", true, "UNDELIVERABLE"]
    assert.deepStrictEqual(verdict(Pdus.receipt("", { tlvs })), expected)
    assert.deepStrictEqual(verdict({ ...message, command: "data_sm" }), expected)
  })

  it("reads a text of two octets a character, whatever the coding says", () => {
    const text = Buffer.from(failed, "utf16le").swap16()
    for (const dataCoding of [0, 8]) {
      assert.strictEqual(verdict({ ...Pdus.receipt(""), text, dataCoding })[1], "001")
    }
    assert.strictEqual(verdict(Pdus.receipt(failed, { dataCoding: 8 }))[1], "001")
  })

  it("skips the header of a part", () => {
    const text = Buffer.concat([Buffer.from("050003010201", "hex"), Buffer.from(failed)])
    const message = { ...Pdus.receipt(""), text, esmClass: 0x44 }
    assert.strictEqual(verdict(message)[1], "001")
    assert.match(receiptOf(message).report, /^id:7 /)
  })

  it("has the id of the parameter before that of the text, and both where they differ", () => {
    assert.strictEqual(verdict(Pdus.receipt(failed, { tlvs: [receiptedId("1e240")] }))[0], "1e240 7")
    assert.strictEqual(verdict(Pdus.receipt(failed, { tlvs: [receiptedId("7")] }))[0], "7")
  })

  it("takes the network's code before err, unless it is zero, and keeps all raw", () => {
    const tlvs = [networkError(3, 1, 2), state(8)]
    const receipt = receiptOf(Pdus.receipt(failed, { tlvs }))
    assert.deepStrictEqual(receipt.codes, { reason: "258", status: "UNDELIV" })
    for (const said of ["stat:UNDELIV", "err:001", "0x0423=030102", "0x0427=08"]) assert.include(receipt.report, said)
    assert.strictEqual(verdict(Pdus.receipt(failed, { tlvs: [networkError(3, 0, 0)] }))[1], "001")
    assert.strictEqual(verdict(Pdus.receipt(failed, { tlvs: [networkError(0, 9)] }))[1], "001")
  })

  it("explains by the network's list only what the network said", () => {
    const profileOf = (...value: ReadonlyArray<number>) =>
      receiptOf(Pdus.receipt(failed, { tlvs: [networkError(...value)] })).profile
    assert.deepStrictEqual([profileOf(3, 0, 13), profileOf(3, 0, 0), profileOf(8, 0, 13)], ["gsm-map", null, null])
    assert.strictEqual(verdict(Pdus.receipt(failed), "gsm-map")[3], "unknownSubscriber")
  })

  it("believes the parameter where the text misspells the state", () => {
    const message = (stat: string) => Pdus.receipt(`id:1 ${dates} stat:${stat} err:000`, { tlvs: [state(2)] })
    assert.deepStrictEqual(verdict(message("DELIV")), ["1", "2", false, "DELIVERED"])
    assert.deepStrictEqual(verdict(message("UNDELIV")), ["1", "UNDELIV", true, "UNDELIVERABLE"])
  })

  it("says that the gateway goes on trying", () => {
    assert.isTrue(receiptOf(Pdus.receipt(failed, { esmClass: 0x20 })).isIntermediate)
    assert.isFalse(receiptOf(Pdus.receipt(failed)).isIntermediate)
  })

  it("knows a receipt by its class among other bits, or by the parameters of both", () => {
    for (const esmClass of [0x04, 0x05, 0x84, 0x20, 0]) {
      const message = Pdus.receipt("", { esmClass, tlvs: [receiptedId("1"), state(5)] })
      assert.strictEqual(verdict(message)[1], "5")
    }
  })

  const inbound = ["STOP", "", "id:7 is the code", "my id: 12, your stat: good", "id:1 stat:UNDELIV"]
  for (const text of inbound) {
    it(`takes "${text}" of a phone for a text message`, () => {
      assert.deepStrictEqual(read(Pdus.receipt(text, { esmClass: 0 })), { kind: "inbound" })
    })
  }

  for (const text of ["", "Hello", "id:7", "id:7 sub:001 text:stat:UNDELIV"]) {
    it(`calls a receipt of "${text}" unreadable, and keeps its octets`, () => {
      const message = Pdus.receipt(text)
      const octets = Pdu.encode(message).toString("hex")
      assert.deepStrictEqual(read(message), { kind: "unreadable", reason: "no-outcome", octets })
    })
  }

  it("reads a form of its own by the gateway's pattern, and the usual one all the same", () => {
    const pattern = /^DLR (?<id>\w+) (?<stat>[A-Z]+)\/(?<err>\w+) (?<done>\d+)/
    const own = receiptOf(Pdus.receipt("DLR 77aa UNDELIV/E4 20261123120500 hello"), pattern)
    assert.deepStrictEqual([own.messageIds, own.codes], [["77aa"], { reason: "E4", status: "UNDELIV" }])
    assert.strictEqual(ReceiptText.instantOf(own.done, zone), Date.UTC(2026, 10, 23, 11, 5))
    assert.strictEqual(receiptOf(Pdus.receipt(failed), pattern).codes.reason, "001")
  })

  const done: ReadonlyArray<readonly [text: string, instant: number | null]> = [
    ["2611231205", Date.UTC(2026, 10, 23, 11, 5)],
    ["261123120559", Date.UTC(2026, 10, 23, 11, 5, 59)],
    ["20261123120559", Date.UTC(2026, 10, 23, 11, 5, 59)],
    ["202611231205", Date.UTC(2026, 10, 23, 11, 5)],
    ["2026-11-23 12:05:59", Date.UTC(2026, 10, 23, 11, 5, 59)],
    ["2607011200", Date.UTC(2026, 6, 1, 10)],
    ["2402290000", Date.UTC(2024, 1, 28, 23)],
    ["2602290000", null],
    ["2613011200", null],
    ["2611232400", null],
    ["0000000000", null],
    ["soon", null],
    ["", null]
  ]
  for (const [text, instant] of done) {
    it(`reads "${text}" of Warsaw as ${instant === null ? "no date" : new Date(instant).toISOString()}`, () => {
      const { done } = receiptOf(Pdus.receipt(`id:1 stat:UNDELIV done date:${text} err:1`))
      assert.strictEqual(ReceiptText.instantOf(done, zone), instant)
    })
  }

  it.prop(
    "keeps nothing of what the message said",
    [
      Schema.Array(Schema.Literals(["stat:DELIVRD", "id:9", "err:9", "text:", "zażółć", " ", "\0", "\n"])).check(
        Schema.isMaxLength(8)
      )
    ],
    ([words]) => {
      const said = `SECRET ${words.join(" ")} SECRET`
      const receipt = receiptOf(Pdus.receipt(`id:7 sub:001 dlvrd:000 ${dates} stat:UNDELIV err:001 text:${said}`))
      assert.notInclude(JSON.stringify(receipt), "SECRET")
      assert.deepStrictEqual([receipt.messageIds, receipt.codes], [["7"], { reason: "001", status: "UNDELIV" }])
    }
  )

  it.prop(
    "reads whatever comes without throwing, into what can be stored and classified",
    [Schema.Array(fragment).check(Schema.isMaxLength(12)), Schema.Literals([0, 0x04, 0x20, 0x44])],
    ([fragments, esmClass]) => {
      const reading = read(Pdus.receipt(fragments.join(""), { esmClass, tlvs: [receiptedId(fragments.at(-1) ?? "")] }))
      if (reading.kind !== "receipt") return
      const { code } = meaningOf(reading, "gsm-map")
      for (const text of [code, reading.report, ...reading.messageIds]) assert.notMatch(text, /\p{Cc}|\p{Cs}/u)
      assert.isAtMost(code.length, 64)
    },
    { arbitrary: { runs: 400 } }
  )

  it.prop(
    "shows any code as it came",
    [Schema.String.check(Schema.isPattern(/^[1-9A-Z][0-9A-Za-z]{0,9}$/))],
    ([err]) => {
      assert.strictEqual(verdict(Pdus.receipt(`id:1 ${dates} stat:UNDELIV err:${err} text:`))[1], err)
    }
  )
})
