import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { parsed, spoor } from "../run.ts"
import { text } from "../shops.ts"

const input = text([
  { id: "e1", visitorId: "ann", type: "VisitOnProductPage", at: "2026-03-02T10:00:00Z", product: { id: "mug" } },
  {
    id: "e2",
    visitorId: "ann",
    type: "ModifyCart",
    at: "2026-03-02T10:03:00Z",
    cart: { currency: "PLN", items: [{ id: "mug", quantity: 2, unitPrice: 2499 }] }
  },
  { id: "e3", visitorId: "bob", type: "VisitOnWebsite", at: "2026-03-02T10:00:00Z" },
  { kind: "order", orderId: "O9", email: "cyd@example.test", at: "2026-03-02T12:00:00Z" }
])

const explained = (...args: ReadonlyArray<string>) => spoor(["explain", ...args], input)

describe("explain", () => {
  it.effect("says why an outcome is there, what it rests on, and why no other", () =>
    Effect.gen(function* () {
      const { out, err, isSuccess } = yield* explained("cart:default:e2")
      expect({ err, isSuccess }).toEqual({ err: "", isSuccess: true })
      expect(out.split("\n")).toEqual([
        expect.stringMatching(/^AbandonedCart: Left with 2 products .*10:33.* \(e2\)$/),
        expect.stringMatching(/^No FinalizedTransaction: /),
        expect.stringMatching(/^No AbandonedBrowse: .*\(e2\)\.$/),
        ""
      ])
    })
  )

  it.effect("says of a session which rules fired and which did not, by any ID it ever had", () =>
    Effect.gen(function* () {
      const { out } = yield* explained("default:e1")
      expect(out).toMatch(/^AbandonedCart: [^]*No FinalizedTransaction: [^]*No AbandonedBrowse: /)
      expect(yield* explained("default:e2")).toEqual(yield* explained("default:e1"))
      expect((yield* explained("default:e3")).out).toMatch(/^No [^]*\nNo [^]*\nNo [^]*\n$/)
    })
  )

  it.effect("looks from an instant", () =>
    Effect.gen(function* () {
      const { out } = yield* explained("default:e1", "--now", "2026-03-02T10:40:00Z")
      expect(out).not.toMatch(/^AbandonedCart: /m)
      expect(out).toMatch(/^No AbandonedCart: /m)
    })
  )

  it.effect("knows orders that stand alone", () =>
    Effect.gen(function* () {
      expect((yield* explained("order:default:O9")).out).toMatch(/^FinalizedTransaction: .*O9/)
    })
  )

  it.effect("speaks Polish, or JSON", () =>
    Effect.gen(function* () {
      expect((yield* explained("cart:default:e2", "--lang", "pl")).out).toMatch(
        /^AbandonedCart: Wyjście z 2 produktami/
      )
      expect(parsed((yield* explained("cart:default:e2", "--json")).out)).toMatchObject([
        {
          kind: "explanation",
          session: null,
          outcomes: [
            { outcome: { id: "cart:default:e2" }, explanation: { rule: "AbandonedCart", facts: { value: 4998 } } }
          ],
          notFired: [{ rule: "FinalizedTransaction" }, { rule: "AbandonedBrowse" }]
        }
      ])
      expect(parsed((yield* explained("default:e3", "--json")).out)).toMatchObject([
        { session: { kind: "session", id: "default:e3" }, outcomes: [], notFired: [{}, {}, {}] }
      ])
    })
  )

  it.effect("fails with a sentence where there is no such ID", () =>
    Effect.gen(function* () {
      expect(yield* explained("cart:default:e9")).toEqual({
        out: "",
        err: "spoor: These events give no outcome and no session with the ID cart:default:e9.\n",
        isSuccess: false
      })
    })
  )
})
