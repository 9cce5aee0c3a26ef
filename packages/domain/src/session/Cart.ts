import { Schema } from "effect"
import { text } from "./Ids.ts"

/** *Source*: ISO 4217. */
export const Currency = Schema.String.check(Schema.isPattern(/^[A-Z]{3}$/))

/** *Units*: a currency's minor units; 100 million of most currencies' major ones. */
const amountMax = 1e10

/** An amount of money. *Units*: the currency's minor units. */
export const Money = Schema.Int.check(Schema.isBetween({ minimum: -amountMax, maximum: amountMax }))

const Quantity = Schema.Finite.check(Schema.isBetween({ minimum: -1e5, maximum: 1e5 }))

export const CartItem = Schema.Struct({
  id: text(128).check(Schema.isMinLength(1)),
  name: Schema.optionalKey(text(512)),
  quantity: Quantity,
  unitPrice: Money
})
export interface CartItem extends Schema.Schema.Type<typeof CartItem> {}

/**
 * A full snapshot of a cart, never a difference (sessions.md 4.1).
 *
 * *Units*: `unitPrice` and `value` in minor units of `currency`. `value` is the shop's own total; without it the items
 * are added up (see `value`).
 */
export const Cart = Schema.Struct({
  currency: Currency,
  items: Schema.Array(CartItem).check(Schema.isMaxLength(500, { rejection: "too-large" })),
  value: Schema.optionalKey(Money)
})
export interface Cart extends Schema.Schema.Type<typeof Cart> {}

/** Lines with a quantity of 0 or less are no items (sessions.md 4.1). */
export const itemsOf = (cart: Cart): ReadonlyArray<CartItem> => cart.items.filter(isItem)

export const isEmpty = (cart: Cart): boolean => !cart.items.some(isItem)

/** *Units*: minor units of the cart's currency; never more than an amount may be, whatever the lines add up to. */
export const value = (cart: Cart): number => cart.value ?? Math.max(-amountMax, Math.min(sumOf(cart), amountMax))

const sumOf = (cart: Cart): number =>
  Math.round(itemsOf(cart).reduce((sum, item) => sum + item.quantity * item.unitPrice, 0))

/** The number of pieces, quantities added up. */
export const pieces = (cart: Cart): number => itemsOf(cart).reduce((sum, item) => sum + item.quantity, 0)

/**
 * What makes two carts equal: the quantities summed per product, whatever the order, the names and the prices
 * (sessions.md 5.4).
 */
export const fingerprint = (cart: Cart): string => {
  const quantities = new Map<string, number>()
  for (const item of itemsOf(cart)) quantities.set(item.id, (quantities.get(item.id) ?? 0) + item.quantity)
  return JSON.stringify([...quantities].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Whether two carts hold the same, and are worth the same, whatever the order and the names. */
export const isSame = (a: Cart, b: Cart): boolean =>
  a.currency === b.currency && value(a) === value(b) && fingerprint(a) === fingerprint(b)

const isItem = (item: CartItem): boolean => item.quantity > 0
