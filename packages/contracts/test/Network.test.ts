import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as Network from "../src/Network.ts"

const outside = [
  "1.1.1.1",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.1",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.0",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "2000::1",
  "2001:200::1",
  "2606:4700:4700::1111",
  "2a00:1450:401b::1",
  "3ffe::1"
]

const inside = [
  "0.0.0.0",
  "0.255.255.255",
  "10.0.0.0",
  "10.255.255.255",
  "100.64.0.1",
  "100.127.255.255",
  "127.0.0.1",
  "127.255.255.255",
  "169.254.0.0",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.1",
  "192.0.2.1",
  "192.88.99.1",
  "192.168.0.1",
  "192.168.255.255",
  "198.18.0.1",
  "198.19.255.255",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::127.0.0.1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::ffff:1.1.1.1",
  "64:ff9b::7f00:1",
  "64:ff9b:1::1",
  "100::1",
  "2001::1",
  "2001:0:53aa:64c:0:0:80ff:fffe",
  "2001:1ff:ffff::1",
  "2001:db8::1",
  "2002:7f00:1::1",
  "2002:a00:1::1",
  "3fff::1",
  "5f00::1",
  "fc00::1",
  "fd12:3456:789a::1",
  "fe80::1",
  "febf::1",
  "fec0::1",
  "ff02::1",
  "4000::1"
]

describe("addresses that webhooks may go to", () => {
  it.each(outside)("%s is one of the public internet", (address) => assert.isTrue(Network.isPublic(address)))
  it.each(inside)("%s is not", (address) => assert.isFalse(Network.isPublic(address)))

  const byte = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))
  it.prop(
    "no IPv4 in the clothes of IPv6 is let through",
    { bytes: Schema.Tuple([byte, byte, byte, byte]) },
    ({ bytes: [a, b, c, d] }) => {
      const hex = (high: number, low: number) => (high * 256 + low).toString(16)
      const mapped = `${hex(a, b)}:${hex(c, d)}`
      for (const address of [`::ffff:${mapped}`, `::${mapped}`, `64:ff9b::${mapped}`, `2002:${mapped}::`]) {
        assert.isFalse(Network.isPublic(address), address)
      }
    }
  )

  const allowed = (setting: string, address: string) => Network.contain(Network.parseAllowed(setting)!, address)
  it("allows what the setting names, and nothing without it", () => {
    for (const setting of ["", " ", "false"]) {
      for (const address of ["127.0.0.1", "::1", "10.0.0.1"]) assert.isFalse(allowed(setting, address))
    }
    for (const address of ["127.0.0.1", "::1", "10.0.0.1", "fe80::1"]) assert.isTrue(allowed("true", address))
    const some = "10.1.0.0/16, fd00::/8,127.0.0.1/32"
    for (const address of ["10.1.255.255", "fd12::1", "127.0.0.1", "::ffff:10.1.0.1"]) {
      assert.isTrue(allowed(some, address), address)
    }
    for (const address of ["10.2.0.0", "fe80::1", "127.0.0.2"]) assert.isFalse(allowed(some, address), address)
  })

  it.each([
    "yes",
    "10.0.0.0",
    "10.0.0.0/33",
    "fd00::/129",
    "10.0.0.0/8,",
    "10.0.0.0/8/8",
    "10.0.0.0/-1",
    "sklep/8",
    "/8"
  ])("takes %s for no list of networks", (setting) => assert.isNull(Network.parseAllowed(setting)))
})
