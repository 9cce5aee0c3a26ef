import { Schema } from "effect"
import { rows } from "../../src/log/Log.ts"
import { defaults } from "../../src/session/Rules.ts"

/** One plausible row of each log. */

const head = { id: "41", unitId: 1, createdAt: "2026-03-30T10:00:00.000Z" }

export const panelRow = Schema.decodeSync(rows.panel)({
  ...head,
  url: "/settings/sites",
  method: "POST",
  status: 403,
  userEmail: "marta@shop.example",
  ip: "2001:db8::7",
  details: { userId: "u-1", processingMs: 12.5, userAgent: "Mozilla/5.0 Firefox/140.0", requestId: "req-5f2c" }
})

export const activityRow = Schema.decodeSync(rows.activity)({
  ...head,
  siteId: "shop",
  visitorId: "v-1",
  sessionId: "shop:e-1",
  type: "ModifyCart",
  visitorEmail: "anna@example.pl",
  sessionActive: true,
  details: {
    session: {
      id: "shop:e-1",
      startedAt: "2026-03-30T09:50:00.000Z",
      endedAt: "2026-03-30T10:00:00.000Z",
      productViews: 3,
      productsViewed: 2,
      cartValue: 31_800,
      cartCurrency: "PLN"
    },
    eventId: "e-7",
    url: "https://shop.example/cart?step=1",
    title: "Twój koszyk – ŻÓŁTY sklep",
    referrer: null,
    device: "mobile",
    email: null,
    product: null,
    cart: { currency: "PLN", items: [{ id: "mug", name: "Kubek", quantity: 2, unitPrice: 15_900 }] },
    order: null,
    clientAt: "2026-03-30T09:59:58.000Z",
    receivedAt: "2026-03-30T10:00:00.250Z",
    storedAt: "2026-03-30T10:00:01.000Z",
    isLogout: false,
    isClockWrong: false,
    isLate: false,
    isHistory: false
  }
})

export const sessionEventRow = Schema.decodeSync(rows["session-events"])({
  ...head,
  siteId: "shop",
  visitorId: "v-1",
  type: "FinalizedTransaction",
  visitorEmail: null,
  details: {
    sessionId: "shop:e-1",
    segment: 0,
    emittedAt: "2026-03-30T10:00:01.000Z",
    products: [{ id: "cup", name: "Filiżanka" }],
    cart: { currency: "PLN", items: [{ id: "mug", name: "Kubek", quantity: 2, unitPrice: 15_900 }] },
    order: { id: "ZAM/2026/17", value: 31_800, currency: "PLN" },
    isInferred: false,
    isHistoric: false,
    explanation: {
      rule: "FinalizedTransaction",
      version: 1,
      parameters: defaults,
      facts: { purchasedAt: "2026-03-30T10:00:00.000Z", productViews: 3, productsViewed: 2, items: 2 },
      notFired: [{ rule: "AbandonedCart", condition: "purchase-in-segment" }]
    },
    evidence: [{ id: "e-9", logId: "40", type: "VisitOnSalePage", occurredAt: "2026-03-30T10:00:00.000Z" }],
    repeatOf: null,
    recoveredBy: null,
    supersededAt: null,
    supersededReason: null,
    supersededBy: null
  }
})

export const apiRow = Schema.decodeSync(rows.api)({
  ...head,
  url: "/orders/ZAM-17",
  method: "PUT",
  status: 404,
  apiKey: { name: "Shop backend", prefix: "sk_live_4f" },
  ip: "203.0.113.7",
  details: { requestId: "req-9", processingMs: 3, userAgent: null }
})

export const smsRow = Schema.decodeSync(rows.sms)({
  ...head,
  gateway: "SMSAPI",
  sender: "MyShop",
  phone: "+48600700800",
  error: { code: "405", text: "Undelivered: absent subscriber" },
  details: {
    rawCode: "405",
    payload: null,
    rawPhone: null,
    protocol: "http",
    messageId: "m-1",
    permanence: "permanent",
    category: "unreachable",
    reportedAt: null
  }
})
