import type { Activity } from "@spoor/domain"
import { numbers } from "./chance.ts"

/** A line of input, before it is written. */
export type Wire = Readonly<Record<string, unknown>>

const MINUTE = 60_000
const start = Date.UTC(2026, 2, 2)

const types: ReadonlyArray<Activity.ActivityType> = [
  "VisitOnWebsite",
  "VisitOnProductPage",
  "VisitOnProductPage",
  "ModifyCart",
  "ModifyCart",
  "VisitOnSalePage",
  "VisitOnSalePage",
  "VisitOnCartListPage"
]

/** Times on which the rules change their mind: within a session, between two, and after everything. */
const pauses = [0, 1, MINUTE, MINUTE, 5 * MINUTE, 30 * MINUTE, 30 * MINUTE + 1, 40 * MINUTE + 1, 1440 * MINUTE]

const sites = [undefined, "shop", "shop:2"]
const emails = ["ann@example.test", "BOB@example.test", " cyd@example.test"]
const carts = [
  { currency: "PLN", items: [] },
  { currency: "PLN", items: [{ id: "mug", quantity: 2, unitPrice: 100 }] },
  { currency: "EUR", items: [{ id: "cup", quantity: 0, unitPrice: 100 }] }
]

/**
 * A few visitors of a few sites, and orders: most of what happens collides with something. IDs are few, so that some
 * repeat; so are order IDs, visitors and e-mails.
 */
export const lines = (seed: number): ReadonlyArray<Wire> => {
  const below = numbers(seed)
  const one = <A>(items: ReadonlyArray<A>): A => items[below(items.length)]!
  const sometimes = <A>(value: () => A): A | undefined => (below(4) === 0 ? value() : undefined)
  const clocks = new Map<string, number>()
  const count = 1 + below(60)
  const visitors = 1 + below(5)
  return Array.from({ length: count }, (_, index): Wire => {
    const visitorId = `v${below(visitors)}`
    const siteId = one(sites)
    const at = (clocks.get(visitorId) ?? start) + one(pauses)
    clocks.set(visitorId, at)
    if (below(8) === 0) {
      const who = one([
        { visitorId },
        { visitorId: "stranger" },
        { email: one(emails) },
        { visitorId, email: one(emails) }
      ])
      return { kind: "order", orderId: `O${below(6)}`, siteId, at: at + one([0, 1, -MINUTE, -6 * MINUTE]), ...who }
    }
    const type = one(types)
    return {
      id: `e${below(10) === 0 ? below(count) : index}`,
      siteId,
      visitorId,
      type,
      at: one([at, new Date(at).toISOString()]),
      sequence: sometimes(() => below(2)),
      email: sometimes(() => one(emails)),
      logout: below(12) === 0 ? true : undefined,
      cart: type === "ModifyCart" ? one([undefined, ...carts]) : undefined,
      order: type === "VisitOnSalePage" ? { id: one([undefined, `O${below(6)}`, `O${below(6)}`]) } : undefined,
      product: type === "VisitOnProductPage" ? { id: one(["mug", "cup"]) } : undefined
    }
  })
}

/** Sorted by visitor: a visitor's lines follow each other, in the order that they had. */
export const byVisitor = (lines: ReadonlyArray<Wire>): ReadonlyArray<Wire> =>
  [...Map.groupBy(lines, ({ siteId, visitorId }) => `${String(siteId)} ${String(visitorId)}`).values()].flat()

export const text = (lines: ReadonlyArray<Wire>): string => lines.map((line) => `${JSON.stringify(line)}\n`).join("")
