import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { parsed, spoor } from "../run.ts"
import { text, type Wire } from "../shops.ts"

const event = (id: string, at: string, more: Wire = {}): Wire => ({
  id,
  visitorId: "ann",
  type: "VisitOnWebsite",
  at: `2026-03-02T${at}Z`,
  ...more
})
const mugs = { currency: "PLN", items: [{ id: "mug", quantity: 1, unitPrice: 100 }] }

const ran = (lines: ReadonlyArray<Wire> | string, ...args: ReadonlyArray<string>) =>
  Effect.map(spoor(["sessionize", ...args], typeof lines === "string" ? lines : text(lines)), ({ out, isSuccess }) => {
    expect(isSuccess).toBe(true)
    return parsed(out)
  })

const kinds = (lines: ReadonlyArray<Record<string, unknown>>, kind: string) =>
  lines.filter((line) => line["kind"] === kind)

describe("a session", () => {
  it.effect("is active until its closing, seen from now", () =>
    Effect.gen(function* () {
      const lines = [event("e1", "10:00:00")]
      expect(yield* ran(lines, "--now", "2026-03-02T10:30:00Z")).toMatchObject([{ active: true, endReason: null }])
      expect(yield* ran(lines, "--now", "2026-03-02T10:30:00.001Z")).toMatchObject([
        { active: false, endReason: "inactivity" }
      ])
      expect(yield* ran(lines)).toMatchObject([{ active: false, endReason: "inactivity" }])
    })
  )

  it.effect("ends for a reason", () =>
    Effect.gen(function* () {
      const identities = [event("e1", "10:00:00", { email: "a@b" }), event("e2", "10:01:00", { email: "c@d" })]
      expect((yield* ran(identities)).map(({ endReason }) => endReason)).toEqual(["identity", "inactivity"])
      const many = Array.from({ length: 10_001 }, (_, index) => event(`e${index}`, "10:00:00", { sequence: index }))
      expect((yield* ran(many)).map(({ endReason }) => endReason)).toEqual(["capped", "inactivity"])
    })
  )

  it.effect("has its events in total order, and what was seen", () =>
    Effect.gen(function* () {
      const lines = [
        event("b", "10:00:01"),
        event("a", "10:00:01"),
        event("z", "10:00:01", { sequence: -0 }),
        event("c", "10:00:00", { type: "VisitOnProductPage", product: { id: "mug" } }),
        event("d", "10:00:02", { type: "VisitOnProductPage", product: { id: "mug" } })
      ]
      expect(kinds(yield* ran(lines), "session")).toMatchObject([
        { eventIds: ["c", "a", "b", "z", "d"], productViews: 2, productsViewed: 1, cart: null }
      ])
    })
  )

  it.effect("has a cart of items only, or none", () =>
    Effect.gen(function* () {
      const items = [
        { id: "mug", quantity: 1, unitPrice: 100 },
        { id: "cup", quantity: 0, unitPrice: 100 }
      ]
      const [filled] = yield* ran([event("e1", "10:00:00", { type: "ModifyCart", cart: { currency: "PLN", items } })])
      expect(filled).toMatchObject({ cart: mugs })
      const [emptied] = yield* ran([
        event("e1", "10:00:00", { type: "ModifyCart", cart: { currency: "PLN", items: items.slice(1) } })
      ])
      expect(emptied).toMatchObject({ cart: null })
    })
  )
})

