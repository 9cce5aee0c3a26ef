import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { compareIds, LogId, RowInstant } from "../../src/log/Row.ts"
import { Ip } from "../../src/log/Request.ts"

const isId = Schema.is(LogId)
const isIp = Schema.is(Ip)

describe("LogId", () => {
  it.each(["1", "9007199254740993", "9223372036854775807"])("takes %s, as bigint counts", (id) => {
    assert.isTrue(isId(id))
  })

  it.each(["0", "", "-1", "01", "1.0", "1e3", "9223372036854775808", "10000000000000000000"])("refuses %s", (id) => {
    assert.isFalse(isId(id))
  })

  it("ascends as a number, not as text", () => {
    const ids = ["10", "9", "9007199254740993", "9007199254740992", "100", "9"].map((id) => LogId.make(id))
    assert.deepStrictEqual(ids.toSorted(compareIds), ["9", "9", "10", "100", "9007199254740992", "9007199254740993"])
  })
})

describe("RowInstant", () => {
  const decode = Schema.decodeSync(RowInstant)
  const encode = Schema.encodeSync(RowInstant)

  it("is written in UTC with milliseconds", () => {
    assert.strictEqual(encode(decode("2026-03-29T03:00:00+02:00")), "2026-03-29T01:00:00.000Z")
    assert.strictEqual(encode(decode("2026-03-29T01:00:00.5Z")), "2026-03-29T01:00:00.500Z")
  })

  it.each(["", "yesterday", "2026-13-01T00:00:00Z", "1774746000000"])("refuses %s", (text) => {
    assert.throws(() => decode(text))
  })

  it("ends with the years that have four digits", () => {
    assert.strictEqual(encode(decode("9999-12-31T23:59:59.999Z")), "9999-12-31T23:59:59.999Z")
    assert.throws(() => encode(decode("9999-12-31T23:59:59.999Z") + 1))
  })
})

describe("Ip", () => {
  it.each([
    "0.0.0.0",
    "203.0.113.7",
    "255.255.255.255",
    "::",
    "::1",
    "2001:db8::8a2e:370:7334",
    "fe80::",
    "::ffff:10.0.0.1"
  ])("takes %s", (ip) => assert.isTrue(isIp(ip)))

  it.each([
    "",
    "256.0.0.1",
    "1.2.3",
    "01.2.3.4",
    "2001:DB8::1",
    "1::2::3",
    "1:2:3:4:5:6:7:8:9",
    "10.0.0.0/8",
    "fe80::1%eth0"
  ])("refuses %s", (ip) => assert.isFalse(isIp(ip)))
})
