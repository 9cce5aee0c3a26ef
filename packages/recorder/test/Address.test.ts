import { LogDoor } from "@spoor/contracts"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { clientOf } from "../src/Address.ts"

const item = { id: "1", url: "/", method: "GET", status: 200, processingMs: 1 }
const isTaken = (ip: string): boolean => Result.isSuccess(LogDoor.decode.api({ ...item, ip }))

describe("the address of the client", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::1", "::1"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["/run/service.sock", undefined],
    ["", undefined],
    [undefined, undefined]
  ])("is the other end of the connection: %s is %s", (peer, client) => {
    expect(clientOf(peer, "198.51.100.9", 0)).toBe(client)
    expect(client === undefined || isTaken(client)).toBe(true)
  })

  it.each([
    [1, "198.51.100.1, 203.0.113.2", "203.0.113.2"],
    [2, "198.51.100.1, 203.0.113.2", "198.51.100.1"],
    [3, "198.51.100.1, 203.0.113.2", "198.51.100.1"],
    [1, "198.51.100.1:4711", "198.51.100.1"],
    [1, "[2001:db8::1]:4711", "2001:db8::1"],
    [1, "2001:db8::1", "2001:db8::1"],
    [1, undefined, "10.0.0.1"],
    [1, "", "10.0.0.1"],
    [1, "198.51.100.1,", "10.0.0.1"],
    [1, "unknown", "10.0.0.1"],
    [1, "_hidden", "10.0.0.1"],
    [1, "1.2.3.999", "10.0.0.1"],
    [1, "::::", "10.0.0.1"],
    [1, "<script>", "10.0.0.1"]
  ])("is what the proxies of one's own say: %i of %s is %s", (hops, forwardedFor, client) => {
    expect(clientOf("10.0.0.1", forwardedFor, hops)).toBe(client)
  })

  it("is never one that the door would reject the row for", () => {
    const parts = ["", "0", "1", "255", "256", "a", "ffff", "fffff", ":", "::", ".", "%", "[", "]", "1.2.3.4", " "]
    let seed = 7
    const next = (): string => parts[(seed = (seed * 48_271) % 2_147_483_647) % parts.length] ?? ""
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: (round % 9) + 1 }, next).join("")
      const client = clientOf(undefined, text, 1)
      expect(client === undefined || isTaken(client), `${text} became ${client}`).toBe(true)
    }
  })
})
