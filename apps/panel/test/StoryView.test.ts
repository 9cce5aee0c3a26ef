import { type Cart, type CartChange, Ids } from "@spoor/domain"
import type { Story, StoryEvent } from "@spoor/postgres"
import { describe, expect, it } from "vitest"
import { viewOf } from "../src/lib/server/StoryView.ts"

const noon = Date.UTC(2026, 10, 24, 12)

const session: Story["session"] = {
  id: Ids.SessionId.make("shop:e1"),
  siteId: Ids.SiteId.make("shop"),
  visitorId: Ids.VisitorId.make("v1"),
  email: null,
  startedAt: noon,
  endedAt: noon,
  closedAt: noon,
  endedBy: null,
  eventCount: 1,
  productViews: 0,
  productsViewed: 0,
  cart: null,
  cartValue: null,
  cartCurrency: null,
  landingUrl: null,
  referrer: null,
  device: null,
  isActive: false,
  endReason: "inactivity"
}

const cart = (quantity: number): Cart.Cart => ({ currency: "PLN", items: [{ id: "mug", quantity, unitPrice: 1000 }] })

const change = (op: "add" | "remove", quantity: number): CartChange.CartChange => ({
  op,
  currency: "PLN",
  item: { id: "mug", quantity, unitPrice: 1000 }
})

const event = (id: string, more: Partial<StoryEvent>): StoryEvent => ({
  id: Number(id.slice(1)),
  eventId: Ids.EventId.make(id),
  type: "ModifyCart",
  occurredAt: noon,
  url: null,
  product: null,
  cart: null,
  cartChange: null,
  orderId: null,
  orderValue: null,
  orderCurrency: null,
  ...more
})

const bought: Story["outcomes"][number] = {
  id: 1,
  type: "FinalizedTransaction",
  occurredAt: noon,
  isSuperseded: false,
  evidence: ["e6"]
}

describe("a session's story", () => {
  it("has the cart as it changed, by snapshots and by differences", () => {
    const events = [
      event("e1", { cartChange: change("add", 2) }),
      event("e2", { type: "VisitOnWebsite" }),
      event("e3", { cartChange: change("remove", 1) }),
      event("e4", { cart: cart(5), cartChange: change("add", 1) }),
      event("e5", { type: "VisitOnSalePage", cart: cart(9) }),
      event("e6", { type: "VisitOnSalePage" }),
      event("e7", { cartChange: change("add", 1) }),
      event("e8", { cartChange: change("remove", 1) })
    ]
    const { steps } = viewOf({ session, events, outcomes: [bought] })
    expect(steps.map((step) => step.cart?.pieces ?? null)).toEqual([2, 2, 1, 5, 5, null, 1, null])
    expect(steps.map(({ isCartChanged }) => isCartChanged)).toEqual([true, false, true, true, false, true, true, true])
    expect(steps[2]?.cart?.worth).toEqual({ value: 1000, currency: "PLN" })
  })
})
