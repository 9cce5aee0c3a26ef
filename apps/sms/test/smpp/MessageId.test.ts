import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as MessageId from "../../src/smpp/MessageId.ts"

/** Whether a receipt with one id finds the submission that was remembered under the other. */
const finds = (submitted: string, reported: string): boolean =>
  MessageId.candidates(reported).includes(MessageId.normal(submitted))

describe("MessageId", () => {
  const same: ReadonlyArray<readonly [why: string, submitted: string, reported: string]> = [
    ["the same", "3a1f-77", "3a1f-77"],
    ["another case", "E999F21", "e999f21"],
    ["a zero in front and another case", "0e999f21", "E999F21"],
    ["zeros in front of one", "0000000123456", "123456"],
    ["zeros in front of the other", "123456", "0000123456"],
    ["hexadecimal, then decimal", "1e240", "123456"],
    ["hexadecimal with zeros, then decimal", "0001E240", "0000123456"],
    ["hexadecimal of digits alone, then decimal", "123456", "1193046"],
    ["decimal, then hexadecimal", "123456", "1E240"],
    ["the part of a long message", "0e999f21", "0e999f21$2"],
    ["blanks", "12ab", " 12ab "],
    ["more digits than a double has", "ffffffffffffffffffff", "1208925819614629174706175"]
  ]
  for (const [why, submitted, reported] of same) {
    it(`finds ${submitted} by "${reported}": ${why}`, () => assert.isTrue(finds(submitted, reported)))
  }

  const other: ReadonlyArray<readonly [submitted: string, reported: string]> = [
    ["123456", "123457"],
    ["1e240", "1e241"],
    ["550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440001"],
    ["10", "1"],
    ["", "0"],
    ["0", ""]
  ]
  for (const [submitted, reported] of other) {
    it(`does not find "${submitted}" by "${reported}"`, () => assert.isFalse(finds(submitted, reported)))
  }

  it("gives the likeliest first", () => {
    assert.deepStrictEqual(MessageId.candidates("00123456"), ["123456", "1193046", "1e240"])
    assert.deepStrictEqual(MessageId.candidates("E999F21"), ["e999f21", "244948769"])
    assert.deepStrictEqual(MessageId.candidates("msg-7$2"), ["msg-7"])
  })

  it("reads the part", () => {
    assert.deepStrictEqual(["12$3", "12", "12$", "12$x", "$4"].map(MessageId.partOf), [3, null, null, null, 4])
  })

  it.prop("finds every text by itself, and throws at none", [Schema.String], ([id]) => {
    assert.strictEqual(finds(id, id), MessageId.normal(id) !== "")
  })
})
