import { describe, expect, it } from "vitest"
import { mask } from "../src/lib/server/Mask.ts"

describe("what an analyst sees", () => {
  it.each([
    ["/customers/anna.nowak@example.pl/orders", "/customers/•••@•••/orders"],
    ["/p?find=anna%40example.pl&a=1", "/p?find=•••@•••&a=1"],
    ["to Żaneta.Ż@sklep.pl, <jan+x@a.b.c>", "to •••@•••, <•••@•••>"],
    ["call +48 600-700-800 now", "call +••• now"],
    ["/p?phone=%2B48600700800&x=1", "/p?phone=+•••&x=1"],
    ["from 203.0.113.7, not 203.0.113.8", "from •••, not •••"],
    ["http://[2001:db8::7]/a and ::1", "http://[•••]/a and •••"],
    ["key ak_3fK2xYz9 or wk_e2e_other", "key ••• or •••"]
  ])("has nothing personal in %j", (text, shown) => expect(mask({ said: text })).toEqual({ said: shown }))

  it.each([
    "2026-11-28T12:30:45.000Z",
    "12:30:45",
    "shop:e-77a0",
    "1.2.3",
    "a @ b",
    "/orders/100000123",
    "5 + 100 200"
  ])("leaves %j alone", (text) => expect(mask({ said: text })).toEqual({ said: text }))

  it("hides what is personal by its name, whatever it looks like", () => {
    const row = {
      id: 7,
      visitorEmail: "odd",
      phone: "600 700 800",
      rawPhone: null,
      ip: "fe80::1%eth0",
      apiKey: { name: "Shop", prefix: "abc" },
      emails: ["a@b.pl", "c@d.pl"],
      details: { payload: "x", userAgent: "Chrome/120.0.0.0", isLate: false },
      text: "number 600700800 is off, code 27"
    }
    expect(mask(row)).toEqual({
      id: 7,
      visitorEmail: "•••@•••",
      phone: "+•••",
      rawPhone: null,
      ip: "•••",
      apiKey: { name: "•••", prefix: "•••" },
      emails: ["•••@•••"],
      details: { payload: "•••", userAgent: "Chrome/120.0.0.0", isLate: false },
      text: "number ••• is off, code 27"
    })
  })

  it("is masked also where it is only promised", async () =>
    expect(await mask({ counts: Promise.resolve(["a@b.pl"]) }).counts).toEqual(["•••@•••"]))

  it("takes no time for a long text", () => {
    const begun = performance.now()
    mask({ said: `${"a".repeat(200_000)}@`, also: `+${"1 ".repeat(100_000)}`, more: "1:".repeat(100_000) })
    expect(performance.now() - begun).toBeLessThan(10_000)
  })
})
