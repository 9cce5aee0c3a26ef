import { Activity, Ids } from "@spoor/domain"
import { Array as Arr, Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as Shop from "./Shop.ts"

/** A generator of numbers below a bound, from a seed (the multiplier and increment of Numerical Recipes). */
export const numbers = (seed: number) => {
  let state = seed >>> 0
  return (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}
export type Below = ReturnType<typeof numbers>

export const pick = <A>(below: Below, items: ReadonlyArray<A>): A => items[below(items.length)]!

export const noon = Date.UTC(2026, 10, 24, 12)
const MINUTE = 60_000

/** Texts in which something means more elsewhere: wildcards, escapes, quotes, case that is not one letter to one. */
const urls = ["/orders", "/orders/100%", "/orders_1", "/a\\b", "/Ż?q='x'", "/ΟΔΟΣ", "/İx", "/s/\u{1F600}"] as const
const names = ["Mug", "mug 100%", "ŻÓŁTY_kubek", "ΣΙΓΜΑΣ", "İstanbul", 'a "quoted" one', "\\"] as const
const emails = ["anna@a.pl", "anna@b.pl", "ann_a@a.pl", "bob%@a.pl", "żaneta@ż.pl"] as const
const ips = ["10.0.0.1", "10.0.0.10", "2001:db8::7"] as const
const agents = ["Firefox/140.0", "curl/8", "ΟΔΟΣ İ"] as const
const at = (below: Below) => new Date(noon + below(20) * MINUTE)

/** `count` random rows in each of the three logs that others write. */
export const fill = Effect.fn(function* (unitId: number, count: number, below: Below) {
  const sql = yield* SqlClient.SqlClient
  const maybe = <A>(items: ReadonlyArray<A>) => (below(4) === 0 ? null : pick(below, items))
  const request = (index: number) => ({
    unit_id: unitId,
    item_id: `i${index}`,
    occurred_at: at(below),
    url: pick(below, urls),
    method: pick(below, ["GET", "POST", "PUT"]),
    status: pick(below, [100, 200, 201, 302, 399, 400, 404, 499, 500, 599]),
    ip: maybe(ips),
    processing_ms: below(1_000) / 8,
    user_agent: maybe(agents)
  })
  yield* sql`insert into panel_log ${sql.insert(
    Arr.makeBy(count, (index) => ({
      ...request(index),
      user_email: maybe(emails),
      user_id: maybe(["u-1"]),
      request_id: maybe(["r-1", "r_1", "r-10"])
    }))
  )}`
  yield* sql`insert into api_log ${sql.insert(
    Arr.makeBy(count, (index) => {
      const key = maybe(["sk_live", "sk_live_4f", "Shop"])
      const name = key === null ? null : pick(below, ["Shop", "sk_live", "ŻUBR"])
      return { ...request(index), key_prefix: key, key_name: name, request_id: pick(below, ["r-1", "r-2"]) }
    })
  )}`
  yield* sql`insert into sms_log ${sql.insert(
    Arr.makeBy(count, (index) => ({
      unit_id: unitId,
      item_id: `i${index}`,
      occurred_at: at(below),
      gateway: pick(below, ["SMSAPI", "smsapi", "Żubr"]),
      sender: maybe(names),
      phone: maybe(["+48600700800", "+4860070080"]),
      error_code: pick(below, ["405", "40", ""]),
      error_text: pick(below, names),
      protocol: pick(below, ["smpp", "http"]),
      message_id: maybe(["m-1", "M_1"]),
      permanence: pick(below, ["permanent", "temporary", "unknown"]),
      category: pick(below, ["unreachable", "blocked"]),
      reported_at: below(2) === 0 ? null : at(below)
    }))
  )}`
})

/** Random events of twenty visitors within ten hours, and what they amounted to by `now`. */
export const visit = (unitId: number, count: number, below: Below, now: number) => {
  const events = Array.from({ length: count }, (_, index) => {
    const type = pick(below, Activity.ActivityType.literals)
    const product = { id: `p${below(4)}`, name: pick(below, names), price: 100 * below(9), currency: "PLN" }
    const items = below(3) === 0 ? [] : [{ id: product.id, name: product.name, quantity: 1, unitPrice: 4_900 }]
    return Shop.event(`e${index}`, noon + below(600) * MINUTE, {
      visitor: `v${below(20)}`,
      type,
      ...(below(3) > 0 && { url: pick(below, urls) }),
      ...(below(3) > 0 && { title: pick(below, names) }),
      ...(below(6) === 0 && { email: Ids.Email.make(pick(below, emails)) }),
      ...(type === "VisitOnProductPage" && { product }),
      ...(type === "ModifyCart" && { cart: { currency: "PLN", items } }),
      ...(type === "VisitOnSalePage" && {
        order: { id: Ids.OrderId.make(`Z_${below(9)}/%`), value: 100, currency: "PLN" }
      })
    })
  })
  return Shop.fill(unitId, events, now)
}
