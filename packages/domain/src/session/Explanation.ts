import { Schema } from "effect"
import { pieces, value } from "./Cart.ts"
import { judgeBrowse, judgeCart, type Outcome, type Unmet } from "./Outcome.ts"
import { Rules, version } from "./Rules.ts"
import { Instant } from "./Time.ts"

const OutcomeType = Schema.Literals(["AbandonedBrowse", "AbandonedCart", "FinalizedTransaction"])

/** The first condition of a rule that failed. */
export const Condition = Schema.Literals([
  "no-purchase",
  "purchase-in-segment",
  "purchase-in-session",
  "purchase-in-grace",
  "capped",
  "cart-empty",
  "cart-filled",
  "cart-modified",
  "no-product-view"
]) satisfies Schema.Schema<Unmet | "purchase-in-segment">

/** What the rule saw. *Units*: instants in UTC milliseconds, `value` in minor units of `currency`. */
const Facts = Schema.Struct({
  startedAt: Schema.optionalKey(Instant),
  endedAt: Schema.optionalKey(Instant),
  closedAt: Schema.optionalKey(Instant),
  dueAt: Schema.optionalKey(Instant),
  purchasedAt: Schema.optionalKey(Instant),
  productViews: Schema.Int,
  productsViewed: Schema.Int,
  /** Pieces in the cart that was left or bought. */
  items: Schema.Finite,
  value: Schema.optionalKey(Schema.Int),
  currency: Schema.optionalKey(Schema.String),
  orderId: Schema.optionalKey(Schema.String)
})

/**
 * Why an outcome stands in the log: the rule, its parameters, what it saw, and why the other rules did not fire.
 *
 * *Units*: parameters in milliseconds. The events it rests on are the outcome's `evidence`.
 * *Source*: sessions.md 6.3.
 */
export const Explanation = Schema.Struct({
  rule: OutcomeType,
  version: Schema.Int,
  parameters: Rules,
  facts: Facts,
  notFired: Schema.Array(Schema.Struct({ rule: OutcomeType, condition: Condition }))
})
export interface Explanation extends Schema.Schema.Type<typeof Explanation> {}

/** Why this outcome, and why not the others: only facts of its own session decide. */
export const explain = (rules: Rules, outcome: Outcome): Explanation => ({
  rule: outcome.type,
  version,
  parameters: rules,
  facts: factsOf(outcome),
  notFired: notFired(rules, outcome)
})

const factsOf = (outcome: Outcome): Explanation["facts"] => {
  const { session } = outcome
  const cart = outcome.type === "AbandonedBrowse" ? null : outcome.cart
  const bought = outcome.type === "FinalizedTransaction" ? outcome : null
  const worth = bought?.value ?? (cart === null ? null : value(cart))
  const currency = bought?.currency ?? cart?.currency ?? null
  return {
    ...(session !== null && {
      startedAt: session.startedAt,
      endedAt: session.endedAt,
      closedAt: session.closedAt
    }),
    ...(bought === null ? { dueAt: outcome.at } : { purchasedAt: outcome.at }),
    productViews: session?.productViews ?? 0,
    productsViewed: session?.productsViewed ?? 0,
    items: cart === null ? 0 : pieces(cart),
    ...(worth !== null && currency !== null && { value: worth, currency }),
    ...(bought !== null && bought.orderId !== null && { orderId: bought.orderId })
  }
}

const notFired = (rules: Rules, outcome: Outcome): Explanation["notFired"] => {
  if (outcome.type === "FinalizedTransaction") {
    return [
      { rule: "AbandonedCart", condition: "purchase-in-segment" },
      { rule: "AbandonedBrowse", condition: "purchase-in-session" }
    ]
  }
  const [rule, verdict] =
    outcome.type === "AbandonedCart"
      ? (["AbandonedBrowse", judgeBrowse(rules, outcome.session, [])] as const)
      : (["AbandonedCart", judgeCart(rules, outcome.session, [])] as const)
  const other = verdict.fires ? [] : [{ rule, condition: verdict.unmet }]
  return [{ rule: "FinalizedTransaction", condition: "no-purchase" }, ...other]
}