describe("an outcome", () => {
  it.effect("is there once it is due; events later than now count, purchases later than it are withheld", () =>
    Effect.gen(function* () {
      const lines = [
        event("e1", "10:00:00", { type: "ModifyCart", cart: mugs }),
        event("e2", "10:20:00"),
        event("e3", "12:00:00", { type: "VisitOnSalePage", order: { id: "O1" } })
      ]
      const at = (now: string) =>
        Effect.map(ran(lines, "--now", `2026-03-02T${now}Z`), (lines) =>
          kinds(lines, "outcome").map(({ id, recoveredBy }) => [id, recoveredBy])
        )
      expect(yield* at("11:00:00")).toEqual([])
      expect(yield* at("11:00:00.001")).toEqual([["cart:default:e1", null]])
      expect(yield* at("11:59:59.999")).toEqual([["cart:default:e1", null]])
      expect(yield* at("12:00:00")).toEqual([
        ["order:default:O1", null],
        ["cart:default:e1", "order:default:O1"]
      ])
    })
  )

  it.effect("counts segments from 0 and marks repeats and what is inferred", () =>
    Effect.gen(function* () {
      const lines = [
        event("e1", "10:00:00", { type: "VisitOnSalePage" }),
        event("e2", "10:01:00", { type: "ModifyCart", cart: mugs }),
        event("e3", "12:00:00", { type: "ModifyCart", cart: mugs })
      ]
      expect(kinds(yield* ran(lines), "outcome")).toMatchObject([
        {
          id: "sale:default:e1",
          type: "FinalizedTransaction",
          segment: 0,
          inferred: true,
          orderId: null,
          evidence: ["e1"]
        },
        { id: "cart:default:e2", type: "AbandonedCart", segment: 1, inferred: false, repeatOf: null },
        { id: "cart:default:e3", type: "AbandonedCart", segment: 0, repeatOf: "cart:default:e2" }
      ])
    })
  )

  it.effect("of an order that stands alone has no session", () =>
    Effect.gen(function* () {
      expect(yield* ran([{ kind: "order", orderId: "O1", visitorId: "cyd", at: "2026-03-02T10:00:00Z" }])).toEqual([
        {
          kind: "outcome",
          id: "order:default:O1",
          type: "FinalizedTransaction",
          siteId: "default",
          visitorId: "cyd",
          email: null,
          sessionId: null,
          segment: 0,
          at: "2026-03-02T10:00:00.000Z",
          orderId: "O1",
          inferred: false,
          repeatOf: null,
          recoveredBy: null,
          evidence: ["O1"]
        }
      ])
    })
  )
})

describe("a line", () => {
  it.effect("is numbered from 1, blank ones counted", () =>
    Effect.gen(function* () {
      expect(yield* ran("\n \t\r\nx\n\r\n{}\n")).toEqual([
        { kind: "rejected", line: 3, reason: "malformed", pointer: "" },
        { kind: "rejected", line: 5, reason: "missing", pointer: "/id" }
      ])
    })
  )

  it.effect("repeats an ID of its site, unless the first was rejected", () =>
    Effect.gen(function* () {
      const order = { kind: "order", orderId: "O1", visitorId: "ann", at: 0 }
      const lines = [
        event("e1", "10:00:00", { type: "Ping" }),
        event("e1", "10:00:00"),
        event("e1", "10:00:00", { visitorId: "bob" }),
        event("e1", "10:00:00", { siteId: "shop" }),
        event("O1", "10:00:00"),
        { ...order, orderId: " O1" },
        order,
        { ...order, siteId: "shop" },
        { ...order, visitorId: "cyd" }
      ]
      const written = yield* ran(lines)
      expect(kinds(written, "rejected")).toMatchObject([{ line: 1 }])
      expect(kinds(written, "duplicate")).toEqual([
        { kind: "duplicate", siteId: "default", id: "e1", line: 3 },
        { kind: "duplicate", siteId: "default", orderId: "O1", line: 7 },
        { kind: "duplicate", siteId: "default", orderId: "O1", line: 9 }
      ])
    })
  )

  it.effect("may be anything at all, and the next one is taken", () =>
    Effect.gen(function* () {
      const strange = [
        [0xff, 0xfe],
        [0],
        [0xed, 0xa0, 0x80],
        [...Buffer.from('{"id":"\\ud800"}')],
        [...Buffer.from("[".repeat(10_000))]
      ]
      const bytes = Buffer.from(strange.flatMap((line) => [...line, 10]))
      const { out, isSuccess } = yield* spoor(
        ["sessionize"],
        Buffer.concat([bytes, Buffer.from(text([event("e1", "10:00:00")]))])
      )
      expect(isSuccess).toBe(true)
      expect(parsed(out).map(({ kind, reason }) => reason ?? kind)).toEqual([
        "malformed",
        "malformed",
        "malformed",
        "unstorable-text",
        "malformed",
        "session"
      ])
    })
  )
})
