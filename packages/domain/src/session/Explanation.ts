import { Effect, Schema } from "effect"
import { pieces, value } from "./Cart.ts"
import { dueAt, judgeBrowse, judgeCart, type Judgement, purchaseInGrace, type Unmet } from "./Judgement.ts"
import type { Outcome } from "./Outcome.ts"
import type { Purchase } from "./Purchase.ts"
import { inForce, Rules, version } from "./Rules.ts"
import type { Session } from "./Session.ts"
import { Instant } from "./Time.ts"

const OutcomeType = Schema.Literals(["AbandonedBrowse", "AbandonedCart", "FinalizedTransaction"])

/** The first condition of a rule that failed. */
export const Condition = Schema.Literals([
  "no-purchase",
  "purchase-known",
  "purchase-in-segment",
  "purchase-in-session",
  "purchase-in-grace",
  "not-due",
  "capped",
  "cart-empty",
  "cart-emptied",
  "cart-filled",
  "cart-modified",
  "no-product-view"
]) satisfies Schema.Schema<Unmet | "no-purchase" | "purchase-known" | "not-due">
export type Condition = typeof Condition.Type

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
 * Why a rule did not fire: the first condition that failed.
 *
 * *Shape*: `evidence` holds the event IDs, or the order IDs of orders by API, on which that rests; empty where something is
 * missing.
 */
export const Absence = Schema.Struct({
  rule: OutcomeType,
  condition: Condition,
  evidence: Schema.Array(Schema.String).pipe(Schema.withDecodingDefaultKey(Effect.succeed([])))
})
export interface Absence extends Schema.Schema.Type<typeof Absence> {}

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
  notFired: Schema.Array(Absence)
})
export interface Explanation extends Schema.Schema.Type<typeof Explanation> {}

/** Without the rules before them, which decided nothing here. */
const parametersOf = (rules: Rules): Explanation["parameters"] => ({
  inactivity: rules.inactivity,
  grace: rules.grace,
  repeatWindow: rules.repeatWindow,
  recoveryWindow: rules.recoveryWindow,
  allowedLateness: rules.allowedLateness
})

/** Why this outcome, and why not the others: only facts of its own session decide. */
export const explain = (rules: Rules, outcome: Outcome): Explanation => ({
  rule: outcome.type,
  version,
  parameters: parametersOf(inForce(rules, outcome.session?.startedAt ?? outcome.at)),
  facts: factsOf(outcome),
  notFired: notFired(rules, outcome)
})

/**
 * Which of the three rules did not fire in a session by `now`, and why. The rules that are not listed fired.
 *
 * *Shape*: `purchases` are all of the visitor's, in order of time.
 * *Source*: sessions.md 5 and 6.3.
 */
export const absences = (
  rules: Rules,
  session: Session,
  purchases: ReadonlyArray<Purchase>,
  now: number
): ReadonlyArray<Absence> => {
  const hasBought = purchases.some(({ at, session: own }) => own?.id === session.id && at <= now)
  const isDue = now > dueAt(rules, session)
  const left = (rule: Absence["rule"], judgement: Judgement): ReadonlyArray<Absence> => {
    if (!judgement.fires) return [unmet(rules, session, purchases, rule, judgement.unmet)]
    return isDue ? [] : [{ rule, condition: "not-due", evidence: [] }]
  }
  return [
    ...(hasBought ? [] : [noPurchase(session)]),
    ...left("AbandonedCart", judgeCart(rules, session, purchases)),
    ...left("AbandonedBrowse", judgeBrowse(rules, session, purchases))
  ]
}

const noPurchase = ({ seenAgain }: Session): Absence => ({
  rule: "FinalizedTransaction",
  condition: seenAgain.length > 0 ? "purchase-known" : "no-purchase",
  evidence: seenAgain
})

const unmet = (
  rules: Rules,
  session: Session,
  purchases: ReadonlyArray<Purchase>,
  rule: Absence["rule"],
  condition: Unmet
): Absence => ({ rule, condition, evidence: evidenceOf(rules, session, purchases, condition) })

/** What a failed condition rests on; nothing where something is missing. */
const evidenceOf = (
  rules: Rules,
  session: Session,
  purchases: ReadonlyArray<Purchase>,
  condition: Unmet
): ReadonlyArray<string> => {
  const bought = () => purchases.filter(({ at, session: own }) => own?.id === session.id && at <= session.endedAt)
  switch (condition) {
    case "purchase-in-segment":
      return bought().at(-1)?.evidence ?? []
    case "purchase-in-session":
      return bought().flatMap(({ evidence }) => evidence)
    case "purchase-in-grace":
      return purchaseInGrace(rules, session, purchases)?.evidence ?? []
    case "cart-modified":
      return session.cartModifiedBy === null ? [] : [session.cartModifiedBy]
    case "cart-filled":
    case "cart-emptied":
      return session.cartFilledBy === null ? [] : [session.cartFilledBy]
    case "cart-empty":
    case "no-product-view":
    case "capped":
      return []
  }
}

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

const notFired = (rules: Rules, outcome: Outcome): ReadonlyArray<Absence> => {
  const { type, session, evidence } = outcome
  if (type === "FinalizedTransaction") {
    return [
      { rule: "AbandonedCart", condition: "purchase-in-segment", evidence },
      { rule: "AbandonedBrowse", condition: "purchase-in-session", evidence }
    ]
  }
  return absences(rules, session, [], Infinity).filter(
    ({ rule }) => rule !== type && (rule !== "FinalizedTransaction" || session.segments === 0)
  )
}
