import { describe, expect, it } from "vitest"
import { accountSubject, addressSubject, freeFailures } from "../src/lib/server/SignInDelay.ts"

describe("the delay after failed sign-ins", () => {
  const { delay } = accountSubject("anna@example.com")

  it("lets the first failures pass", () => {
    for (let failures = 0; failures < freeFailures; failures++) expect(delay(failures)).toBe(0)
  })

  it("doubles from then on", () => {
    expect([5, 6, 7, 8].map(delay)).toEqual([1_000, 2_000, 4_000, 8_000])
  })

  it("never becomes a lock: a minute for an account, a quarter of an hour for an address", () => {
    expect(delay(10_000)).toBe(60_000)
    expect(addressSubject("192.0.2.1").delay(10_000)).toBe(15 * 60_000)
  })
})

describe("the address that is slowed down", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8:1:2::9", "2001:db8:1:2"],
    ["2001:db8::9", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0"]
  ])("takes %s as %s", (address, name) => {
    expect(addressSubject(address).name).toBe(`address:${name}`)
  })

  it("does not hold an account's e-mail in the open", () => {
    expect(accountSubject("anna@example.com").name).not.toContain("anna")
  })
})
